/* The connection: made with time limits of its own, and made again when it was lost. A web worker
 * has one request at a time, so one connection is all it ever needs; a pool would only hide how
 * many PostgreSQL has to carry (workers + job runners, by design).
 *
 * While PostgreSQL is away a try to connect may cost up to two seconds, so tries keep a distance
 * that grows with what the last one cost; in between a statement fails at once with BUSY. */
#include "db/connection.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define TRY_EVERY_US   SECOND_US
#define TRY_AT_MOST_US (5 * SECOND_US)

/* Settings of the session. Texts of times and bytes must read the same whatever the server's
 * defaults are: scan.c counts on it. */
#define SESSION                                                                                    \
    "-c statement_timeout=%d -c idle_in_transaction_session_timeout=%d -c TimeZone=UTC "           \
    "-c DateStyle=ISO -c bytea_output=hex -c client_min_messages=warning %s"

#define STATEMENT_S           5
#define IDLE_IN_TRANSACTION_S 10
#define GRACE_US              (3 * SECOND_US) /* for the server's own time-out to answer first */

/* clang-format off */
static const struct { const char *name, *value; } normal[] = {
    { "connect_timeout", "2" },
    { "tcp_user_timeout", "3000" },
    { "application_name", "souk" },
    { "client_encoding", "UTF8" },
};
/* clang-format on */

static bool
is_given(const PQconninfoOption *given, const char *name)
{
    for (; given->keyword; given++)
        if (text_is(given->keyword, name))
            return given->val != NULL;
    return false;
}

/* The caller's parameters, ours where it named none, and the session's settings with the caller's
 * behind ours, where they win. */
static void
keep_parameters(struct db *db, const PQconninfoOption *given, int statement_s)
{
    size_t n = 0, room = COUNT(normal) + 2;
    const char *options = "";
    for (const PQconninfoOption *o = given; o->keyword; o++)
        room++;
    db->names = NEW_ARRAY(db->process, const char *, room);
    db->values = NEW_ARRAY(db->process, const char *, room);
    for (const PQconninfoOption *o = given; o->keyword; o++) {
        if (!o->val)
            continue;
        if (text_is(o->keyword, "options")) {
            options = o->val;
            continue;
        }
        db->names[n] = text_copy(db->process, o->keyword);
        db->values[n++] = text_copy(db->process, o->val);
    }
    for (size_t i = 0; i < COUNT(normal); i++) {
        if (is_given(given, normal[i].name))
            continue;
        db->names[n] = normal[i].name;
        db->values[n++] = normal[i].value;
    }
    db->names[n] = "options";
    db->values[n] = text_printf(db->process, SESSION, statement_s * 1000,
                                IDLE_IN_TRANSACTION_S * 1000, options);
}

static void
ignore_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

void
connection_drop(struct db *db, const char *why)
{
    snprintf(db->why, sizeof(db->why), "%s", why);
    PQfinish(db->conn);
    db->conn = NULL;
    memset(db->prepared, 0, sizeof(db->prepared));
}

/* Asked of the server, since the caller's options, the role or the database may have set it. */
static bool
read_patience(struct db *db)
{
    struct flight f = { .count = 0 };
    int64_t ms = 0;
    db->patience_us = STATEMENT_S * SECOND_US + GRACE_US;
    flight_add(&f, Q_db_statement_timeout, NO_ARGS);
    bool known = flight_run(db, &f) == FLIGHT_LANDED && PQntuples(f.last) == 1 &&
                 text_to_i64(PQgetvalue(f.last, 0, 0), &ms);
    PQclear(f.last);
    PQclear(f.refusal);
    db->patience_us = ms ? ms * 1000 + GRACE_US : 3600 * SECOND_US;
    return known;
}

static bool
listen_again(struct db *db)
{
    struct flight f = { .count = 0 };
    if (!db->listens)
        return true;
    flight_add(&f, db->listen, NO_ARGS);
    enum flight_end end = flight_run(db, &f);
    PQclear(f.last);
    PQclear(f.refusal);
    return end == FLIGHT_LANDED;
}

static bool
begin_pipelines(struct db *db)
{
    PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
    return PQenterPipelineMode(db->conn) == 1 && PQsetnonblocking(db->conn, 1) == 0 &&
           read_patience(db) && listen_again(db);
}

