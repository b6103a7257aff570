/* A pipeline over the connection: what is to be prepared, the statements, one Sync; then the
 * answers in order. libpq runs non-blocking, so a send cannot wait for a server that waits for us,
 * and every wait has an end: a server that was stopped, or a network that swallows packets, costs a
 * request its time limit and not a worker its life. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "db/connection.h"

void
flight_add(struct flight *f, enum query q, const struct arg *args, int n)
{
    must(f->count < STEPS_MAX && n == query_texts[q].nargs && n <= DB_ARGS_MAX);
    f->steps[f->count++] = (struct step){ .q = q, .args = args, .n = n };
}

static bool
send_step(struct db *db, struct step *s)
{
    const struct query_text *t = &query_texts[s->q];
    const char *values[DB_ARGS_MAX];

    for (int i = 0; i < s->n; i++)
        values[i] = s->args[i].text;
    if (!db->prepare)
        return PQsendQueryParams(db->conn, t->text, s->n, NULL, values, NULL, NULL, 0) == 1;
    s->preparing = !db->prepared[s->q];
    if (s->preparing && PQsendPrepare(db->conn, t->name, t->text, 0, NULL) != 1)
        return false;
    return PQsendQueryPrepared(db->conn, t->name, s->n, values, NULL, NULL, 0) == 1;
}

/* Waits until the socket is ready; false when the deadline has passed. */
static bool
wait_for_server(struct db *db, short events, int64_t deadline_us)
{
    struct pollfd p = { .fd = PQsocket(db->conn), .events = events };
    for (;;) {
        int64_t left_us = deadline_us - clock_mono_us();
        if (left_us <= 0)
            return false;
        int n = poll(&p, 1, (int)(left_us / 1000) + 1);
        if (n > 0 || (n < 0 && errno != EINTR))
            return true; /* an error shows in the read that follows */
    }
}

static enum flight_end
flush(struct db *db, int64_t deadline_us)
{
    int left;
    while ((left = PQflush(db->conn)) == 1) {
        if (!wait_for_server(db, POLLIN | POLLOUT, deadline_us))
            return FLIGHT_LATE;
        if (!PQconsumeInput(db->conn))
            return FLIGHT_LOST;
    }
    return left ? FLIGHT_LOST : FLIGHT_LANDED;
}

static enum flight_end
flight_send(struct db *db, struct flight *f)
{
    f->deadline_us = clock_mono_us() + db->patience_us;
    for (int i = 0; i < f->count; i++)
        if (!send_step(db, &f->steps[i]))
            return FLIGHT_LOST;
    if (PQpipelineSync(db->conn) != 1)
        return FLIGHT_LOST;
    return flush(db, f->deadline_us);
}

/* The next result; *out is NULL at the end of a step's results. */
static enum flight_end
next_result(struct db *db, int64_t deadline_us, PGresult **out)
{
    while (PQisBusy(db->conn)) {
        if (!wait_for_server(db, POLLIN, deadline_us))
            return FLIGHT_LATE;
        if (!PQconsumeInput(db->conn))
            return FLIGHT_LOST;
    }
    *out = PQgetResult(db->conn);
    if (PQstatus(db->conn) == CONNECTION_OK && !db_error_is_loss(*out))
        return FLIGHT_LANDED;
    PQclear(*out);
    *out = NULL;
    return FLIGHT_LOST;
}

