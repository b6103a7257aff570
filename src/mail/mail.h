/* Mail to people: an outbox in the database, written with its cause and sent later by the job
 * `mail_send` (tasks.h). Nothing is lost in a crash; what was on its way when a sender died may
 * come twice, with the same Message-ID. */
#pragma once
#include <stdbool.h>

#include "base/work.h"

struct views;

struct mail_draft {
    const char *kind;      /* a row of kinds.c: "verification", "reset", "invitation" … */
    const char *to, *name; /* address and, when known, the person's name; else NULL */
    const char *language;  /* en fr de lb; NULL and others are sent as en */
    const char *args;      /* JSON object for the template, shown in previews; NULL: none. Members
                              that end in `_at` are times (RFC 3339), in `_word` keys of words;
                              an array of objects is a list */
    const char *secret; /* JSON object for the template too, {"link": "https://…"}: never shown,
                           dropped once the mail has left; NULL: none */
    const char *key;    /* one mail for a kind and key, however often it is added; NULL: no such
                           rule */
    struct vendor_id vendor; /* of mails_add(): whose it is when the transaction has no tenant */
};

/* Writes a mail into the outbox, in the caller's transaction (TX_WRITE or TX_OPERATOR_WRITE): it
 * leaves when that commits. The tenant of the transaction is kept with it. To a suppressed address
 * (one that bounced, say) nothing is sent: the mail is kept as `suppressed`. INVALID mail.address:
 * this cannot be an address. An unknown kind is our own mistake. */
struct err *mail_add(struct work *w, const struct mail_draft *m) MUST_CHECK;
/* Any number of them in one statement; no two have the same kind and key. */
struct err *mails_add(struct work *w, const struct mail_draft *mails, size_t n) MUST_CHECK;

/* Can this be an address to send to? ASCII, at most 254 bytes, a domain with a dot. */
bool mail_address_is_one(const char *address);

/* Wired by main in the job runner: the templates that mails are made of. Process-long. */
void mail_use(const struct views *views);
