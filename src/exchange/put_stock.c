#include "exchange/put_stock.h"

#include "base/text.h"
#include "db/db.h"
#include "stock/stock.h"

#define CODE_MOST 40

/* ---- Warehouses: a file calls them by code or by name ---- */

struct warehouses {
    struct warehouse *at;
    size_t count;
};

static const struct warehouse *
find(const struct warehouses *all, const char *called)
{
    if (!called || !*called)
        return all->count ? &all->at[0] : NULL;
    for (size_t i = 0; i < all->count; i++)
        if (text_is_any_case(all->at[i].code, called))
            return &all->at[i];
    for (size_t i = 0; i < all->count; i++)
        if (text_is(all->at[i].name, called))
            return &all->at[i];
    return NULL;
}

/* "Lager Süd" becomes "Lager-S-d". */
static const char *
code_from(struct arena *a, const char *called)
{
    struct buf b = buf_new(a, CODE_MOST + 1);
    for (; *called && b.length < CODE_MOST; called++) {
        bool plain = (*called >= 'a' && *called <= 'z') || (*called >= 'A' && *called <= 'Z') ||
                     (*called >= '0' && *called <= '9');
        if (plain || (b.length && (*called == '.' || *called == '_')))
            buf_char(&b, *called);
        else if (b.length && b.at[b.length - 1] != '-')
            buf_char(&b, '-');
    }
    return b.length ? b.at : "main";
}

/* ---- Looking ---- */

static size_t
stock_rows(const struct item *items, size_t n)
{
    size_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += items[i].refused ? 0 : items[i].stock_count;
    return rows;
}

static void
note(struct item *g, struct item_stock *s)
{
    s->changes = !s->known || s->on_hand != s->wanted;
    if (s->reserved > s->wanted)
        g->promised = s->reserved;
}

struct err *
stock_look(struct work *w, struct item *items, size_t n)
{
    struct warehouses all;
    struct rows rows;
    size_t count = stock_rows(items, n), at = 0;
    if (!count)
        return NULL;
    TRY(stock_warehouses(w, &all.at, &all.count));
    const char **skus = NEW_ARRAY(w->arena, const char *, count);
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, count);
    struct item_stock **asked = NEW_ARRAY(w->arena, struct item_stock *, count);
    struct item **of = NEW_ARRAY(w->arena, struct item *, count);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !items[i].refused && k < items[i].stock_count; k++) {
            const struct warehouse *house = find(&all, items[i].stock[k].code);
            skus[at] = items[i].stock[k].sku;
            ids[at] = house ? house->id.n : 0;
            of[at] = &items[i];
            asked[at++] = &items[i].stock[k];
        }
    TRY(db_many(w, Q_exchange_stock, ARGS(arg_texts(w, skus, at), arg_i64s(w, ids, at)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct item_stock *one = asked[scan_i64(&s) - 1];
        one->known = true;
        one->on_hand = scan_i64(&s);
        one->reserved = scan_i64(&s);
        scan_end(&s);
    }
    for (size_t i = 0; i < at; i++)
        note(of[i], asked[i]);
    return NULL;
}

/* ---- Writing ---- */

static struct err *
house_of(struct work *w, struct warehouses *all, const char *called, struct warehouse_id *out)
{
    const struct warehouse *house = find(all, called);
    if (house) {
        *out = house->id;
        return NULL;
    }
    const char *code = called && *called ? code_from(w->arena, called) : NULL;
    TRY(stock_warehouse_named(w, code, called, out));
    return stock_warehouses(w, &all->at, &all->count);
}

struct err *
stock_write(struct work *w, struct item *items, size_t n)
{
    struct warehouses all;
    size_t count = stock_rows(items, n), at = 0;
    if (!count)
        return NULL;
    TRY(stock_warehouses(w, &all.at, &all.count));
    struct stock_change *changes = NEW_ARRAY(w->arena, struct stock_change, count);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !items[i].refused && k < items[i].stock_count; k++) {
            const struct item_stock *s = &items[i].stock[k];
            if (!s->changes)
                continue;
            struct stock_change *c = &changes[at++];
            *c = (struct stock_change){ .sku = s->sku, .pieces = s->wanted, .expected = -1 };
            TRY(house_of(w, &all, s->code, &c->warehouse));
        }
    struct stock_outcome_of *outcomes = NEW_ARRAY(w->arena, struct stock_outcome_of, at + 1);
    if (!at)
        return NULL;
    TRY(stock_set_many(w, changes, at, STOCK_IMPORT, "", outcomes));
    /* We have looked in this transaction already: an order was faster, and all is done again. */
    for (size_t i = 0; i < at; i++)
        if (outcomes[i].outcome != STOCK_CHANGED && outcomes[i].outcome != STOCK_SAME)
            return FAIL(w->arena, ERR_BUSY, "db.retry", "Somebody was faster.");
    return NULL;
}
