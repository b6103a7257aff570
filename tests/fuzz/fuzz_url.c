/* Addresses that users name: images, webhooks. What is taken is read the same a second time, and
 * leads neither to this host nor to a port that is not of the web. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "net/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct url url, again;
    struct err *e = url_read(a, text_copy_n(a, data, size), NULL, &url);
    if (!e) {
        EXPECT(strlen(url.text) <= URL_MOST &&
               text_is_utf8(BYTES(url.text, strlen(url.text)), NULL));
        EXPECT(text_starts(url.text, url.https ? "https://" : "http://"));
        EXPECT(!strpbrk(url.text, " \t\r\n\\#") && *url.host && !strpbrk(url.host, "@/"));
        EXPECT(url.port == 80 || url.port == 443 || (url.port >= 1024 && url.port <= 65535));
        EXPECT(!text_is(url.host, "localhost") && !text_is(url.host, "127.0.0.1"));
        EXPECT(!url_read(a, url.text, NULL, &again));
        EXPECT(text_is(again.text, url.text) && text_is(again.host, url.host));
    }
    arena_free(a);
    return 0;
}
