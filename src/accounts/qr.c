#include "accounts/qr.h"

#include <qrencode.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define BORDER 4

/* One rectangle a run of dark squares. */
static void
add_row(struct buf *b, const unsigned char *row, int width, int y)
{
    for (int x = 0; x < width;) {
        int end = x;
        while (end < width && row[end] & 1)
            end++;
        if (end > x)
            buf_printf(b, "M%d %dh%dv1h-%dz", x + BORDER, y + BORDER, end - x, end - x);
        x = end > x ? end : x + 1;
    }
}

char *
qr_path(struct arena *a, const char *text, int *side)
{
    struct buf b = buf_new(a, 8192);
    must(strlen(text) <= 500);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    must(code); /* it fits, so only memory is missing */
    for (int y = 0; y < code->width; y++)
        add_row(&b, code->data + y * code->width, code->width, y);
    *side = code->width + 2 * BORDER;
    QRcode_free(code);
    return b.at;
}
