/* One charge by card: written before the provider is asked, so that whoever finds it unfinished
 * knows what was meant and may ask again under the same key. Of w->vendor, under its lock. */
#pragma once
#include "subscriptions/book.h"

/* As billing_operation says (sql/migrations). */
enum operation_state {
    OPERATION_ASKED,
    OPERATION_ACTION,
    OPERATION_PAID,
    OPERATION_REFUSED,
    OPERATION_UNDO,
    OPERATION_DONE,
    OPERATION_FAILED,
    OPERATION_UNDONE,
    OPERATION_STATES
};
extern const char *const operation_state_names[OPERATION_STATES];

struct operation {
    int64_t id;
    bool of_command; /* else of the invoice `document` */
    enum operation_state state;
    const char *command;
    int64_t version, document, attempt;
    int64_t at, amount;
    const char *currency, *key;
    bool on_session;
    const char *customer, *method;
    const char *payment, *url, *decline; /* "": not known */
    int64_t tries, created_us;
};

/* `id` 0: the command that waits for its money. */
struct err *operation_find(struct work *w, int64_t id, bool *found,
                           struct operation *out) MUST_CHECK;
/* The last charge of an invoice. */
struct err *operation_of(struct work *w, const struct document *invoice, bool *found,
                         struct operation *out) MUST_CHECK;

/* A new one, for the command that was refused for its payment; w->outside is its number. Never
 * NULL: OUTSIDE, which commits it and asks. */
struct err *operation_ask(struct work *w, const struct book *book, int64_t at, const char *command,
                          int64_t amount) MUST_CHECK;
/* What a person is told of one that is not there yet, never NULL: OUTSIDE when nobody is at it and
 * so it is asked again; PAYMENT subscriptions.action_required with its url, .payment_failed,
 * .payment_pending. */
struct err *operation_refusal(struct work *w, const struct operation *op) MUST_CHECK;
/* Gives so much back to the cards that paid the last invoices; *by_hand: what none of them paid. */
struct err *operation_refund(struct work *w, int64_t amount, int64_t at,
                             int64_t *by_hand) MUST_CHECK;
/* `document`: that was made of it, or 0. */
struct err *operation_end(struct work *w, int64_t id, enum operation_state how,
                          int64_t document) MUST_CHECK;
