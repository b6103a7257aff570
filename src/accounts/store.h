/* The room's own rows: for its other files. */
#pragma once
#include "accounts/accounts.h"
#include "db/db.h"

struct account {
    struct user_id id;
    const char *email, *name, *language;
    const char *password_hash;
    bool admin;
    int64_t token_version;
    bool has_factor;   /* a second one is on */
    bool known_device; /* after a log-in: its browser had logged in before */
};
/* The columns that all statements on accounts begin with, in this order. */
void account_scan(struct scan *s, struct account *out);
struct err *accounts_by_id(struct work *w, struct user_id id, bool *found,
                           struct account *out) MUST_CHECK;
struct err *accounts_by_email(struct work *w, const char *email, bool *found,
                              struct account *out) MUST_CHECK;
/* out->n is 0 when the person belongs to none. */
/* In a transaction that writes. CONFLICT account.email_taken. */
struct err *accounts_set_email(struct work *w, struct user_id id, const char *email) MUST_CHECK;
struct err *accounts_first_shop(struct work *w, struct user_id user,
                                struct vendor_id *out) MUST_CHECK;
/* The SHA-256 of a token, which is what is kept of it. */
struct arg arg_hash(struct work *w, const char *token);
