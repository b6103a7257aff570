/* Migrations over a connection of their own: it is the owner's, it holds the lock for as long as it
 * lives (a migrator that dies lets go of it), and its statements may take their time. Only waiting
 * for a table's lock is kept short, since every request would queue up behind it. */
#include "db/migrate.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "db/query.h"
#include "db/split.h"

#define TURN_WAIT  "SET lock_timeout = '300s'" /* for another migrator to end */
#define TABLE_WAIT "SET lock_timeout = '5s'"

static const struct migration {
    const char *name, *text;
} migrations[] = {
#include "db/migration_texts.h"
};

struct run {
    struct arena *arena;
    PGconn *conn;
    PGresult *recorded; /* name, checksum */
};

static void
end_connection(PGconn **conn)
{
    PQfinish(*conn);
}

static void
end_result(void *res)
{
    PQclear(res);
}

static void
ignore_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

static struct err *
ask(struct run *r, const char *statement, int n, const char *const *values, PGresult **out)
{
    PGresult *res = PQexecParams(r->conn, statement, n, NULL, values, NULL, NULL, 0);
    ExecStatusType s = PQresultStatus(res);
    arena_defer(r->arena, end_result, res);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        return BROKEN(r->arena, "migrate.failed", text_copy(r->arena, PQerrorMessage(r->conn)));
    if (out)
        *out = res;
    return NULL;
}

static struct err *
ask_query(struct run *r, enum query q, const char *const *values, PGresult **out)
{
    return ask(r, query_texts[q].text, query_texts[q].nargs, values, out);
}

static struct err *
begin(struct run *r)
{
    if (PQstatus(r->conn) != CONNECTION_OK)
        return BROKEN(r->arena, "db.connect", text_copy(r->arena, PQerrorMessage(r->conn)));
    PQsetNoticeReceiver(r->conn, ignore_notice, NULL);
    TRY(ask_query(r, Q_migrate_role, NULL, NULL));
    TRY(ask(r, TURN_WAIT, 0, NULL, NULL));
    TRY(ask_query(r, Q_migrate_lock, NULL, NULL));
    TRY(ask(r, TABLE_WAIT, 0, NULL, NULL));
    TRY(ask_query(r, Q_migrate_table, NULL, NULL));
    TRY(ask_query(r, Q_migrate_table_grant, NULL, NULL));
    return ask_query(r, Q_migrate_recorded, NULL, &r->recorded);
}

static char *
checksum(struct arena *a, const struct migration *m)
{
    struct sha256 sum = sha256_of(BYTES(m->text, strlen(m->text)));
    return hex_text(a, BYTES(sum.bytes, sizeof(sum.bytes)));
}

static int
row_of(const PGresult *recorded, const char *name)
{
    for (int i = 0; i < PQntuples(recorded); i++)
        if (text_is(PQgetvalue(recorded, i, 0), name))
            return i;
    return -1;
}

static struct err *
check_recorded(struct run *r)
{
    int known = 0;
    for (size_t i = 0; i < COUNT(migrations); i++) {
        int row = row_of(r->recorded, migrations[i].name);
        if (row < 0)
            continue;
        known++;
        if (!text_is(PQgetvalue(r->recorded, row, 1), checksum(r->arena, &migrations[i])))
            return FAIL(r->arena, ERR_CONFLICT, "migrate.changed",
                        text_printf(r->arena, "%s was changed after it ran.", migrations[i].name));
    }
    if (known < PQntuples(r->recorded))
        return FAIL(r->arena, ERR_CONFLICT, "migrate.ahead",
                    "The database has migrations that this program does not know.");
    return NULL;
}

static struct err *
run_statements(struct run *r, const struct migration *m)
{
    const char *at = m->text;
    char *statement;
    int line = 1, statement_line;
    while (split_next(r->arena, &at, &line, &statement, &statement_line)) {
        struct err *e = ask(r, statement, 0, NULL, NULL);
        if (e)
            return BROKEN(
                r->arena, "migrate.failed",
                text_printf(r->arena, "sql/migrations/%s:%d: %s", m->name, statement_line, e->log));
    }
    return NULL;
}

static struct err *
run_one(struct run *r, const struct migration *m)
{
    bool transaction = !text_starts(m->text, "-- no transaction");
    int64_t began = clock_mono_us();
    if (transaction)
        TRY(ask_query(r, Q_db_begin, NULL, NULL));
    TRY(run_statements(r, m));
    TRY(ask_query(r, Q_migrate_record, (const char *const[]){ m->name, checksum(r->arena, m) },
                  NULL));
    if (transaction)
        TRY(ask_query(r, Q_db_commit, NULL, NULL));
    log_info("migrate.ran", "name", m->name, "ms",
             text_i64(r->arena, (clock_mono_us() - began) / 1000), NULL);
    return NULL;
}

struct err *
migrate_run(struct arena *a, const char *owner_conninfo, int *ran)
{
    SCOPED(end_connection) PGconn *conn = PQconnectdb(owner_conninfo);
    struct run r = { .arena = a, .conn = conn };
    int n = 0;
    TRY(begin(&r));
    TRY(check_recorded(&r));
    for (size_t i = 0; i < COUNT(migrations); i++) {
        if (row_of(r.recorded, migrations[i].name) >= 0)
            continue;
        TRY(run_one(&r, &migrations[i]));
        n++;
    }
    *ran = n;
    return NULL;
}

static struct err *
count_missing(struct work *w, int *missing)
{
    struct scan there;
    struct rows recorded = { .count = 0 };
    TRY(db_one(w, Q_migrate_table_there, NO_ARGS, &there));
    if (scan_bool(&there))
        TRY(db_many(w, Q_migrate_recorded, NO_ARGS, &recorded));
    int n = 0;
    for (size_t i = 0; i < COUNT(migrations); i++)
        n += !recorded.count || row_of(recorded.res, migrations[i].name) < 0;
    *missing = n;
    return NULL;
}

struct err *
migrate_missing(struct work *w, int *missing)
{
    tx_open(w, TX_READ);
    struct err *e = count_missing(w, missing);
    tx_rollback(w);
    return e;
}
