/* What PostgreSQL's refusals mean to a caller, in one table. A constraint's name is part of the
 * design and becomes the code; a room gives it field and sentence with db_refusal(). */
#include <string.h>

#include "base/text.h"
#include "db/connection.h"

/* clang-format off */
static const struct meaning {
    const char *state; /* SQLSTATE, or its first letters */
    enum err_kind kind;
    const char *code;  /* NULL: "db.<constraint>" */
    const char *say;
} meanings[] = {
    { "23505", ERR_CONFLICT, NULL,         "This is already there." },
    { "23P01", ERR_CONFLICT, NULL,         "This is in the way of something that is already there." },
    { "23514", ERR_INVALID,  NULL,         "A value is outside of what is allowed." },
    { "23503", ERR_INVALID,  NULL,         "Something this refers to is not there, or still needs it." },
    { "23502", ERR_INVALID,  NULL,         "A value is missing." },
    { "40001", ERR_BUSY,     "db.retry",   "Someone else changed the same thing just now. Please try again." },
    { "40P01", ERR_BUSY,     "db.retry",   "Someone else changed the same thing just now. Please try again." },
    { "55P03", ERR_BUSY,     "db.timeout", "Someone else is changing this right now. Please try again." },
    { "57014", ERR_BUSY,     "db.timeout", "This took too long. Please try again." },
    { "57P0",  ERR_BUSY,     "db.away",    "The service is not available right now. Please try again." },
    { "08007", ERR_BUSY,     "db.unknown", "The connection was lost while this was saved. Look whether it was done before you send it again." },
    { "08",    ERR_BUSY,     "db.away",    "The service is not available right now. Please try again." },
    { "53300", ERR_BUSY,     "db.away",    "The service is not available right now. Please try again." },
    { "53100", ERR_FULL,     "db.no_room", "There is no room left to store this." },
    { "",      ERR_BROKEN,   "db.broken",  NULL },
};
/* clang-format on */

static const char *
field_of(const PGresult *res, int which)
{
    const char *text = PQresultErrorField(res, which);
    return text ? text : "";
}

static const struct meaning *
meaning_of(const char *state)
{
    const struct meaning *m = meanings;
    while (!text_starts(state, m->state))
        m++; /* the last row matches all */
    return m;
}

bool
db_error_is_loss(const PGresult *res)
{
    return res && PQresultStatus(res) == PGRES_FATAL_ERROR &&
           (text_starts(field_of(res, PG_DIAG_SQLSTATE), "57P0") ||
            text_starts(field_of(res, PG_DIAG_SQLSTATE), "25P03"));
}

/* The line of the statement's file in which the server saw the fault; 0 when it named no place. */
static int
line_of(const struct query_text *t, const PGresult *res)
{
    int64_t position;
    if (!text_to_i64(field_of(res, PG_DIAG_STATEMENT_POSITION), &position))
        return 0;
    int line = 1;
    for (const char *p = t->text; *p && position > 1; p++) {
        position -= (*p & 0xc0) != 0x80; /* it counts characters */
        line += *p == '\n';
    }
    return line;
}

/* Details may hold people's data (the key that was there twice): only where we need them. */
static const char *
log_text(struct work *w, enum query q, const PGresult *res, bool detailed)
{
    const struct query_text *t = &query_texts[q];
    struct buf b = buf_new(w->arena, 256);
    buf_printf(&b, "%s:%d %s: %s %s", t->file, t->line, t->name, field_of(res, PG_DIAG_SQLSTATE),
               field_of(res, PG_DIAG_MESSAGE_PRIMARY));
    if (line_of(t, res))
        buf_printf(&b, " (line %d of the statement)", line_of(t, res));
    if (detailed && *field_of(res, PG_DIAG_MESSAGE_DETAIL))
        buf_printf(&b, "; %s", field_of(res, PG_DIAG_MESSAGE_DETAIL));
    if (detailed && *field_of(res, PG_DIAG_CONTEXT))
        buf_printf(&b, "; %s", field_of(res, PG_DIAG_CONTEXT));
    return b.at;
}

/* A NOT NULL has no name of its own: table and column stand for it. */
static const char *
constraint_code(struct work *w, const PGresult *res)
{
    const char *name = field_of(res, PG_DIAG_CONSTRAINT_NAME);
    if (*name)
        return text_printf(w->arena, "db.%s", name);
    return text_printf(w->arena, "db.%s_%s_missing", field_of(res, PG_DIAG_TABLE_NAME),
                       field_of(res, PG_DIAG_COLUMN_NAME));
}

struct err *
db_error(struct work *w, enum query q, const PGresult *res)
{
    const struct meaning *m = meaning_of(field_of(res, PG_DIAG_SQLSTATE));
    const char *log = log_text(w, q, res, m->kind == ERR_BROKEN);
    const char *code = m->code ? m->code : constraint_code(w, res);
    struct err *e = err_new(w->arena, m->kind, code, NULL, m->say, log, ERR_AT);
    if (m->kind == ERR_BUSY)
        e->retry_after_s = 1;
    return e;
}

struct err *
db_busy(struct work *w, const char *code, const char *log)
{
    const struct meaning *m = meanings;
    while (!m->code || !text_is(m->code, code))
        m++;
    struct err *e = err_new(w->arena, ERR_BUSY, code, NULL, m->say, log, ERR_AT);
    e->retry_after_s = 1;
    return e;
}

struct err *
db_refusal(struct work *w, struct err *e, const struct db_refusal *table, size_t n)
{
    if (!e || !text_starts(e->code, "db."))
        return e;
    for (size_t i = 0; i < n; i++)
        if (text_is(e->code + strlen("db."), table[i].constraint))
            return err_new(w->arena, e->kind, table[i].code, table[i].field, table[i].say, e->log,
                           e->at);
    return e;
}
