#include <string.h>

#include "base/text.h"
#include "images/images.h"

char *
image_name(struct arena *a, const struct sha256 *hash, const char *what)
{
    char *hex = hex_text(a, BYTES(hash->bytes, sizeof(hash->bytes)));
    bool is_file = strchr(what, '.') != NULL;
    return text_printf(a, "products/%.2s/%.2s/%s_%s%s", hex, hex + 2, hex, what,
                       is_file ? "" : ".webp");
}
