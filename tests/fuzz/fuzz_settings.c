/* Settings: the first byte chooses the variable, the rest is its value. */
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "fuzz.h"

static void
check(const struct setting *row, const struct settings *s)
{
    const void *at = (const char *)s + row->offset;
    if (row->kind == SETTING_TEXT)
        EXPECT(*(const char *const *)at);
    else if (row->kind == SETTING_NUMBER)
        EXPECT(*(const int64_t *)at >= row->least && *(const int64_t *)at <= row->most);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct arena *a = arena_new((size_t)8 << 20);
    const struct setting *row = &setting_rows[data[0] % setting_count];
    struct settings s;
    setenv(row->name, text_copy_n(a, data + 1, size - 1), 1);
    struct err *e = settings_read(a, &s);
    if (e)
        EXPECT(e->kind == ERR_INVALID && strstr(e->say, row->name));
    for (size_t i = 0; i < setting_count && !e; i++)
        check(&setting_rows[i], &s);
    unsetenv(row->name);
    arena_free(a);
    return 0;
}
