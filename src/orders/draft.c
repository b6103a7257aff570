#include "orders/draft.h"

#include <string.h>

#include "accounts/accounts.h"
#include "base/text.h"

/* ---- Addresses ---- */

static const char *
address_field(struct form *f, const char *name, const char *part, size_t least, size_t most)
{
    return form_text(f, text_printf(f->r->work->arena, "%s.%s", name, part), least, most);
}

static const char *
read_country(struct form *f, const char *name, bool needed)
{
    struct arena *a = f->r->work->arena;
    const char *field = text_printf(a, "%s.country", name);
    const char *given = form_word(f, field, needed ? 2 : 0, 2);
    char *code = text_copy(a, given);
    for (char *c = code; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        if (*c < 'A' || *c > 'Z') {
            form_fail(f, field, "order.country", "Two letters, like LU or DE.");
            return "";
        }
    }
    return code;
}

static bool
is_given(const struct form *f, const char *name)
{
    static const char *const parts[] = { "street", "more", "postcode", "city" };
    for (size_t i = 0; i < COUNT(parts); i++) {
        const char *text = form_raw(f, text_printf(f->r->work->arena, "%s.%s", name, parts[i]));
        if (text && *text_trim(f->r->work->arena, text))
            return true;
    }
    return false;
}

struct address
address_read(struct form *f, const char *name, bool *given)
{
    *given = is_given(f, name);
    size_t least = *given;
    return (struct address){
        .name = address_field(f, name, "name", 0, 200),
        .street = address_field(f, name, "street", least, 200),
        .more = address_field(f, name, "more", 0, 200),
        .postcode = address_field(f, name, "postcode", 0, 20),
        .city = address_field(f, name, "city", least, 100),
        .country = read_country(f, name, *given),
    };
}

/* ---- What is bought ---- */

static const char *
item_field(struct form *f, size_t i, const char *part)
{
    return text_printf(f->r->work->arena, "items.%zu.%s", i, part);
}

static int64_t
read_id(struct form *f, const char *field)
{
    const char *text = form_word(f, field, 0, 20);
    int64_t id = 0;
    if (*text && !text_to_id(text, &id))
        form_fail(f, field, "order.id", "This is not an id.");
    return id;
}

static struct order_want
read_want(struct form *f, size_t i)
{
    struct order_want want = {
        .variant = { read_id(f, item_field(f, i, "variant_id")) },
        .product = { read_id(f, item_field(f, i, "product_id")) },
        .sku = form_text(f, item_field(f, i, "sku"), 0, 64),
        .quantity = form_i64(f, item_field(f, i, "quantity"), 1, ORDER_PIECES, 1),
    };
    if (!want.variant.n && !want.product.n && !*want.sku)
        form_fail(f, text_printf(f->r->work->arena, "items.%zu", i), "order.item_needed",
                  "Say which by variant_id, sku or product_id.");
    return want;
}

static bool
has_item(struct form *f, size_t i)
{
    return form_has(f, item_field(f, i, "variant_id")) ||
           form_has(f, item_field(f, i, "product_id")) || form_has(f, item_field(f, i, "sku")) ||
           form_has(f, item_field(f, i, "quantity"));
}

static void
read_items(struct form *f, struct order_draft *d)
{
    struct order_want *wants = NEW_ARRAY(f->r->work->arena, struct order_want, ORDER_LINES_MOST);
    while (d->n < ORDER_LINES_MOST && has_item(f, d->n)) {
        wants[d->n] = read_want(f, d->n);
        d->n++;
    }
    d->wants = wants;
    if (!d->n)
        form_fail(f, "items", "order.no_items", "Nothing is ordered.");
    else if (has_item(f, d->n))
        form_fail(f, "items", "order.too_many_items", "An order has at most 200 lines.");
}

/* ---- All of it ---- */

static const char *
read_language(struct form *f)
{
    const char *given = form_word(f, "language", 0, 12);
    for (const char *c = given; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              *c == '-')) {
            form_fail(f, "language", "order.language", "A language like en, fr or zh-Hant.");
            return f->r->work->language;
        }
    return *given ? given : f->r->work->language;
}

void
order_read(struct form *f, const struct terms *terms, bool by_shop, struct order_draft *out)
{
    enum currency cur = terms->currency;
    struct order_draft d = { .terms = *terms, .who = "" };
    read_items(f, &d);
    d.email = accounts_read_email(f, "customer.email");
    d.name = form_text(f, "customer.name", 0, 200);
    d.news = form_flag(f, "customer.news");
    d.ship_to = address_read(f, "shipping_address", &d.has_ship_to);
    d.bill_to = address_read(f, "billing_address", &d.has_bill_to);
    d.language = read_language(f);
    d.note = form_text(f, "note", 0, 1000);
    d.expected = form_money(f, "expected_total", cur, &d.has_expected);
    if (by_shop) {
        d.shipping = form_money(f, "shipping", cur, &d.has_shipping);
        d.discount = form_money(f, "discount", cur, &d.has_discount);
    }
    if (d.has_ship_to && !*d.ship_to.name)
        d.ship_to.name = d.name;
    if (!*d.name && d.has_ship_to)
        d.name = d.ship_to.name;
    *out = d;
}

const char *
order_actor(const struct req *r)
{
    return *r->visitor.name ? r->visitor.name : r->visitor.email;
}
