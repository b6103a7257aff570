/* One vendor's billing account in memory: what it has subscribed to, its documents, and what a
 * command or the passing of time makes of them. Pure rules: no SQL, no HTTP, no clock.
 *
 * The caller fills the account (from a scenario, or from rows), lets time pass with
 * account_advance() and calls commands from command.h; both add documents and postings and change
 * what is in it. A caller with a database writes the differences; one that only wants to look
 * (a preview) throws the arena away. Amounts are in minor units of one currency, instants in
 * seconds since 1970-01-01 UTC. Everything lives in the account's arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "billing/period.h"
#include "billing/state.h"
#include "billing/vat.h"

#define NEVER    INT64_MIN /* an instant that is not set */
#define NO_PRICE INT64_C(-1)
#define ADD_ON   (-1) /* the rank of what is not a tier */
/* Ceilings that keep every product inside 64 bits. */
#define PRICE_MOST    INT64_C(99999999)
#define QUANTITY_MOST INT64_C(10000)
#define ITEMS_MOST    64 /* a subscription holds */

/* What can be bought today, with its prices. */
struct offer {
    const char *code;
    int rank;            /* the order of tiers, 0 the lowest; ADD_ON */
    int64_t month, year; /* NO_PRICE: not to be had for that interval */
};

/* What the subscription holds; the price is pinned when it was bought. */
struct item {
    const char *code;
    int rank;
    int64_t unit, quantity;
    int64_t next_unit;     /* pinned for the scheduled interval, when there is one */
    int64_t next_quantity; /* scheduled for the end of the period; KEEP_QUANTITY */
};
#define KEEP_QUANTITY INT64_C(-1)

/* A change of the tier that waits for the end of the period. */
struct tier_change {
    const char *code; /* NULL: none waits */
    int rank;
    enum interval interval;
    int64_t unit;
};

struct subscription {
    int64_t number; /* the account's first, second, …; 0: never had one */
    enum subscription_state state;
    struct item *items; /* the tier first, then add-ons by code */
    size_t item_count;
    enum interval interval;
    struct tier_change next_tier;
    bool cancel_at_period_end;
    int64_t trial_end, ended_at; /* NEVER */
    int64_t anchor;              /* NEVER: in a trial, its end will be */
    struct span period;          /* the running one; in a trial from its start to its end */
};

enum line_kind {
    LINE_CHARGE, /* of a whole period */
    LINE_PRORATION_CHARGE,
    LINE_PRORATION_CREDIT,
    LINE_KINDS
};
extern const char *const line_kind_names[LINE_KINDS];

struct line {
    int n; /* from 1, in its document */
    const char *item;
    int rank;
    enum line_kind kind;
    int64_t quantity, unit;
    struct span period;
    int64_t basis_amount, basis_seconds; /* of the whole period; parts are cut from these */
    int64_t amount;                      /* below 0: a credit */
    struct vat vat;
    int64_t covered_until; /* of a charge: where its time ends, earlier once credited */
    int64_t credited;      /* of a charge: how much was given back */
    struct document *of;   /* of a credit: the document … */
    struct line *of_line;  /* … and its line */
};

enum reason {
    REASON_CREATE,
    REASON_UPDATE,
    REASON_CYCLE,
    REASON_CANCEL,
    REASON_CORRECTION, /* the operator's */
    REASONS
};
extern const char *const reason_names[REASONS]; /* "subscription_create" */

struct document {
    int64_t n;            /* from 1, within the account */
    const char *number;   /* the gap-free one on paper; NULL: the caller gives it, or has none */
    int64_t subscription; /* its number */
    bool credit_note;
    enum reason reason;
    int64_t issued_at, due_at; /* due_at: of an open invoice by transfer, or NEVER */
    struct line *lines;
    size_t line_count;
    struct vat_sums sums;
    int64_t credit_applied; /* balance used */
    int64_t due;            /* total - credit_applied; 0 for a credit note */
    enum invoice_state state;
    int64_t paid, remaining;
    int64_t noted;     /* of an invoice: lowered by credit notes while it was open */
    int64_t offsets;   /* of a credit note: how much of it lowered open invoices */
    int attempts;      /* to charge it, failed or not */
    int64_t failed_at; /* first failure, or NEVER; of a transfer: when it fell overdue */
    int64_t tried_at;  /* last attempt, or NEVER */
    bool waiting;      /* a charge is under way: its answer comes with account_settle() */
};

enum ledger_account {
    LEDGER_AR,      /* owed by the vendor */
    LEDGER_REV,     /* revenue */
    LEDGER_VAT,     /* tax owed */
    LEDGER_CASH,    /* received */
    LEDGER_CREDIT,  /* the vendor's balance: a debt of ours */
    LEDGER_BADDEBT, /* written off */
    LEDGER_OPENING, /* counterpart of an opening balance */
    LEDGER_ACCOUNTS
};
extern const char *const ledger_account_names[LEDGER_ACCOUNTS];

/* Debit is positive. The postings of one event sum to 0. */
struct posting {
    enum ledger_account account;
    int64_t amount, at;
    struct document *document; /* NULL: of an opening balance */
};

/* What came of asking the provider for money. LATER: not known yet. */
enum charge { CHARGE_OK, CHARGE_FAILED, CHARGE_LATER };

struct account {
    struct arena *arena;
    const struct offer *offers;
    size_t offer_count;
    struct vat vat; /* the vendor's, from now on */
    bool by_transfer, has_card;
    int terms_days;        /* by transfer: due so long after issue */
    const int *retry_days; /* after the first failure, rising */
    size_t retry_count;
    int final_days; /* written off and expired so long after it */
    enum charge (*charge)(void *with, int64_t amount);
    void *with;

    struct subscription sub; /* the last one */
    int64_t balance;         /* the vendor's credit, ≥ 0 */
    int64_t next_n;          /* the number of the next document, from 1 */
    struct document **documents;
    size_t document_count, document_room;
    struct posting *postings; /* made since the account was filled */
    size_t posting_count, posting_room;
};

/* An empty account; the caller sets prices, tax, terms and the charge. */
struct account account_new(struct arena *a);
const struct offer *account_offer(const struct account *acc, const char *code);
int64_t offer_price(const struct offer *offer, enum interval interval); /* or NO_PRICE */
const struct item *subscription_item(const struct subscription *sub, const char *code);
/* A filled account's own document, or one read from its rows: the pointer stays. */
struct document *account_document_new(struct account *acc);
struct document *account_document(const struct account *acc, int64_t n); /* or NULL */
/* Credit from before the account's first document. */
void account_opening_balance(struct account *acc, int64_t at, int64_t amount);

/* Everything due up to and including `at`, in order of time; at one instant the end of a period
 * or trial first, then retries and what falls overdue, then giving up. */
void account_advance(struct account *acc, int64_t at);
/* When account_advance() has something to do next, or NEVER. */
int64_t account_next_due(const struct account *acc);
/* The answer to a charge that was CHARGE_LATER, of an open invoice that waits for it. */
void account_settle(struct account *acc, struct document *invoice, int64_t at, bool paid);
