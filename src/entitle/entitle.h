/* What can be bought, what it lets a vendor do, and how much of it is used. Tiers and add-ons are
 * rows that count from a day on (offer, offer_terms, offer_price); a database without any uses the
 * table in builtin.c. What a vendor may do is the row `entitlement`, written by whoever changes the
 * subscription, in the same transaction; the database itself refuses what is above it, under the
 * lock of the counter's row, so no race passes a limit. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/work.h"

enum entitle_limit {
    ENTITLE_PRODUCTS,
    ENTITLE_IMAGES_PER_PRODUCT,
    ENTITLE_ORDERS_PER_MONTH, /* of a usage window; 10 % grace */
    ENTITLE_VARIANTS,
    ENTITLE_TEAM_MEMBERS,
    ENTITLE_API_REQUESTS_PER_DAY, /* UTC day */
    ENTITLE_LIMITS
};
extern const char *const entitle_names[ENTITLE_LIMITS]; /* "products", as columns and in JSON */
#define UNLIMITED INT64_C(-1)

struct entitle_offer {
    const char *code, *name;
    int rank;                      /* of a tier, 0 the lowest; -1: an add-on */
    int64_t month, year;           /* minor units; -1: not to be had for that interval */
    int64_t limit[ENTITLE_LIMITS]; /* of an add-on: what one piece adds */
    const char *const *features;   /* codes, NULL at the end */
    bool retired;                  /* not sold any more; known for those who have it */
    int64_t version;               /* of its row; 0: built in */
};

struct entitle_offers {
    const struct entitle_offer *rows; /* tiers by rank, then add-ons by code */
    size_t count;
    bool builtin; /* the database has none */
};

/* As they are at that instant (seconds since 1970 UTC). */
struct err *entitle_offers(struct work *w, int64_t at, struct entitle_offers *out) MUST_CHECK;
const struct entitle_offer *entitle_find(const struct entitle_offers *offers, const char *code);

/* How far a vendor in arrears may go; the words of the column `stage`. */
enum entitle_stage { STAGE_ALL, STAGE_OVERDUE, STAGE_RESTRICTED, STAGE_READ_ONLY, STAGES };

struct entitle_held {
    const char *code;
    int64_t quantity;
};

/* The limits of tier and add-ons, added up. *tier (may be NULL): the tier among them, or NULL. */
void entitle_sum(const struct entitle_offers *offers, const struct entitle_held *held, size_t n,
                 int64_t limits[ENTITLE_LIMITS], const struct entitle_offer **tier);

/* Seconds since 1970. */
struct entitle_times {
    int64_t usage_from, usage_to; /* orders are counted in between */
    int64_t ended_at;             /* the subscription's end; 0: it lives */
};
struct entitle_grant {
    struct vendor_id vendor;
    const struct entitle_offers *offers;
    const struct entitle_held *held;
    size_t held_count;
    enum entitle_stage stage;
    struct entitle_times times;
};
/* Writes what these vendors may do from now on, in the caller's transaction. */
struct err *entitle_write(struct work *w, const struct entitle_grant *grants, size_t n) MUST_CHECK;

/* One of what a limit counts: a product, a variant (`id` its product's), a person of the team. */
struct entitle_thing {
    int64_t id;
    const char *name, *language; /* a title, SKU, name or address; language "": of none */
};
#define NEWEST_MOST 10

/* The use of one limit, for meters. */
struct entitle_use {
    enum entitle_limit limit;
    int64_t used, most; /* most: UNLIMITED */
    int percent;        /* of `most`; 0 without limit */
    int level;          /* enum limit_level of limit.h */
    bool expected;      /* at this pace it is reached … */
    int64_t reached_at; /* … about then */
    /* The newest first, without owners; none before entitle_newest(). */
    const struct entitle_thing *newest;
    size_t newest_count;
};
/* w->vendor's; `window` is the month in which orders are counted, both ends the same: the one that
 * the database goes by. False in *known: it has no subscription, so nothing limits it. */
struct err *entitle_usage(struct work *w, int64_t window_from, int64_t window_to, bool *known,
                          struct entitle_use out[ENTITLE_LIMITS]) MUST_CHECK;

/* Up to NEWEST_MOST products, variants and members of w->vendor's, in w->language: whom a lower
 * limit would be about. */
struct err *entitle_newest(struct work *w, struct entitle_use uses[ENTITLE_LIMITS]) MUST_CHECK;

/* What the database's refusal of a limit means: DENIED limit_exceeded with used and limit, `about`
 * its name, `allowed` the tier that lifts it; DENIED entitle.arrears, entitle.ended; to a shopper
 * CONFLICT shop.takes_no_orders. Any other failure, and NULL, pass through. Outside of a
 * transaction. */
struct err *entitle_refusal(struct work *w, struct err *e);

/* Before a write that a shop's people do, by its route's row; in the handler's transaction, or
 * without one. DENIED entitle.ended: the subscription has, so the shop can only be looked at, and
 * exported for 90 days, DENIED entitle.exports_over; DENIED entitle.team_too_large: the same for
 * those who came last into a team that has been larger than the tier allows for 14 days. */
struct req;
struct err *entitle_admit(struct req *r) MUST_CHECK;

/* What is above the limits of a smaller tier: frozen then, never deleted. Orders and requests are
 * counted anew and never stand in the way; they are listed only when they are above. */
struct entitle_over {
    enum entitle_limit limit;
    int64_t used, most, excess;
    const struct entitle_thing *newest; /* of the excess, as far as entitle_newest() went */
    size_t newest_count;
};
size_t entitle_impact(const struct entitle_use uses[ENTITLE_LIMITS],
                      const int64_t limits[ENTITLE_LIMITS],
                      struct entitle_over out[ENTITLE_LIMITS]);
