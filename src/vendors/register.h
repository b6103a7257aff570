/* A shop that somebody opens by themselves: it waits, with nothing else knowing of it, until the
 * link in its mail is used; then shop, account and membership are there at once, and a trial
 * begins. Inside of src/vendors. */
#pragma once
#include "http/form.h"
#include "vendors/vendors.h"

#define TRIAL_DAYS 14

struct registration {
    struct vendor_draft vendor;
    const char *owner, *email, *password;
};
/* Fields shop, slug (made from the name when it is empty), currency, language, name, email,
 * password; those of the answer are NULL or "" where a failure was collected. */
void register_read(struct form *f, struct registration *out);

/* No transaction may be open. CONFLICT vendor.slug_taken; *free is one like it that is not taken,
 * or NULL. */
struct err *register_check_slug(struct work *w, const char *slug, const char **free) MUST_CHECK;

/* No transaction may be open. Writes it and sends the mail; to an address that has an account
 * already, one that says so. Takes as long and says the same either way. *ticket is for the
 * browser, to have the mail sent again. LIMIT limit.register-mail; BUSY accounts.busy. */
struct err *register_begin(struct work *w, const struct registration *reg,
                           const char **ticket) MUST_CHECK;
/* In a transaction that writes. Another mail with another link; *email is where it went.
 * NOT_FOUND register.over; LIMIT limit.register-mail. */
struct err *register_again(struct work *w, const char *ticket, const char **email) MUST_CHECK;

/* What a link opens. */
struct pending {
    const char *email, *shop, *slug, *free_slug; /* the last: "" when nothing like it is free */
};
struct err *register_load(struct work *w, const char *token, bool *found,
                          struct pending *out) MUST_CHECK;

/* In a transaction that writes: uses the link. `slug` may be another than the one registered; NULL:
 * that one. *found false: it was used or is over. CONFLICT vendor.slug_taken; INVALID vendor.slug;
 * CONFLICT account.email_taken: the address has an account by now. */
struct err *register_open(struct work *w, const char *token, const char *slug,
                          bool *found) MUST_CHECK;
