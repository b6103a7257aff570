/* What the files of billing share and no other room sees. */
#pragma once
#include "billing/account.h"

/* A document in the making: nothing of the account changes until it is issued. */
struct draft {
    struct account *acc;
    struct document *document;
    struct line **credited; /* lines whose time ends with it, also those worth nothing */
    size_t credited_count, room;
};

struct draft draft_new(struct account *acc, enum reason reason, int64_t at);
/* The item for [at, period end); `whole` is the period its price is for. */
void draft_charge(struct draft *d, const struct item *item, struct span part, struct span whole);
/* What is left of the item's time from the draft's instant on; NULL: of every item's. */
void draft_credit(struct draft *d, const char *item);
/* All that is left of an invoice's charges, whatever of their time has passed. Their time counts as
 * used: it is not credited again. */
void draft_take_back(struct draft *d, struct document *invoice);
/* Orders the lines, adds up, applies the balance. False: there are no lines, so no document. */
bool draft_finish(struct draft *d);
/* Gives it its number and posts it; what it credits is credited, the invoice is open (or paid when
 * nothing is due). Its payment is the caller's. */
void draft_issue(struct draft *d);

void invoice_paid(struct account *acc, struct document *invoice, int64_t at);
/* Nothing is overdue any more: the subscription is active again. */
void invoice_settled(struct account *acc);
void invoice_written_off(struct account *acc, struct document *invoice, int64_t at);
/* A charge of an issued invoice: now, at once or as a retry. Tells the subscription. */
void invoice_charge(struct account *acc, struct document *invoice, int64_t at);
/* Open, and its payment failed or its day has passed. */
bool invoice_overdue(const struct document *invoice);
void account_post(struct account *acc, enum ledger_account account, int64_t amount, int64_t at,
                  struct document *document);

/* The subscription as it will be after its period ends at `at`. */
struct subscription subscription_renewed(const struct account *acc, int64_t at);
void subscription_unschedule(struct subscription *sub); /* tier and add-ons */
void subscription_end(struct account *acc, enum subscription_state state, int64_t at);
/* Full charges of every item for the period that starts at `at`. */
struct draft draft_period(struct account *acc, const struct subscription *sub, enum reason reason,
                          int64_t at);
struct span subscription_whole_period(const struct subscription *sub, int64_t at);
