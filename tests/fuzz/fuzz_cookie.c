/* The Cookie header, which carries what any program on the host has set. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/cookie.h"

static void
check(const char *name, const char *value)
{
    EXPECT(*name && !strpbrk(name, "=;") && !strchr(value, ';'));
    EXPECT(text_is_utf8(BYTES(name, strlen(name)), NULL));
    EXPECT(text_is_utf8(BYTES(value, strlen(value)), NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct pairs cookies = cookies_read(a, text_copy_n(a, data, size));
    EXPECT(cookies.count <= 50);
    for (size_t i = 0; i < cookies.count; i++) {
        check(cookies.at[i].name, cookies.at[i].value);
        EXPECT(pairs_text(&cookies, cookies.at[i].name));
    }
    arena_free(a);
    return 0;
}
