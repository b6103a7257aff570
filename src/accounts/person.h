/* Somebody whose password or address is about to change. Inside of src/accounts. */
#pragma once
#include "accounts/session.h"

struct person {
    struct user_id id;
    const char *email, *name, *language;
    const char *password_hash; /* "": none */
    bool admin;
    const char *shop, *slug; /* of the first shop, "" without one */
};
struct err *person_load(struct work *w, struct user_id id, struct person *out) MUST_CHECK;
struct err *person_by_email(struct work *w, const char *email, bool *found,
                            struct person *out) MUST_CHECK;

/* What password_refusal() is to know of them. */
struct password_owner person_as_owner(const struct person *p);

/* For mails: {"device": …, "place": …, "happened_at": …} and more of the same kind. `and_name` may
 * be NULL. */
const char *person_circumstances(struct req *r, const char *and_name, const char *and_value);

/* In a transaction that writes: notes the act in the log, about this account. */
struct err *person_note(struct work *w, struct user_id id, const char *what) MUST_CHECK;

/* In a transaction that writes: all log-ins of a person end, every older token with them, and what
 * was tried wrongly before counts no more. The copies go by session_forget() after the commit. */
struct err *person_end(struct work *w, const struct person *p, struct ended *out) MUST_CHECK;
