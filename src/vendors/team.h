/* Who works in a shop and as what. Owners say who is owner or manager; managers take in staff and
 * let them go. A shop keeps an owner: the database refuses what would leave it without one, also
 * when two do it at once. Inside of src/vendors. */
#pragma once
#include "db/db.h"
#include "vendors/vendors.h"

struct ended;

struct member {
    struct user_id user;
    const char *email, *name, *language;
    enum role role;
    int64_t since_us, seen_us; /* seen_us: in a session that goes on; 0: none */
    bool has_factor;
};
const char *member_called(const struct member *m); /* the name, or else the address */

/* Places taken: members and open invitations. */
struct seats {
    int64_t members, invited, limit; /* limit 0: none */
    int64_t invitations;             /* those that are over too */
};

/* May somebody with that role give this one, change it, or take it away? */
bool team_may_touch(enum role actor, enum role target);

/* Field `role` of a form or a JSON body; INVALID team.role is collected. */
struct form;
void team_read_role(struct form *f, enum role *out);

/* All in a transaction of the shop's (w->vendor); those that change something write. */
struct err *team_load(struct work *w, struct member **out, size_t *n) MUST_CHECK;
/* NOT_FOUND team.unknown. */
struct err *team_member(struct work *w, struct user_id user, struct member *out) MUST_CHECK;
struct err *team_seats(struct work *w, struct seats *out) MUST_CHECK;
/* Others who change this team wait until the transaction ends. */
struct err *team_lock(struct work *w) MUST_CHECK;

/* The person's log-ins in this shop end with either, those of their API keys by being removed only.
 * *ended: for accounts_forget() after the commit. NOT_FOUND team.unknown; DENIED team.owners_only;
 * CONFLICT team.last_owner. */
struct err *team_set_role(struct work *w, struct user_id user, enum role role,
                          struct ended **ended) MUST_CHECK;
struct err *team_remove(struct work *w, struct user_id user, struct ended **ended) MUST_CHECK;
/* The person who asks goes. CONFLICT team.last_owner. */
struct err *team_leave(struct work *w, struct ended **ended) MUST_CHECK;
