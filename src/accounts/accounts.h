/* People: how they log in and stay so. */
#pragma once
#include "base/work.h"
#include "http/request.h"

struct form;
struct limits;

/* At start: the key that passwords and tokens derive theirs from (32 bytes, kept by pointer), and
 * the limits that log-ins take from. */
void accounts_use(struct bytes key, struct limits *limits);

/* ---- Who asks (the guard's two steps, see http/site.h) ---- */
void accounts_who_ask(struct req *r);
struct err *accounts_who_answer(struct req *r);
void accounts_who_keep(struct req *r);
/* The session token or bearer token as it came, not checked; length 0: none. */
struct bytes accounts_credential(const struct req *r);

/* ---- Passwords ---- */

/* argon2id (19 MiB, 2 passes) over HMAC-SHA-256(pepper, password). At most one at a time for each
 * core of the host and sixteen that wait; BUSY accounts.busy with retry_after_s to all others. */
struct err *password_hash(struct work *w, const char *password, const char **out) MUST_CHECK;
/* `stored` NULL: nobody has that name; as much work is done, and *right is false. */
struct err *password_check(struct work *w, const char *password, const char *stored,
                           bool *right) MUST_CHECK;
/* The same for who holds a place of the queue already (accounts/hash.h). */
struct err *password_check_placed(struct work *w, const char *password, const char *stored,
                                  bool *right) MUST_CHECK;
/* Whose password it is to be: what it may not hold. NULL: not known. */
struct password_owner {
    const char *email, *shop, *slug;
};
/* NULL when it will do. INVALID password.short (8 characters), password.long (1,024 bytes),
 * password.common, password.holds_address, password.holds_shop, of the field `password`. */
struct err *password_refusal(struct work *w, const char *password,
                             const struct password_owner *of) MUST_CHECK;
/* May a stored hash be verified at all: argon2id within our own bounds of memory and passes? */
bool password_hash_is_bounded(const char *stored);

/* ---- Accounts ---- */

/* A field that must hold an e-mail address, in small letters; "" when it was collected as a
 * failure: INVALID account.email, account.email_letters (an international name that is not in its
 * form with xn--), and those of form_word(). */
const char *accounts_read_email(struct form *f, const char *field);
/* How often an address may be typed into forms: LIMIT limit.<rule>. */
struct err *accounts_limit(struct work *w, const char *rule, const char *email) MUST_CHECK;

/* In a transaction that writes. Somebody typed this address where a new one is needed: its owner is
 * told by mail that there is an account already. *known false: there is none. */
struct err *accounts_tell_owner(struct work *w, const char *email, bool *known) MUST_CHECK;

/* In a transaction that writes. Who has a password reads that mail: the operator says so, or a link
 * was used. INVALID account.email, password.…; CONFLICT account.email_taken. */
struct account_draft {
    const char *email, *name, *password, *language;
    const char *password_hash; /* made before; both NULL: none, see accounts_invite() */
    bool admin;
};
struct err *accounts_create(struct work *w, const struct account_draft *draft,
                            struct user_id *out) MUST_CHECK;

/* In a transaction that writes: the mail to somebody without a password, and its link, by which one
 * is set within a week; *link for who wants to hand it on otherwise. */
struct invitation {
    struct user_id id;
    const char *email, *name, *language, *shop, *inviter;
    enum role role;
};
struct err *accounts_invite(struct work *w, const struct invitation *i,
                            const char **link) MUST_CHECK;

/* ---- Where somebody works ---- */

/* What a transaction has ended, for accounts_forget() after its commit: then it is over everywhere,
 * within the second. */
struct ended;
void accounts_forget(struct work *w, const struct ended *ended);

/* All in the caller's transaction, which writes. */

/* The person's log-ins in this shop, by cookie and by token, are over. `keys`: the API keys they
 * made for it too; else these go on with what the person may from now on. */
struct err *accounts_end_in_shop(struct work *w, struct user_id user, struct vendor_id shop,
                                 bool keys, struct ended **out) MUST_CHECK;
/* The shop closes: everybody's log-ins there, and what its API keys stood for. */
struct err *accounts_end_shop(struct work *w, struct vendor_id shop, struct ended **out) MUST_CHECK;
/* The request's own session works in this shop of the person's from now on, under another token.
 * INVALID accounts.no_shop, accounts.by_cookie. */
struct err *accounts_enter_shop(struct req *r, struct vendor_id shop,
                                struct ended **out) MUST_CHECK;
/* The operator's session works in this shop for so long, or, with shop 0, no more; under another
 * token too. */
struct err *accounts_act_as(struct req *r, struct vendor_id shop, int64_t seconds,
                            struct ended **out) MUST_CHECK;

/* Was the password typed in the last ten minutes? Inside a transaction. If not, the answer is a
 * page that asks for it and then leads to `next`, and the handler ends. */
struct err *accounts_need_fresh(struct req *r, const char *next, bool *fresh) MUST_CHECK;

const char *role_name(enum role role);            /* "owner" */
bool role_read(const char *name, enum role *out); /* of a shop: staff, manager, owner */
