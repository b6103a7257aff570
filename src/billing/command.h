/* What a vendor or the operator may do to a billing account. The caller has let time pass up to
 * `at` (account_advance) and may not go back. A refused command leaves the account as it was.
 *
 * Paid before granted: with automatic collection a first purchase or a change that costs something
 * asks account->charge first. CHARGE_LATER refuses with REFUSED_PAYMENT_PENDING: the caller asks
 * the provider outside of any lock, and repeats the command at the same instant with the answer. */
#pragma once
#include "billing/account.h"

enum refusal {
    REFUSED_NOT,
    REFUSED_ALREADY_SUBSCRIBED,
    REFUSED_NOT_ACTIVE,
    REFUSED_PAST_DUE,
    REFUSED_CANCELLATION_PENDING,
    REFUSED_NO_CHANGE,
    REFUSED_UNKNOWN_TIER,
    REFUSED_UNKNOWN_ADDON,
    REFUSED_NO_PRICE,
    REFUSED_BAD_QUANTITY,
    REFUSED_PAYMENT_FAILED,
    REFUSED_NO_METHOD,
    REFUSED_PAYMENT_PENDING,
    REFUSED_NO_UPCOMING,
    REFUSED_NOT_OPEN,
    REFUSED_NOT_FOUND,
    REFUSED_NOTHING_LEFT, /* to credit, or to refund */
    REFUSALS
};
extern const char *const refusal_codes[REFUSALS]; /* "already_subscribed"; NULL for REFUSED_NOT */

enum effect { EFFECT_NONE, EFFECT_NOW, EFFECT_PERIOD_END, EFFECT_SCHEDULE_CLEARED, EFFECTS };
extern const char *const effect_names[EFFECTS];

enum when { WHEN_USUAL, WHEN_NOW, WHEN_PERIOD_END };

struct outcome {
    enum refusal refused;
    enum effect effect;
    int64_t at; /* EFFECT_PERIOD_END: when */
    /* Issued; of a preview, only shown (no number, no state); NULL: nothing to bill, which in a
     * trial goes without saying. Refused for its payment: what would have been issued. */
    struct document *document;
    bool in_trial;
};

struct wanted_addon {
    const char *code;
    int64_t quantity;
};

struct purchase {
    const char *tier;
    enum interval interval;
    const struct wanted_addon *addons;
    size_t addon_count;
    int trial_days; /* 0: none */
    int64_t anchor; /* the billing day; NEVER: `at` */
};
struct outcome account_subscribe(struct account *acc, int64_t at, const struct purchase *wanted);

/* Another tier or interval, or another total of an add-on. */
struct change {
    const char *tier;       /* NULL: an add-on */
    enum interval interval; /* 0: as it is */
    const char *addon;
    int64_t quantity; /* 0: without it */
    enum when when;   /* usual: more now, less at the end of the period */
};
struct outcome account_change(struct account *acc, int64_t at, const struct change *wanted);
/* The document that account_change() would issue now if its payment succeeds. */
struct outcome account_preview(struct account *acc, int64_t at, const struct change *wanted);
/* The next renewal as things stand, or the first invoice after the trial. */
struct outcome account_upcoming(struct account *acc);

/* `prorate`: with a credit note for the time left; only at once. */
struct outcome account_cancel(struct account *acc, int64_t at, enum when when, bool prorate);
struct outcome account_reactivate(struct account *acc); /* withdraws a cancellation that waits */
struct outcome account_convert_trial(struct account *acc, int64_t at);
/* An invoice paid in full from outside; one that was written off too, which revives nothing. */
struct outcome account_pay(struct account *acc, int64_t at, int64_t n);
/* An open invoice is charged now, whatever its retries: the person asks for it.
 * REFUSED_PAYMENT_PENDING: it is being charged already, or now waits for the answer
 * (document->waiting). */
struct outcome account_collect(struct account *acc, int64_t at, int64_t n);
/* A new means of payment, or none any more; a new one is tried at once on what is overdue. */
void account_card(struct account *acc, int64_t at, bool present);

/* The operator's. */
/* A credit note for all of an invoice that is not credited yet: it lowers the invoice while it is
 * open, the rest is credit balance. */
struct outcome account_credit(struct account *acc, int64_t at, int64_t n);
/* Given up: the invoice is uncollectible; the subscription goes on. */
struct outcome account_write_off(struct account *acc, int64_t at, int64_t n);
/* Paid back out of the credit balance; at most all of it. */
struct outcome account_refund(struct account *acc, int64_t at, int64_t amount);