static bool
connect_now(struct db *db)
{
    db->conn = PQconnectdbParams(db->names, db->values, 0);
    if (!db->conn)
        process_end("db.memory", "out of memory");
    if (PQstatus(db->conn) == CONNECTION_OK && begin_pipelines(db))
        return true;
    if (db->conn) {
        char why[sizeof(db->why)];
        snprintf(why, sizeof(why), "%s", PQerrorMessage(db->conn));
        connection_drop(db, why);
    }
    return false;
}

/* One log line a change of state, not one a try. */
static bool
try_to_connect(struct db *db)
{
    int64_t began = clock_mono_us();
    if (began < db->next_try_us)
        return false;
    bool connected = connect_now(db);
    int64_t ended = clock_mono_us(), pause = 2 * (ended - began);
    if (pause < TRY_EVERY_US)
        pause = TRY_EVERY_US;
    db->next_try_us = connected ? 0 : ended + (pause < TRY_AT_MOST_US ? pause : TRY_AT_MOST_US);
    if (connected && db->away)
        log_info("db.back", NULL);
    if (!connected && !db->away)
        log_warn("db.away", "why", db->why, NULL);
    db->away = !connected;
    return connected;
}

/* Between statements a server has nothing to say but that it is going. */
bool
connection_is_whole(struct db *db)
{
    struct pollfd p = { .events = POLLIN };
    if (!db->conn)
        return false;
    p.fd = PQsocket(db->conn);
    for (int i = 0; i < 4 && poll(&p, 1, 0) > 0; i++)
        if (!PQconsumeInput(db->conn)) {
            connection_drop(db, "the server closed the connection");
            return false;
        }
    return true;
}

struct err *
connection_get(struct work *w)
{
    if (w->db->conn || try_to_connect(w->db))
        return NULL;
    return db_busy(w, "db.away", text_copy(w->arena, w->db->why));
}

struct err *
db_open_with(struct arena *process, const char *conninfo, const struct db_options *how,
             struct db **out)
{
    struct db *db = NEW(process, struct db);
    char *why = NULL;
    PQconninfoOption *given = PQconninfoParse(conninfo, &why);

    if (!given) {
        struct err *e =
            BROKEN(process, "db.connect", text_copy(process, why ? why : "out of memory"));
        PQfreemem(why);
        return e;
    }
    db->process = process;
    db->prepare = how->prepare;
    keep_parameters(db, given, how->statement_s);
    PQconninfoFree(given);
    if (!try_to_connect(db) && !how->may_be_away)
        return BROKEN(process, "db.connect", text_copy(process, db->why));
    *out = db;
    return NULL;
}

struct err *
db_open(struct arena *process, const char *conninfo, bool prepare, struct db **out)
{
    struct db_options how = { .prepare = prepare, .statement_s = STATEMENT_S };
    return db_open_with(process, conninfo, &how, out);
}

void
db_close(struct db *db)
{
    if (!db)
        return;
    PQfinish(db->conn);
    db->conn = NULL;
}

bool
db_ready(struct db *db)
{
    must(!db->tx.mode);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (!db->conn && !try_to_connect(db))
            return false;
        struct flight f = { .count = 0 };
        flight_add(&f, Q_db_ping, NO_ARGS);
        enum flight_end end = flight_run(db, &f);
        PQclear(f.last);
        PQclear(f.refusal);
        if (end == FLIGHT_LANDED)
            return true;
    }
    return false;
}

void
db_listen(struct db *db, enum query listen)
{
    must(!db->tx.mode);
    db->listens = true;
    db->listen = listen;
    if (db->conn && !listen_again(db) && db->conn)
        connection_drop(db, "LISTEN failed");
}

static bool
was_told(struct db *db)
{
    bool told = false;
    for (PGnotify *n; (n = PQnotifies(db->conn)); told = true)
        PQfreemem(n);
    return told;
}

bool
db_wait(struct db *db, int64_t most_ms)
{
    must(!db->tx.mode);
    if (!db->conn && try_to_connect(db))
        return true;
    if (db->conn && was_told(db))
        return true;
    struct pollfd p = { .fd = db->conn ? PQsocket(db->conn) : -1, .events = POLLIN };
    if (poll(&p, 1, (int)(most_ms > 0 ? most_ms : 0)) <= 0 || !connection_is_whole(db))
        return false;
    return was_told(db);
}
