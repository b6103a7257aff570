/* The rows of the outbox. All statements but mail_add's want TX_OPERATOR_…: shops read no mail. */
#pragma once
#include "mail/pace.h"
#include "net/smtp.h"

#include "base/work.h"

/* A mail as its sender needs it. */
struct mail {
    int64_t id, created_us;
    int attempt; /* 1 at the first */
    int resent;  /* so many times by the operator */
    const char *kind, *address, *name, *language;
    const char *args, *secret; /* JSON; secret "" when there is none, or no longer */
};
struct mails {
    struct mail *at;
    size_t count;
};

/* Takes up to `most` of the oldest due mails for this sender, and again those whose sender died.
 * None when the rate or the server's rest forbids it: *wait_us says for how long. */
struct err *mails_claim(struct work *w, int most, struct mails *out, int64_t *wait_us) MUST_CHECK;

/* What became of one of them; nothing changes when another sender has taken it over since. */
struct err *mail_sent(struct work *w, const struct mail *m, const char *answer) MUST_CHECK;
struct err *mail_failed(struct work *w, const struct mail *m, const char *outcome,
                        const char *answer) MUST_CHECK;
/* Tried again later, or failed when it is three days old. */
struct err *mail_put_off(struct work *w, const struct mail *m, const char *outcome,
                         const char *answer) MUST_CHECK;
/* Back to waiting in their places, as if never claimed. */
struct err *mails_release(struct work *w, const struct mail *m, size_t n) MUST_CHECK;

/* A sender starts with the commit, unless one is at work. */
struct err *mail_wake(const struct work *w) MUST_CHECK;

struct err *relay_failed(struct work *w, const char *answer) MUST_CHECK;
struct err *relay_is_back(struct work *w) MUST_CHECK;

/* When there is something to do for a sender: now or earlier, later, or never (0). */
struct err *mail_next_due(struct work *w, int64_t *at_us) MUST_CHECK;

struct err *mail_suppress(struct work *w, const char *address, const char *reason,
                          bool bounced) MUST_CHECK;
