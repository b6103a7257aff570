/* PostgreSQL: one connection a process, statements by name, one round trip where one will do.
 *
 * Statements live in sql/queries/ROOM.sql and are reached as Q_<name> (made by sql/embed.awk). They
 * are prepared on first use in each connection, in the same pipeline that runs them. A result lives
 * in the work's arena: a text read from it needs no copy.
 *
 * Every statement runs inside a transaction that the dispatcher, the job runner or a test opened
 * with tx_open(); without one a statement fails by must(). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/money.h"
#include "base/work.h"
#include "db/query_ids.h" /* enum query; made */

struct db;

#define DB_ARGS_MAX 48

/* Process-long. Connects at once: BROKEN db.connect. `conninfo` as libpq reads it; its time limits
 * (connect 2 s, statement 5 s, idle in transaction 10 s) are set here unless it names others. */
struct err *db_open(struct arena *process, const char *conninfo, bool prepare,
                    struct db **out) MUST_CHECK;

/* The same with a say in more: jobs give their statements 60 s. */
struct db_options {
    bool prepare;
    int statement_s;  /* 1 … */
    bool may_be_away; /* opens without PostgreSQL too: the first statement that finds it connects */
};
struct err *db_open_with(struct arena *process, const char *conninfo, const struct db_options *how,
                         struct db **out) MUST_CHECK;
void db_close(struct db *db); /* accepts NULL */

/* True when a statement can be run now; reconnects (at most once a second) when the connection was
 * lost. The answer to /readyz. */
bool db_ready(struct db *db);

/* ---- Transactions ----
 * TX_READ: no BEGIN and no COMMIT travel. Each statement is one pipeline of the tenant setting and
 *   itself, in one implicit transaction: one round trip, read committed as PostgreSQL's default is.
 *   A statement that writes (or locks rows) is refused: BROKEN db.broken.
 * TX_WRITE: BEGIN, the setting and the first statement travel together; tx_commit() ends it.
 * TX_SHOP_READ: TX_READ for the public, who name a shop by its slug (w->shop): the tenant setting
 * is shop_id($slug), so a shop that is not there or not active sees no rows. Statements for it say
 *   `vendor_id = (SELECT current_vendor())` where others take the vendor as an argument.
 * TX_SHOP_WRITE: the same for one who buys there: TX_WRITE with the shop of that slug.
 * TX_OPERATOR_READ, TX_OPERATOR_WRITE: the same in the role souk_system, which sees every tenant.
 *   Only route rows with WHO_ADMIN and named jobs may say so.
 * TX_NONE: nothing is opened; a statement is our own mistake. */
enum tx_mode {
    TX_NONE = 1,
    TX_READ,
    TX_WRITE,
    TX_SHOP_READ,
    TX_SHOP_WRITE,
    TX_OPERATOR_READ,
    TX_OPERATOR_WRITE
};

/* Binds to w->vendor as it is now. Costs nothing until the first statement. */
void tx_open(struct work *w, enum tx_mode mode);
bool tx_is_open(const struct work *w);
/* Ends the transaction either way. BROKEN db.commit (a statement had failed and was not passed on),
 * BUSY db.unknown (the connection went with COMMIT on its way: nobody knows), BUSY db.retry (a
 * serialisation failure or a lost connection before COMMIT was sent: the caller may run the whole
 * work again once); a deferred constraint's refusal. */
struct err *tx_commit(struct work *w) MUST_CHECK;
/* The next statement is the transaction's last: COMMIT travels behind it, one round trip less.
 * tx_commit() is called as ever, costs nothing then, and says what came of it. */
void tx_last(struct work *w);
void tx_rollback(struct work *w); /* also right when nothing is open or the connection is gone */
/* What came of the work, e, decides: tx_commit() and its error, or tx_rollback() and e. */
struct err *tx_end(struct work *w, struct err *e) MUST_CHECK;

/* Inside an open transaction: w->vendor and the tenant of the statements that follow are `vendor`
 * (job code that goes through vendors). Travels with the next statement. */
struct err *tx_tenant(struct work *w, struct vendor_id vendor) MUST_CHECK;
/* Inside an open transaction of the operator's: it changes this tenant, whom its commit is told of.
 */
void tx_concerns(struct work *w, struct vendor_id tenant);

/* Called after each COMMIT of a transaction that wrote for a tenant, whatever came of it: what was
 * kept of that tenant elsewhere is old then. Process-long; one at most. */
void db_when_written(struct db *db, void (*fn)(struct work *w, struct vendor_id tenant));

/* ---- Being told ----
 * The connection listens: `listen` is a statement LISTEN, run now and after each time the
 * connection was made again. With PostgreSQL away it is run when it is back. */
