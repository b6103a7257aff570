/* What a vendor or the operator does to a subscription, from a page, the API or a test: locked,
 * decided by the rules, written and noted in the log of acts. Inside a TX_WRITE or
 * TX_OPERATOR_WRITE, of w->vendor.
 *
 * The refusals of billing/command.h come out as failures "subscriptions.<code>": CONFLICT, INVALID
 * for what is not known, PAYMENT for money that did not come. */
#pragma once
#include "base/bytes.h"
#include "subscriptions/book.h"
#include "subscriptions/operation.h"

/* Paid before granted: where a card is charged, a first purchase, a change that costs something and
 * act_collect() end with OUTSIDE (base/err.h) the first time, w->outside being the operation that
 * the provider is asked about; called again, they find the answer. PAYMENT then: .payment_failed,
 * .action_required with its url, .payment_pending. CONFLICT .payment_waits: of another command. */

/* `book` is the account afterwards; of a preview, as it was. */
struct act {
    struct book book;
    struct outcome outcome;
    /* Of a preview: confirmed with this, the change is made as of the preview's instant, so it
     * costs to the cent what was shown. Holds QUOTE_S, and as long as nothing else changes. */
    const char *quote;
    int64_t quote_until;
    int64_t by_hand; /* of a refund: what no card had paid, for the operator to pay back */
};
#define QUOTE_S 900

/* TX_READ will do. */
struct err *act_preview(struct work *w, const struct change *wanted, struct act *out) MUST_CHECK;
/* `quote`: of act_preview(), or NULL for a change as of now. CONFLICT subscriptions.quote_stale: it
 * is too old, of another change, or something changed meanwhile. LIMIT subscriptions.too_often. */
struct err *act_change(struct work *w, const struct change *wanted, const char *quote,
                       struct act *out) MUST_CHECK;
struct err *act_subscribe(struct work *w, const struct purchase *wanted,
                          struct act *out) MUST_CHECK;
struct err *act_convert_trial(struct work *w, struct act *out) MUST_CHECK;
/* An open invoice, by card and now. */
struct err *act_collect(struct work *w, int64_t n, struct act *out) MUST_CHECK;
/* What a paid operation was for. CONFLICT subscriptions.quote_stale: it cannot be had any more. */
struct err *act_resume(struct work *w, const struct operation *op, struct act *out) MUST_CHECK;
struct err *act_cancel(struct work *w, enum when when, bool prorate, struct act *out) MUST_CHECK;
struct err *act_reactivate(struct work *w, struct act *out) MUST_CHECK;
/* The operator's, of an invoice by its number within the account: its money came; it is credited
 * whole; it is given up. And paid back: part of the credit balance. */
struct err *act_pay(struct work *w, int64_t n, struct act *out) MUST_CHECK;
struct err *act_credit(struct work *w, int64_t n, struct act *out) MUST_CHECK;
struct err *act_write_off(struct work *w, int64_t n, struct act *out) MUST_CHECK;
struct err *act_refund(struct work *w, int64_t amount, struct act *out) MUST_CHECK;

/* Wired by main: the key that quotes are sealed with. Process-long. */
void subscriptions_use(struct bytes key);
