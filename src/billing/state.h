/* The states of a subscription and of an invoice, and the steps between them, as tables. */
#pragma once
#include <stdbool.h>

enum subscription_state {
    SUB_NONE, /* never had one */
    SUB_TRIAL,
    SUB_ACTIVE,
    SUB_PAST_DUE,
    SUB_CANCELLED, /* by the vendor's wish; final */
    SUB_EXPIRED,   /* a trial without means of payment, or dunning without success; final */
    SUB_STATES
};

enum invoice_state {
    INVOICE_DRAFT,
    INVOICE_OPEN,
    INVOICE_PAID,
    INVOICE_VOID,
    INVOICE_UNCOLLECTIBLE,
    INVOICE_DELETED,
    INVOICE_STATES
};

extern const char *const subscription_state_names[SUB_STATES];
extern const char *const invoice_state_names[INVOICE_STATES];

/* The state after the event ("renewal_payment_failed"); false: there is no such step. */
bool subscription_step(enum subscription_state from, const char *event,
                       enum subscription_state *to);
bool invoice_step(enum invoice_state from, const char *event, enum invoice_state *to);
/* Trial, active or past due. */
bool subscription_lives(enum subscription_state state);
/* What a card provider calls the state of a subscription, as ours; `reason` of a cancellation, or
 * NULL. False: it has no such state. */
bool subscription_state_of_provider(const char *status, const char *reason,
                                    enum subscription_state *out);
