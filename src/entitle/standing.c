/* Where a shop, or somebody of its team, may only look. Which writes that stops follows from what
 * the route's row wants people to be allowed, so a route that is added later is stopped or let
 * through without being named here. */
#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/entitle.h"
#include "entitle/inside.h"
#include "http/request.h"
#include "http/route.h"
#include "http/site.h"

#define BILLING "/vendor/billing"

/* The shop's work. What is not here stays possible: billing, one's own account, to leave a team,
 * and to erase a person who asks for it, which is the law. */
static const enum may_kind work_of_shop[] = {
    MAY_EDIT_PRODUCTS, MAY_EDIT_STOCK,    MAY_MANAGE_TEAM,
    MAY_MANAGE_KEYS,   MAY_EDIT_SETTINGS, MAY_EDIT_ORDERS
};

/* And what is none of it though its row says so. */
enum exception { EXPORTS = 1, TAKES_POWER };
/* clang-format off */
static const struct {
    enum method method;
    const char *path;
    enum exception why;
} exceptions[] = {
    { POST,   "/vendor/products/export",                         EXPORTS },
    { POST,   "/api/v1/vendor/exports",                          EXPORTS },
    /* Nobody keeps power over a shop because it has ended. */
    { POST,   "/vendor/security/keys/{key}/revoke",              TAKES_POWER },
    { DELETE, "/api/v1/vendor/api-keys/{key}",                   TAKES_POWER },
    { POST,   "/vendor/team/members/{member}/remove",            TAKES_POWER },
    { DELETE, "/api/v1/vendor/team/{member}",                    TAKES_POWER },
    { POST,   "/vendor/team/invitations/{invitation}/revoke",    TAKES_POWER },
    { DELETE, "/api/v1/vendor/team/invitations/{invitation}",    TAKES_POWER },
};
/* clang-format on */

static bool
is_work(const struct route *row)
{
    for (size_t i = 0; i < COUNT(work_of_shop); i++)
        if (row->may == work_of_shop[i])
            return row->who == WHO_VENDOR && row->method != GET;
    return false;
}

static enum exception
exception_of(const struct route *row)
{
    for (size_t i = 0; i < COUNT(exceptions); i++)
        if (row->method == exceptions[i].method && text_is(row->path, exceptions[i].path))
            return exceptions[i].why;
    return 0;
}

struct standing {
    bool ended;          /* its subscription */
    int64_t exports_end; /* then; seconds */
    bool beyond;         /* the person, of what the team may be */
};

static struct err *
load(struct work *w, struct standing *out)
{
    struct scan s;
    bool found = false;
    *out = (struct standing){ 0 };
    TRY(db_maybe(w, Q_entitle_standing,
                 ARGS(arg_i64(w, w->vendor.n), arg_i64(w, w->user.n), arg_time(w, w->now_us)),
                 &found, &s));
    if (!found)
        return NULL;
    out->ended = scan_bool(&s);
    int64_t closed_us = scan_null(&s) ? w->now_us : 0;
    closed_us += scan_time(&s);
    out->exports_end = closed_us / SECOND_US - CLOSED_AFTER_S + EXPORTS_S;
    out->beyond = scan_bool(&s);
    scan_end(&s);
    return NULL;
}

/* Also for a route whose handler opens its own transaction. */
static struct err *
look(struct work *w, struct standing *out)
{
    if (tx_is_open(w))
        return load(w, out);
    tx_open(w, TX_READ);
    return tx_end(w, load(w, out));
}

struct err *
entitle_ended(struct work *w)
{
    struct err *e =
        FAIL(w->arena, ERR_DENIED, "entitle.ended",
             "The subscription has ended: everything can be seen and exported, and nothing be "
             "changed. Take a tier under Billing, and all is as it was.");
    if (guard_may(w->role, MAY_SEE_BILLING))
        e->url = BILLING;
    return e;
}

struct err *
entitle_admit(struct req *r)
{
    struct work *w = r->work;
    struct standing standing;
    if (!is_work(r->route))
        return NULL;
    enum exception why = exception_of(r->route);
    TRY(look(w, &standing));
    if (standing.ended && why == EXPORTS && w->now_us / SECOND_US >= standing.exports_end)
        return FAIL(w->arena, ERR_DENIED, "entitle.exports_over",
                    "The subscription ended more than 90 days ago: nothing is exported any more. "
                    "Take a tier under Billing first.");
    if (standing.ended && !why)
        return entitle_ended(w);
    if (standing.beyond && why != EXPORTS)
        return FAIL(w->arena, ERR_DENIED, "entitle.team_too_large",
                    "The team is larger than the tier allows, so those who came last can only "
                    "look. The owner can take a higher tier, or a place more.");
    return NULL;
}
