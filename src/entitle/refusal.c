/* The database refuses what is above a limit; here it gets its words. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/inside.h"
#include "entitle/limit.h"

#define REFUSED "db.limit_"

/* The lowest tier on sale that allows more. */
static const char *
lifting(const struct entitle_offers *offers, enum entitle_limit limit, int64_t most)
{
    for (size_t i = 0; i < offers->count; i++) {
        const struct entitle_offer *offer = &offers->rows[i];
        if (offer->rank >= 0 && !offer->retired &&
            (offer->limit[limit] == UNLIMITED || offer->limit[limit] > most))
            return offer->code;
    }
    return NULL;
}

static struct err *
exceeded(struct work *w, enum entitle_limit limit)
{
    struct entitle_use uses[ENTITLE_LIMITS];
    struct entitle_offers offers;
    bool known = false;
    tx_open(w, TX_READ);
    struct err *e = entitle_usage(w, w->now_us / SECOND_US, w->now_us / SECOND_US, &known, uses);
    if (!e)
        e = entitle_offers(w, w->now_us / SECOND_US, &offers);
    e = tx_end(w, e);
    if (e)
        return e;
    struct err *said =
        FAIL(w->arena, ERR_DENIED, "limit_exceeded", "This is as many as the subscription allows.");
    said->used = uses[limit].used;
    said->limit = uses[limit].most;
    said->about = entitle_names[limit];
    said->allowed = lifting(&offers, limit, uses[limit].most);
    return said;
}

struct err *
entitle_refusal(struct work *w, struct err *e)
{
    if (!e || !text_starts(e->code, REFUSED))
        return e;
    const char *what = e->code + strlen(REFUSED);
    if (w->shop || text_is(what, "closed"))
        return FAIL(w->arena, ERR_CONFLICT, "shop.takes_no_orders",
                    "This shop does not take orders at the moment.");
    if (text_is(what, "arrears"))
        return FAIL(w->arena, ERR_DENIED, "entitle.arrears",
                    "An invoice is overdue, so nothing can be added. See Billing.");
    if (text_is(what, "ended"))
        return entitle_ended(w);
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        if (text_is(what, entitle_names[i]))
            return exceeded(w, (enum entitle_limit)i);
    return e;
}
