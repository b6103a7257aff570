/* Inside of src/db: the one connection of a process, and how a few statements travel over it
 * together. Nothing outside the room includes this. */
#pragma once
#include <libpq-fe.h>

#include "db/db.h"
#include "db/query.h"

/* The transaction that is open, whether or not the server knows of it yet. */
struct tx {
    enum tx_mode mode;         /* 0: none */
    bool begun;                /* BEGIN was answered (modes that write) */
    bool bound;                /* tenant and role were set since then */
    bool last;                 /* COMMIT travels behind the next statement */
    bool wrote;                /* a statement ran in a mode that writes */
    struct vendor_id concerns; /* tx_concerns(); 0: the work's own tenant */
    const char *shop;
    char vendor[24]; /* in decimal, "" for none */
};

/* Process-long. */
struct db {
    struct arena *process;
    const char **names, **values; /* of the connection's parameters, NULL at the end */
    bool prepare;
    PGconn *conn;           /* NULL: lost, or not made yet */
    bool prepared[QUERIES]; /* in this connection */
    bool walking;           /* db_each is reading rows: no other statement now */
    bool away;              /* the last try to connect failed */
    int64_t next_try_us;    /* monotonic: no try before */
    int64_t patience_us;    /* the longest wait for one pipeline's answer */
    char why[256];          /* of the last loss, for the operator */
    bool listens;           /* `listen` is run in each new connection */
    enum query listen;
    struct tx tx;
    void (*written)(struct work *w, struct vendor_id tenant); /* NULL: nobody asks */
};

#define STEPS_MAX 4 /* BEGIN, tenant, statement, COMMIT */

struct step {
    enum query q;
    const struct arg *args;
    int n;
    bool preparing; /* its Parse travels in front of it */
};

/* One pipeline: up to STEPS_MAX statements, one round trip. On the caller's stack. */
struct flight {
    struct step steps[STEPS_MAX];
    int count;
    int64_t deadline_us;
    int behind;        /* steps behind the one whose answer counts: COMMIT */
    PGresult *last;    /* of that step when all worked; the caller's to clear */
    PGresult *refusal; /* of the step that failed; the caller's to clear */
    enum query refused;
    bool walked; /* a row was handed out: what ran cannot run again unseen */
};

enum flight_end {
    FLIGHT_LANDED = 1, /* all steps worked: `last` */
    FLIGHT_REFUSED,    /* the server refused one: `refusal`, `refused` */
    FLIGHT_LOST,       /* the connection is gone (and closed): db->why */
    FLIGHT_LATE,       /* no answer in time; the connection is closed */
};

void flight_add(struct flight *f, enum query q, const struct arg *args, int n);
/* Sends all steps and reads all answers. */
enum flight_end flight_run(struct db *db, struct flight *f);
/* The same, but the last step's rows go to fn one by one; *fn_failed takes its failure. */
enum flight_end flight_walk(struct db *db, struct flight *f,
                            struct err *(*fn)(void *arg, struct scan *row), void *arg,
                            struct err **fn_failed);

/* A live connection, or BUSY db.away. */
struct err *connection_get(struct work *w) MUST_CHECK;
/* False when it is lost as far as can be told without a round trip. */
bool connection_is_whole(struct db *db);
/* Closes it after a loss; all that was prepared is forgotten. */
void connection_drop(struct db *db, const char *why);

/* What a result's SQLSTATE means (error.c). */
struct err *db_error(struct work *w, enum query q, const PGresult *res);
bool db_error_is_loss(const PGresult *res); /* the server is ending this connection */
struct err *db_busy(struct work *w, const char *code, const char *log);

/* Adds what must travel in front of the next statement (tx.c). */
void tx_steps(struct work *w, struct flight *f, struct arg *room);
/* Its steps were answered, COMMIT with them when all of them worked. */
void tx_arrived(struct db *db, bool all_worked);
/* True while losing the connection undoes nothing that the caller counts on. */
bool tx_may_start_again(const struct db *db);
