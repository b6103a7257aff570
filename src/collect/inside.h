/* What the files of this room share. */
#pragma once
#include "collect/caller.h"
#include "collect/collect.h"
#include "queue/queue.h"
#include "subscriptions/act.h"

#define COLLECT_JOB "collect_payments"
#define EVENTS_JOB  "apply_provider_events" /* added once an event: one that runs may be past it */

/* The secrets that events are signed with, the ones not used being "". */
const char *const *collect_secrets(size_t *n);
bool collect_live(void);
const char *collect_key(void);
const char *collect_url(void);

/* Process-long, so connections are kept. */
struct fetcher;
struct err *collect_fetcher(struct work *w, struct fetcher **out) MUST_CHECK;

/* A descriptor that holds one of the few places in which requests of this host may wait for the
 * provider, so that a slow one does not keep every worker; -1: none is free. Closing it, or dying,
 * gives it back. */
int collect_place(const struct work *w);

/* charge.c: asks how a payment stands whose operation is not over yet, and applies it. */
struct err *charge_settle(struct work *w, int64_t operation) MUST_CHECK;
/* Gives up one that the person did not confirm; it may turn out to be paid after all. */
struct err *charge_give_up(struct work *w, int64_t operation) MUST_CHECK;
/* In a transaction: what the provider has is noted where we do not know it yet. *news: it was. */
struct err *charge_note(struct work *w, const struct pay_intent *intent, bool *news) MUST_CHECK;

/* card.c, with no transaction open. The customer of w->vendor, made when there is none yet. */
struct err *card_customer(struct work *w, const char **out) MUST_CHECK;
/* Takes the card that was given on the provider's page. NOT_FOUND collect.session: none of ours. */
struct err *card_take(struct work *w, const char *session) MUST_CHECK;
/* Which card is it now? */
struct err *card_sync(struct work *w) MUST_CHECK;

/* inbox.c: keeps an event, in a transaction of the operator's; *fresh false: it was there. */
struct err *inbox_put(struct work *w, struct bytes body, bool *fresh) MUST_CHECK;

/* The jobs: charge.c, inbox.c, sync.c. */
struct err *collect_payments(struct work *w, const struct job *j);
struct err *collect_events(struct work *w, const struct job *j);
struct err *collect_sync(struct work *w, const struct job *j);
struct err *collect_clean(struct work *w, const struct job *j);
