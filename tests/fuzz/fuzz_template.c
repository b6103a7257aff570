/* Templates: parsed, then rendered with a model that has every kind of value. A fuzzed template
 * may use the parts below and not itself: whoever writes templates may also write an endless one.
 */
#include <string.h>

#include "fuzz.h"
#include "view/mustache.h"
#include "view/views.h"

static const struct {
    const char *name, *text;
} parts[] = {
    { "part", "<b>{{name}}</b>\n" },
    { "layout",
      "<html>\n  {{$title}}none{{/title}}\n  {{$main}}\n    empty\n  {{/main}}\n</html>\n" },
    { "two", "{{<layout}}{{$main}}{{$inner}}i{{/inner}}{{>part}}{{/main}}{{/layout}}" },
};

/* Lists end at their items: a template that nests them again finds nothing, so that the work is
 * what the text's length allows. */
static void
add_row(struct val *list, const char *name)
{
    struct val *row = val_add_map(list);
    val_set_text(row, "name", name);
    val_set_null(row, "rows");
}

static struct val *
make_model(struct arena *a)
{
    struct val *m = val_map(a), *rows = val_set_list(m, "rows");
    add_row(rows, "a<b");
    add_row(rows, "");
    val_add_text(val_set_list(m, "one"), "\"x\" & 'y'");
    val_set_list(m, "none");
    val_set_null(m, "null");
    val_set_bool(m, "yes", true);
    val_set_text(m, "name", "<script>");
    val_set_text(m, "which", "part");
    val_set_i64(m, "n", -1);
    val_set_count(m, "count", 1234567);
    val_set_double(m, "half", 0.5);
    val_set_bytes(m, "size", 3200000);
    val_set_money(m, "price", (struct money){ 4995, CUR_EUR });
    val_set_time(m, "at", INT64_C(1795530904000000));
    val_set_word(m, "word", "frame.save");
    val_set_text(val_path(m, "deep.er.est"), "end", "end");
    return m;
}

static void
render(struct arena *a, const struct template *t, const struct val *model, const char *language)
{
    struct template_set *set = template_set_new(a);
    struct buf out = buf_new(a, 256);
    for (size_t i = 0; i < COUNT(parts); i++)
        EXPECT(!template_add(set, parts[i].name, parts[i].text, strlen(parts[i].text), true));
    struct render how = { .set = set, .now_us = INT64_C(1795530904000000) };
    if (language)
        how.language = views_language(fuzz_site()->views, language);
    template_render(t, &how, model, &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct template *t;
    if (!template_compile(a, "fuzzed", (const char *)data, size, true, &t)) {
        struct val *model = make_model(a);
        render(a, t, model, NULL);
        render(a, t, model, "fr");
    }
    arena_free(a);
    return 0;
}
