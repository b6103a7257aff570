/* Transactions, and the wall between tenants.
 *
 * What a transaction needs travels with its first statement, so opening one costs nothing. A mode
 * that only reads opens none at all: its setting and its statement are one implicit transaction,
 * ended by the Sync behind them, and the setting with it. There is no other way to run a statement,
 * so none can meet the tenant or the role of the one before. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "db/connection.h"

static const struct mode {
    enum query bind;
    bool writes; /* BEGIN … COMMIT */
} modes[] = {
    [TX_READ] = { Q_db_bind_tenant_read, false },
    [TX_WRITE] = { Q_db_bind_tenant, true },
    [TX_SHOP_READ] = { Q_db_bind_shop_read, false },
    [TX_SHOP_WRITE] = { Q_db_bind_shop, true },
    [TX_OPERATOR_READ] = { Q_db_bind_operator_read, false },
    [TX_OPERATOR_WRITE] = { Q_db_bind_operator, true },
};

static bool
is_of_shop(enum tx_mode mode)
{
    return mode == TX_SHOP_READ || mode == TX_SHOP_WRITE;
}

static void
set_vendor(struct tx *tx, struct vendor_id vendor)
{
    tx->vendor[0] = 0;
    if (vendor.n)
        snprintf(tx->vendor, sizeof(tx->vendor), "%lld", (long long)vendor.n);
    tx->bound = false;
}

void
tx_open(struct work *w, enum tx_mode mode)
{
    struct tx *tx = &w->db->tx;
    must(!tx->mode && mode >= TX_NONE && mode <= TX_OPERATOR_WRITE);
    must(!is_of_shop(mode) || w->shop);
    if (mode == TX_NONE)
        return;
    *tx = (struct tx){ .mode = mode, .shop = w->shop };
    set_vendor(tx, w->vendor);
}

bool
tx_is_open(const struct work *w)
{
    return w->db->tx.mode != 0;
}

struct err *
tx_tenant(struct work *w, struct vendor_id vendor)
{
    struct tx *tx = &w->db->tx;
    must(tx->mode && !is_of_shop(tx->mode));
    w->vendor = vendor;
    set_vendor(tx, vendor);
    return NULL;
}

void
tx_steps(struct work *w, struct flight *f, struct arg *room)
{
    const struct tx *tx = &w->db->tx;
    must(tx->mode); /* a statement outside of a transaction */
    const struct mode *m = &modes[tx->mode];

    w->db->tx.wrote |= m->writes;
    if (m->writes && !tx->begun)
        flight_add(f, Q_db_begin, NO_ARGS);
    if (m->writes && tx->bound)
        return;
    *room = arg_text(is_of_shop(tx->mode) ? tx->shop : tx->vendor);
    flight_add(f, m->bind, room, 1);
}

/* Refused or not: a BEGIN in front of a statement that failed has begun a transaction too. */
void
tx_arrived(struct db *db, bool all_worked)
{
    bool ended = db->tx.last && all_worked;
    db->tx.begun = db->tx.bound = modes[db->tx.mode].writes && !ended;
    db->tx.last = false;
}

void
tx_last(struct work *w)
{
    must(modes[w->db->tx.mode].writes);
    w->db->tx.last = true;
}

bool
tx_may_start_again(const struct db *db)
{
    return !db->tx.begun;
}

/* Nobody knows whether it was done; with an Idempotency-Key the next try finds out. */
static struct err *
lost_with_commit(struct work *w)
{
    log_warn("db.unknown", "id", w->id, "why", w->db->why, NULL);
    return db_busy(w, "db.unknown", text_copy(w->arena, w->db->why));
}

/* Ends it on the server: COMMIT of a failed transaction is answered with ROLLBACK. */
static struct err *
end_with(struct work *w, enum query q)
{
    struct flight f = { .count = 0 };
    flight_add(&f, q, NO_ARGS);
    enum flight_end end = flight_run(w->db, &f);
    struct err *e = NULL;
    if (end == FLIGHT_REFUSED)
        e = db_error(w, q, f.refusal);
    else if (end != FLIGHT_LANDED)
        e = q == Q_db_commit ? lost_with_commit(w)
                             : db_busy(w, "db.away", text_copy(w->arena, w->db->why));
    else if (q == Q_db_commit && !text_is(PQcmdStatus(f.last), "COMMIT"))
        e = BROKEN(w->arena, "db.commit", "a statement had failed: rolled back");
    PQclear(f.last);
    PQclear(f.refusal);
    return e;
}

static struct err *
commit(struct work *w, bool begun)
{
    if (!begun)
        return NULL;
    if (!connection_is_whole(w->db))
        return db_busy(w, "db.retry", text_copy(w->arena, w->db->why));
    return end_with(w, Q_db_commit);
}

struct err *
tx_commit(struct work *w)
{
    struct tx ended = w->db->tx;
    struct vendor_id tenant = ended.concerns.n ? ended.concerns : w->vendor;
    must(ended.mode);
    w->db->tx = (struct tx){ 0 };
    struct err *e = commit(w, ended.begun);
    if (ended.wrote && tenant.n && w->db->written) /* whatever came of it */
        w->db->written(w, tenant);
    return e;
}

struct err *
tx_end(struct work *w, struct err *e)
{
    if (!e)
        return tx_commit(w);
    tx_rollback(w);
    return e;
}

void
tx_concerns(struct work *w, struct vendor_id tenant)
{
    w->db->tx.concerns = tenant;
}

void
db_when_written(struct db *db, void (*fn)(struct work *w, struct vendor_id tenant))
{
    db->written = fn;
}

void
tx_rollback(struct work *w)
{
    struct tx *tx = &w->db->tx;
    bool begun = tx->begun;
    *tx = (struct tx){ 0 };
    if (!begun || !w->db->conn)
        return;
    if (end_with(w, Q_db_rollback) && w->db->conn)
        connection_drop(w->db, "ROLLBACK failed");
}
