/* What the operator sees of all shops' billing. In TX_OPERATOR_READ. */
#pragma once
#include "subscriptions/act.h"
#include "subscriptions/documents.h"

struct owed_row {
    struct vendor_id vendor;
    const char *shop, *slug;
    struct document_row document;
    int64_t late_days; /* of what is overdue; -1: it is not */
};

/* Where a page of documents ends. */
struct owed_place {
    int64_t issued_us, vendor, n; /* issued_us 0: from the start */
};
struct err *operate_documents(struct work *w, const char *state, const struct owed_place *behind,
                              int64_t most, struct owed_row **out, size_t *count) MUST_CHECK;
/* Whose document that is, and which of theirs; w->vendor is that shop from then on. NOT_FOUND. */
struct err *operate_pick(struct work *w, const char *number, int64_t *n) MUST_CHECK;

/* That shop; w->vendor from then on. NOT_FOUND subscriptions.no_account. */
struct err *operate_pick_vendor(struct work *w, int64_t id) MUST_CHECK;

enum { AGE_NOT_DUE, AGE_WEEK, AGE_DUNNING, AGE_OLD, AGES };
struct operate_figures {
    int64_t mrr; /* minor units a month */
    int64_t active, trials, ended_30d, lived_30d;
    int64_t deferred;                /* billed, not earned yet */
    int64_t ledger[LEDGER_ACCOUNTS]; /* at the end of the day */
    int64_t owed[AGES], owed_count[AGES];
    int64_t differences[3]; /* receivables, balances, tax: the ledger against the documents */
};
/* As of an instant, microseconds; MRR and the counts of now. */
struct err *operate_figures(struct work *w, int64_t as_of_us,
                            struct operate_figures *out) MUST_CHECK;

struct subscription_row {
    struct vendor_id vendor;
    const char *shop, *slug, *state, *tier;
    bool yearly, cancelling, waits;
    int64_t from_us, to_us;
    int64_t price, owed, clock_s;
};
struct err *operate_subscriptions(struct work *w, const char *state, int64_t behind, int64_t most,
                                  struct subscription_row **out, size_t *count) MUST_CHECK;

/* w->vendor's clock goes ahead so many days; the next run does what falls due. Only where the
 * settings say that this is a demo: CONFLICT subscriptions.no_clock. */
struct err *operate_move_clock(struct work *w, int64_t days) MUST_CHECK;

/* Part of w->vendor's credit balance is noted as paid back to it. `seen`: the balance that this was
 * decided by, so that sending it twice pays once; ANY_BALANCE. CONFLICT subscriptions.changed. */
#define ANY_BALANCE INT64_C(-1)
struct err *operate_refund(struct work *w, int64_t amount, int64_t seen,
                           struct act *out) MUST_CHECK;

/* Whether w->vendor's VAT id was found valid, and by what ("VIES"): from now on, documents for
 * another country of the Union go by it. `looked_up`: the id that was, or NULL; *book is the
 * account afterwards. CONFLICT billing.no_vat_id; subscriptions.changed: it has another one by now.
 */
struct err *operate_vat_checked(struct work *w, const char *looked_up, bool valid,
                                const char *source, struct book *book) MUST_CHECK;

/* The table of VAT rates: a row counts from its day on, UTC, until the country's next one. What has
 * counted stays: a new row begins today or later, and only one that is still to come can be taken
 * away. Documents keep the rate they were made with. */
enum rate_state { RATE_PAST, RATE_IN_FORCE, RATE_TO_COME, RATE_STATES };
extern const char *const rate_state_names[RATE_STATES]; /* "past", "in_force", "to_come" */
struct rate_row {
    const char *country, *from; /* "LU", "2024-01-01" */
    int64_t bp;
    enum rate_state state;
};
#define RATE_MOST_BP 10000
struct err *operate_rates(struct work *w, struct rate_row **out, size_t *count) MUST_CHECK;
/* Country and day of a form; the rate itself comes as each writes it. INVALID billing.country,
 * billing.day. */
struct form;
void operate_rate_read(struct form *f, struct rate_row *out);
/* A country without any rate may have its first one from any day on. INVALID of field valid_from:
 * billing.rate_past; CONFLICT billing.rate_there. */
struct err *operate_rate_add(struct work *w, const struct rate_row *rate) MUST_CHECK;
/* NOT_FOUND billing.no_rate; CONFLICT billing.rate_in_use. */
struct err *operate_rate_remove(struct work *w, const char *country, const char *from) MUST_CHECK;

struct seller {
    struct party party;
    bool exempt, one_stop;
    enum currency currency;
    int64_t terms_days, version;
};
struct err *operate_seller(struct work *w, struct seller *out) MUST_CHECK;
/* CONFLICT subscriptions.changed. */
struct err *operate_seller_save(struct work *w, const struct seller *seller) MUST_CHECK;
