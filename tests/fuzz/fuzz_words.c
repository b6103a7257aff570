/* Language files: read, then every key shown. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "view/language.h"
#include "view/value.h"

static size_t
times(const char *text, const char *what)
{
    size_t n = 0;
    while ((text = strstr(text, what))) {
        text++;
        n++;
    }
    return n;
}

static void
show(struct arena *a, const struct language *l, const char *text, const struct val *model)
{
    for (; *text; text += strspn(text, "\n")) {
        size_t n = strcspn(text, "\n");
        const char *key = text_trim(a, text_copy_n(a, text, strcspn(text, "=[\n")));
        language_fill(l, a, key, model, 0);
        text += n;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    const char *text = text_copy_n(a, data, size);
    struct languages *ls = languages_new(a);
    struct err *e = languages_add(ls, "fr", "fuzzed.txt", text);
    if (e)
        EXPECT(text_is(e->code, "language.line") || text_is(e->code, "template.syntax"));
    struct val *model = val_map(a);
    val_set_count(model, "count", 1);
    val_set_text(model, "name", "<b>");
    /* Words that show words twice can be written to take for ever, and that is their writer's. */
    if (times(text, "t.") < 2)
        show(a, language_find(ls, "fr"), text, model);
    arena_free(a);
    return 0;
}