void db_listen(struct db *db, enum query listen);
/* Waits until something was told, at most so long: true when it was, or when the connection was
 * made again (something may have been told meanwhile). Earlier when a signal comes. What was told
 * while statements ran counts too. No transaction may be open. */
bool db_wait(struct db *db, int64_t most_ms);

/* ---- Arguments ----
 * Made for one call; texts are not copied. */
struct arg {
    const char *text;
};
struct arg arg_i64(struct work *w, int64_t n);
struct arg arg_text(const char *text); /* NULL is SQL NULL */
struct arg arg_bool(bool b);
struct arg arg_time(struct work *w, int64_t at_us);
struct arg arg_bytes(struct work *w, struct bytes b); /* bytea */
struct arg arg_null(void);
/* An array: one argument `$n::text[]`, `$n::bigint[]`. */
struct arg arg_texts(struct work *w, const char *const *texts, size_t n);
struct arg arg_i64s(struct work *w, const int64_t *numbers, size_t n);

#define ARGS(...)                                                                                  \
    (const struct arg[]){ __VA_ARGS__ },                                                           \
        (int)(sizeof((const struct arg[]){ __VA_ARGS__ }) / sizeof(struct arg))
#define NO_ARGS NULL, 0

/* ---- Running ----
 * All: BROKEN db.* for what is ours; a violated constraint gives CONFLICT (unique, exclusion) or
 * INVALID (check, foreign key, not null) with code "db.<constraint name>", which the room's store
 * turns into its own with db_refusal(); a missing value is "db.<table>_<column>_missing". BUSY
 * db.away when PostgreSQL cannot be reached, db.timeout when it took too long, db.retry when the
 * whole work may be run again once (deadlock, or the connection was lost inside a TX_WRITE); FULL
 * db.no_room. After a failure inside a TX_WRITE nothing but tx_rollback() is of use.
 * The function must be of the statement's shape (:one db_one, :maybe db_maybe, :many db_many and
 * db_each, :exec db_exec). */
struct scan {  /* a cursor over one row's columns, in the statement's order */
    void *res; /* PGresult */
    int row, column;
};

struct rows {
    void *res;
    int count;
};

/* Exactly one row, else NOT_FOUND db.no_row (none) or must() (several). */
struct err *db_one(struct work *w, enum query q, const struct arg *args, int n,
                   struct scan *out) MUST_CHECK;
/* One row or none: *found says which. */
struct err *db_maybe(struct work *w, enum query q, const struct arg *args, int n, bool *found,
                     struct scan *out) MUST_CHECK;
struct err *db_many(struct work *w, enum query q, const struct arg *args, int n,
                    struct rows *out) MUST_CHECK;
/* *affected may be NULL. */
struct err *db_exec(struct work *w, enum query q, const struct arg *args, int n,
                    int64_t *affected) MUST_CHECK;
/* Row by row for large sets: fn gets each row, valid for that call; its failure ends the walk and
 * is passed on. fn runs no statements: the connection is busy. */
struct err *db_each(struct work *w, enum query q, const struct arg *args, int n,
                    struct err *(*fn)(void *arg, struct scan *row), void *arg) MUST_CHECK;

struct scan rows_at(const struct rows *r, int row);

/* ---- Reading columns, in order ---- NULL reads as 0, false, "" (scan_null() tells them apart);
 * an enum and a currency must be there. A value that is not of the type asked for: must(). */
bool scan_null(const struct scan *s); /* is the next column NULL? reads nothing */
void scan_skip(struct scan *s);
int64_t scan_i64(struct scan *s);
bool scan_bool(struct scan *s);
double scan_double(struct scan *s);
const char *scan_text(struct scan *s); /* "" for NULL; lives as long as the result */
/* Microseconds since 1970; the statement selects timestamptz as it is. "infinity" is INT64_MAX. */
int64_t scan_time(struct scan *s);
struct bytes scan_bytes(struct work *w, struct scan *s);
struct money scan_money(struct scan *s); /* two columns: minor units, currency */
/* Index of the text in `names`; must() when it is not there. */
int scan_enum(struct scan *s, const char *const *names, int n);
void scan_end(struct scan *s); /* all columns read, none left over: must() */

/* ---- Refusals ---- */
struct db_refusal {
    const char *constraint; /* "product_sku_once" */
    const char *code;       /* "product.sku_taken" */
    const char *field;      /* "sku" */
    const char *say;
};
/* Turns a constraint's refusal into the room's own failure by the table; any other failure, and
 * NULL, pass through unchanged. */
struct err *db_refusal(struct work *w, struct err *e, const struct db_refusal *table, size_t n);
