#include "orders/basket.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/cookie.h"

#define WEEK_S (INT64_C(7) * 86400)

static struct order_want *
find(struct basket *b, struct variant_id variant)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->lines[i].variant.n == variant.n)
            return &b->lines[i];
    return NULL;
}

bool
basket_add(struct basket *b, struct variant_id variant, int64_t quantity)
{
    struct order_want *line = find(b, variant);
    if (line) {
        line->quantity += quantity;
        if (line->quantity > ORDER_PIECES)
            line->quantity = ORDER_PIECES;
        return true;
    }
    if (b->n == BASKET_LINES)
        return false;
    b->lines[b->n++] = (struct order_want){ .variant = variant, .quantity = quantity };
    return true;
}

void
basket_set(struct basket *b, struct variant_id variant, int64_t quantity)
{
    struct order_want *line = find(b, variant);
    if (!line)
        return;
    if (quantity) {
        line->quantity = quantity;
        return;
    }
    memmove(line, line + 1, (size_t)(&b->lines[b->n] - (line + 1)) * sizeof(*line));
    b->n--;
}

/* "12x2": false for anything else. */
static bool
read_line(char *text, struct order_want *out)
{
    char *times = strchr(text, 'x');
    if (!times)
        return false;
    *times = 0;
    *out = (struct order_want){ .sku = NULL };
    return text_to_id(text, &out->variant.n) && text_to_id(times + 1, &out->quantity) &&
           out->quantity <= ORDER_PIECES;
}

/* The cookie is "shop:12x2.15x1". What is not of this form is left out: anybody may write it. */
void
basket_read(struct req *r, struct basket *out)
{
    struct basket b = { .n = 0 };
    const char *cookie = cookie_text(r, cookie_name(r, "basket"));
    size_t n = strlen(r->params[0]);
    if (cookie && strlen(cookie) < 4096 && strncmp(cookie, r->params[0], n) == 0 &&
        cookie[n] == ':') {
        char *rest = text_copy(r->work->arena, cookie + n + 1);
        for (char *one; (one = strsep(&rest, "."));) {
            struct order_want line;
            if (read_line(one, &line))
                basket_add(&b, line.variant, line.quantity);
        }
    }
    *out = b;
}

void
basket_write(struct req *r, const struct basket *b)
{
    struct buf text = buf_new(r->work->arena, 256);
    buf_printf(&text, "%s:", url_part(r->work->arena, r->params[0]));
    for (size_t i = 0; i < b->n; i++)
        buf_printf(&text, "%s%lldx%lld", i ? "." : "", (long long)b->lines[i].variant.n,
                   (long long)b->lines[i].quantity);
    cookie_set(r, "basket", text.at, b->n ? WEEK_S : -1);
}
