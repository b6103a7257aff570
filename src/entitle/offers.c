#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/inside.h"

const char *const entitle_names[ENTITLE_LIMITS] = {
    "products", "images_per_product", "orders_per_month",
    "variants", "team_members",       "api_requests_per_day",
};

const struct entitle_offer *
entitle_find(const struct entitle_offers *offers, const char *code)
{
    for (size_t i = 0; i < offers->count; i++)
        if (text_is(offers->rows[i].code, code))
            return &offers->rows[i];
    return NULL;
}

static int64_t
number_or(struct scan *s, int64_t none)
{
    bool is_null = scan_null(s);
    int64_t n = scan_i64(s);
    return is_null ? none : n;
}

/* Codes apart by blanks. */
static const char *const *
words(struct arena *a, const char *text)
{
    size_t n = 0;
    char *rest = text_copy(a, text);
    const char **list = NEW_ARRAY(a, const char *, strlen(text) + 2);
    for (char *word; (word = strsep(&rest, " "));)
        if (*word)
            list[n++] = word;
    return list;
}

static struct entitle_offer
read_offer(struct work *w, struct scan *s)
{
    struct entitle_offer offer = { .code = scan_text(s), .name = scan_text(s) };
    offer.rank = (int)number_or(s, -1);
    offer.month = number_or(s, -1);
    offer.year = number_or(s, -1);
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        offer.limit[i] = number_or(s, offer.rank < 0 ? 0 : UNLIMITED);
    offer.features = words(w->arena, scan_text(s));
    offer.retired = scan_bool(s);
    offer.version = scan_i64(s);
    scan_end(s);
    return offer;
}

struct err *
entitle_offers(struct work *w, int64_t at, struct entitle_offers *out)
{
    struct rows rows;
    TRY(db_many(w, Q_entitle_offers, ARGS(arg_time(w, at * SECOND_US)), &rows));
    if (!rows.count) {
        *out = builtin_offers;
        return NULL;
    }
    struct entitle_offer *list = NEW_ARRAY(w->arena, struct entitle_offer, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i] = read_offer(w, &s);
    }
    *out = (struct entitle_offers){ list, (size_t)rows.count, false };
    return NULL;
}
