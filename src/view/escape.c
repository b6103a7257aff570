/* Runs of harmless bytes are copied at once; a table says where a run ends. */
#include "view/escape.h"

#include <string.h>

static const char *const entities[256] = {
    ['&'] = "&amp;", ['"'] = "&quot;", ['<'] = "&lt;", ['>'] = "&gt;", ['\''] = "&#39;",
};

void
escape_html(struct buf *out, const char *text, size_t length)
{
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        const char *entity = entities[(unsigned char)text[i]];
        if (!entity)
            continue;
        buf_add(out, text + from, i - from);
        buf_text(out, entity);
        from = i + 1;
    }
    buf_add(out, text + from, length - from);
}
