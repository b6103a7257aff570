/* The cursor of a list, as a client sends it back: nothing but what was made here is taken. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/cursor.h"
#include "http/route.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct route route = { .method = GET, .path = "/vendor/products" };
    struct arena *a = arena_new((size_t)8 << 20);
    struct fuzz_request f = { .params = { .count = 0 } };
    struct work w = fuzz_work(a);
    struct req r = fuzz_req(&w, &f, &route);
    struct pair cursor = { "cursor", text_copy_n(a, data, size) };
    const char *keys[2];
    bool given = true;

    r.query = (struct pairs){ &cursor, 1 };
    EXPECT(cursor_read(&r, keys, COUNT(keys), &given) || !given);

    keys[0] = cursor.value;
    keys[1] = "1";
    cursor.value = cursor_make(&r, keys, COUNT(keys));
    bool too_long = strlen(cursor.value) > 4096;
    EXPECT(!cursor_read(&r, keys, COUNT(keys), &given) == !too_long);
    EXPECT(too_long || (given && text_is(keys[1], "1")));
    arena_free(a);
    return 0;
}
