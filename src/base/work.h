/* What a rule needs to know of the world. A request has one, a job has one, a test makes one; so a
 * rule never sees a request and runs the same from a page, the API, a job and a test. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"

struct db;
struct storage;
struct cache;
struct settings;

enum role { ROLE_NONE, ROLE_STAFF, ROLE_MANAGER, ROLE_OWNER, ROLE_ADMIN };

/* Lives as long as the request or job; db, cache and settings as long as the process. */
struct work {
    struct arena *arena;
    struct db *db;
    struct cache *cache;
    const struct settings *settings;
    struct storage *media;   /* the image store (images/storage.h); NULL where none is needed */
    const char *id;          /* request or job id, for logs and for people to quote */
    int64_t now_us;          /* the clock, read once: microseconds since 1970, UTC */
    struct vendor_id vendor; /* the tenant every statement of this work is bound to; 0: none */
    const char *shop;    /* TX_SHOP_READ, TX_SHOP_WRITE: the slug in a public address, else NULL */
    struct user_id user; /* who acts; 0: nobody logged in */
    struct user_id acted_by; /* the operator who acts in that person's place; 0: nobody does */
    enum role role;
    int64_t outside;     /* what ERR_OUTSIDE is about, by its number in its own table; 0: nothing */
    const char *address; /* the peer's address as text ("" in jobs) */
    const char *language; /* of the person, "en" when not known */
};

/* What goes on for longer than one arena should grow: calls turn(arg, round, &more) until *more is
 * false, each time with an arena that is emptied behind it. A failure ends it and is passed on, in
 * the arena of `w`. */
struct err *work_rounds(const struct work *w, size_t ceiling,
                        struct err *(*turn)(void *arg, struct work *round, bool *more),
                        void *arg) MUST_CHECK;