static bool
worked(const PGresult *res)
{
    ExecStatusType s = PQresultStatus(res);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

/* Keeps the first refusal; what follows in the pipeline is only PGRES_PIPELINE_ABORTED. */
static void
note(struct flight *f, enum query q, PGresult *res, PGresult **keep)
{
    if (worked(res) && keep) {
        PQclear(*keep);
        *keep = res;
    } else if (!worked(res) && !f->refusal) {
        f->refusal = res;
        f->refused = q;
    } else {
        PQclear(res);
    }
}

/* The results of one command up to its end; the last good one goes to *keep where that is given. */
static enum flight_end
read_command(struct db *db, struct flight *f, enum query q, PGresult **keep)
{
    for (;;) {
        PGresult *res;
        enum flight_end end = next_result(db, f->deadline_us, &res);
        if (end != FLIGHT_LANDED || !res)
            return end;
        note(f, q, res, keep);
    }
}

static enum flight_end
read_step(struct db *db, struct flight *f, const struct step *s, PGresult **keep)
{
    if (s->preparing) {
        enum flight_end end = read_command(db, f, s->q, NULL);
        if (end != FLIGHT_LANDED)
            return end;
        db->prepared[s->q] = !f->refusal;
    }
    return keep ? read_command(db, f, s->q, keep) : FLIGHT_LANDED;
}

static enum flight_end
read_sync(struct db *db, struct flight *f)
{
    PGresult *res;
    enum flight_end end = next_result(db, f->deadline_us, &res);
    if (end != FLIGHT_LANDED)
        return end;
    must(PQresultStatus(res) == PGRES_PIPELINE_SYNC);
    PQclear(res);
    return f->refusal ? FLIGHT_REFUSED : FLIGHT_LANDED;
}

/* Nothing of a flight that did not land is left: the next one begins on a clean connection. */
static enum flight_end
end_flight(struct db *db, struct flight *f, enum flight_end end)
{
    if (end != FLIGHT_LANDED) {
        PQclear(f->last);
        f->last = NULL;
    }
    if (end == FLIGHT_LOST || end == FLIGHT_LATE) {
        PQclear(f->refusal);
        f->refusal = NULL;
        char why[sizeof(db->why)] = "no answer in time";
        if (end == FLIGHT_LOST) {
            strncpy(why, PQerrorMessage(db->conn), sizeof(why) - 1);
            why[sizeof(why) - 1] = 0;
        }
        connection_drop(db, why);
    }
    return end;
}

enum flight_end
flight_run(struct db *db, struct flight *f)
{
    must(!db->walking);
    enum flight_end end = flight_send(db, f);
    for (int i = 0; i < f->count && end == FLIGHT_LANDED; i++) {
        PGresult *passing = NULL;
        bool counts = i == f->count - 1 - f->behind;
        end = read_step(db, f, &f->steps[i], counts ? &f->last : &passing);
        PQclear(passing);
    }
    if (end == FLIGHT_LANDED)
        end = read_sync(db, f);
    return end_flight(db, f, end);
}

/* Rows one by one; after fn failed the rest is read and thrown away, since the connection is only
 * free again behind it. Each row has the whole time limit: what fn takes is not the server's. */
static enum flight_end
walk_rows(struct db *db, struct flight *f, struct err *(*fn)(void *arg, struct scan *row),
          void *arg, struct err **fn_failed)
{
    enum query q = f->steps[f->count - 1].q;
    must(PQsetSingleRowMode(db->conn) == 1);
    for (;;) {
        PGresult *res;
        enum flight_end end = next_result(db, clock_mono_us() + db->patience_us, &res);
        if (end != FLIGHT_LANDED || !res)
            return end;
        if (PQresultStatus(res) != PGRES_SINGLE_TUPLE) {
            note(f, q, res, &f->last);
            continue;
        }
        struct scan row = { .res = res };
        f->walked = true;
        if (!*fn_failed)
            *fn_failed = fn(arg, &row);
        PQclear(res);
    }
}

enum flight_end
flight_walk(struct db *db, struct flight *f, struct err *(*fn)(void *arg, struct scan *row),
            void *arg, struct err **fn_failed)
{
    must(!db->walking);
    enum flight_end end = flight_send(db, f);
    for (int i = 0; i < f->count - 1 && end == FLIGHT_LANDED; i++) {
        PGresult *passing = NULL;
        end = read_step(db, f, &f->steps[i], &passing);
        PQclear(passing);
    }
    if (end == FLIGHT_LANDED)
        end = read_step(db, f, &f->steps[f->count - 1], NULL);
    if (end == FLIGHT_LANDED) {
        db->walking = true;
        end = walk_rows(db, f, fn, arg, fn_failed);
        db->walking = false;
    }
    f->deadline_us = clock_mono_us() + db->patience_us;
    if (end == FLIGHT_LANDED)
        end = read_sync(db, f);
    return end_flight(db, f, end);
}
