/* Running a statement: what its transaction needs in front of it, one round trip, and the shape of
 * its answer checked. A connection that was lost before anything of the transaction counted is made
 * again and the statement sent again, once: a restart of PostgreSQL between two requests, or a
 * failover, shows in no answer. */
#include "base/text.h"
#include "db/connection.h"

static void
clear_result(void *res)
{
    PQclear(res);
}

static struct err *
flight_failed(struct work *w, struct flight *f, enum flight_end end)
{
    struct err *e;
    switch (end) {
    case FLIGHT_REFUSED:
        e = db_error(w, f->refused, f->refusal);
        PQclear(f->refusal);
        return e;
    case FLIGHT_LATE:
        return db_busy(w, "db.timeout", text_copy(w->arena, w->db->why));
    default:
        return db_busy(w, "db.away", text_copy(w->arena, w->db->why));
    }
}

/* A statement in its transaction; fn is NULL or takes the rows one by one. */
struct errand {
    enum query q;
    const struct arg *args;
    int n;
    struct err *(*fn)(void *arg, struct scan *row);
    void *arg;
    struct err *fn_failed;
};

static enum flight_end
fly(struct work *w, struct errand *todo, struct flight *f)
{
    struct arg tenant;
    *f = (struct flight){ .count = 0 };
    tx_steps(w, f, &tenant);
    flight_add(f, todo->q, todo->args, todo->n);
    if (w->db->tx.last) {
        must(!todo->fn);
        flight_add(f, Q_db_commit, NO_ARGS);
        f->behind = 1;
    }
    if (todo->fn)
        return flight_walk(w->db, f, todo->fn, todo->arg, &todo->fn_failed);
    return flight_run(w->db, f);
}

static struct err *
run(struct work *w, struct errand *todo, PGresult **out)
{
    struct flight f;
    enum flight_end end;
    for (int attempt = 0;; attempt++) {
        if (!w->db->conn && !tx_may_start_again(w->db))
            return db_busy(w, "db.retry", text_copy(w->arena, w->db->why));
        bool was_open = w->db->conn != NULL;
        TRY(connection_get(w));
        end = fly(w, todo, &f);
        if (end != FLIGHT_LOST || !was_open || attempt || !tx_may_start_again(w->db) || f.walked ||
            f.behind)
            break;
    }
    if (end == FLIGHT_LANDED || end == FLIGHT_REFUSED)
        tx_arrived(w->db, end == FLIGHT_LANDED);
    if (end != FLIGHT_LANDED)
        return flight_failed(w, &f, end);
    arena_defer(w->arena, clear_result, f.last);
    *out = f.last;
    return NULL;
}

static struct err *
run_shaped(struct work *w, enum query q, enum query_shape shape, const struct arg *args, int n,
           PGresult **out)
{
    struct errand todo = { .q = q, .args = args, .n = n };
    must(query_texts[q].shape == shape);
    return run(w, &todo, out);
}

struct err *
db_maybe(struct work *w, enum query q, const struct arg *args, int n, bool *found, struct scan *out)
{
    PGresult *res;
    TRY(run_shaped(w, q, SHAPE_MAYBE, args, n, &res));
    must(PQntuples(res) <= 1);
    *found = PQntuples(res) == 1;
    if (*found)
        *out = (struct scan){ .res = res };
    return NULL;
}

struct err *
db_one(struct work *w, enum query q, const struct arg *args, int n, struct scan *out)
{
    PGresult *res;
    TRY(run_shaped(w, q, SHAPE_ONE, args, n, &res));
    must(PQntuples(res) <= 1);
    if (!PQntuples(res))
        return err_new(w->arena, ERR_NOT_FOUND, "db.no_row", NULL, "This is not there.",
                       query_texts[q].name, ERR_AT);
    *out = (struct scan){ .res = res };
    return NULL;
}

struct err *
db_many(struct work *w, enum query q, const struct arg *args, int n, struct rows *out)
{
    PGresult *res;
    TRY(run_shaped(w, q, SHAPE_MANY, args, n, &res));
    *out = (struct rows){ .res = res, .count = PQntuples(res) };
    return NULL;
}

struct err *
db_exec(struct work *w, enum query q, const struct arg *args, int n, int64_t *affected)
{
    PGresult *res;
    TRY(run_shaped(w, q, SHAPE_EXEC, args, n, &res));
    int64_t rows = 0;
    bool counted = text_to_i64(PQcmdTuples(res), &rows);
    if (affected)
        *affected = counted ? rows : 0;
    return NULL;
}

struct err *
db_each(struct work *w, enum query q, const struct arg *args, int n,
        struct err *(*fn)(void *arg, struct scan *row), void *arg)
{
    struct errand todo = { .q = q, .args = args, .n = n, .fn = fn, .arg = arg };
    PGresult *res;
    must(query_texts[q].shape == SHAPE_MANY);
    TRY(run(w, &todo, &res));
    return todo.fn_failed;
}
