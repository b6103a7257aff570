/* Rows of imports, and of what was found in their files. */
#include "exchange/import_store.h"
#include "base/text.h"
#include "db/db.h"

/* clang-format off */
const char *const import_state_names[IMPORT_STATES] = {
    [IMPORT_UPLOADED]   = "uploaded",
    [IMPORT_CHECKING]   = "checking",
    [IMPORT_CHECKED]    = "checked",
    [IMPORT_RUNNING]    = "running",
    [IMPORT_CANCELLING] = "cancelling",
    [IMPORT_CANCELLED]  = "cancelled",
    [IMPORT_DONE]       = "done",
    [IMPORT_FAILED]     = "failed",
};
/* clang-format on */

/* ---- Reading ---- */

static const char *
text_or_null(struct scan *s)
{
    if (!scan_null(s))
        return scan_text(s);
    scan_skip(s);
    return NULL;
}

static int64_t
time_or_0(struct scan *s)
{
    if (!scan_null(s))
        return scan_time(s);
    scan_skip(s);
    return 0;
}

static void
scan_counts(struct scan *s, struct import_counts *c)
{
    c->through = scan_i64(s);
    c->created = scan_i64(s);
    c->changed = scan_i64(s);
    c->unchanged = scan_i64(s);
    c->refused = scan_i64(s);
    c->warnings = scan_i64(s);
    c->images = scan_i64(s);
}

static void
scan_import(struct scan *s, struct import *i)
{
    i->id.n = scan_i64(s);
    i->vendor.n = scan_i64(s);
    i->name = scan_text(s);
    i->path = text_or_null(s);
    i->bytes = scan_i64(s);
    i->plan = scan_text(s);
    i->fixed = scan_text(s);
    i->stop_on_errors = scan_bool(s);
    i->lenient = scan_bool(s);
    i->language = scan_text(s);
    i->retry_of.n = scan_i64(s);
    i->state = (enum import_state)scan_enum(s, import_state_names, IMPORT_STATES);
    i->checked = text_or_null(s);
    i->failure = text_or_null(s);
    scan_counts(s, &i->counts);
    i->done_bytes = scan_i64(s);
    i->of_bytes = scan_i64(s);
    i->errors_path = text_or_null(s);
    i->added_us = scan_time(s);
    i->started_us = time_or_0(s);
    i->moved_us = time_or_0(s);
    i->ended_us = time_or_0(s);
    i->added_by = scan_text(s);
    scan_end(s);
}

struct err *
import_load(struct work *w, struct import_id id, struct import *out)
{
    struct import i = { 0 };
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_exchange_import_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "import.unknown", "There is no such import.");
    scan_import(&s, &i);
    *out = i;
    return NULL;
}

struct err *
imports_list(struct work *w, int64_t behind, int64_t limit, struct imports *out)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_imports, ARGS(arg_i64(w, behind), arg_i64(w, limit + 1)), &rows));
    struct imports list = { .at = NEW_ARRAY(w->arena, struct import, (size_t)limit),
                            .more = rows.count > limit };
    for (int i = 0; i < rows.count && i < limit; i++) {
        struct scan s = rows_at(&rows, i);
        scan_import(&s, &list.at[list.count++]);
    }
    *out = list;
    return NULL;
}

/* ---- Adding and choosing ---- */

struct err *
import_store_add(struct work *w, const struct import *i, const struct sha256 *hash,
                 struct import_id *out)
{
    struct scan s;
    TRY(db_one(w, Q_exchange_import_add,
               ARGS(arg_text(i->name), arg_text(i->path), arg_i64(w, i->bytes),
                    arg_bytes(w, BYTES(hash->bytes, sizeof(hash->bytes))), arg_text(i->plan),
                    arg_text(i->language), w->user.n ? arg_i64(w, w->user.n) : arg_null(),
                    i->retry_of.n ? arg_i64(w, i->retry_of.n) : arg_null(), arg_text(i->fixed),
                    arg_bool(i->stop_on_errors), arg_bool(i->lenient)),
               &s));
    out->n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

static struct arg
flag_or_null(const bool *flag)
{
    return flag ? arg_bool(*flag) : arg_null();
}

struct err *
import_store_choose(struct work *w, struct import_id id, const struct import_choice *c, bool *done)
{
    int64_t rows;
    TRY(db_exec(w, Q_exchange_import_choose,
                ARGS(arg_i64(w, id.n), arg_text(c->plan), arg_text(c->fixed),
                     flag_or_null(c->stop_on_errors), flag_or_null(c->lenient)),
                &rows));
    *done = rows == 1;
    return NULL;
}

struct err *
import_store_begin(struct work *w, struct import_id id, enum import_state to,
                   const enum import_state *from, size_t n, bool *done)
{
    const char *names[IMPORT_STATES];
    struct scan s;
    must(n <= IMPORT_STATES);
    for (size_t i = 0; i < n; i++)
        names[i] = import_state_names[from[i]];
    return db_maybe(w, Q_exchange_import_begin,
                    ARGS(arg_i64(w, id.n), arg_text(import_state_names[to]), arg_texts(w, names, n),
                         arg_text(w->language)),
                    done, &s);
}

struct err *
import_store_cancel(struct work *w, struct import_id id, bool *done)
{
    int64_t rows;
    TRY(db_exec(w, Q_exchange_import_cancel, ARGS(arg_i64(w, id.n)), &rows));
    *done = rows == 1;
    return NULL;
}

/* ---- A pass ---- */

struct err *
import_store_hold(struct work *w, struct import_id id, int64_t through, bool *ours,
                  struct import_hold *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_exchange_import_hold, ARGS(arg_i64(w, id.n), arg_i64(w, through)), ours, &s));
    if (!*ours)
        return NULL;
    out->state = (enum import_state)scan_enum(&s, import_state_names, IMPORT_STATES);
    out->limited = !scan_null(&s);
    out->room = scan_i64(&s);
    scan_skip(&s); /* how plans are made */
    scan_skip(&s);
    scan_end(&s);
    return NULL;
}

struct err *
import_store_move(struct work *w, struct import_id id, const struct import_counts *more,
                  int64_t done, int64_t of)
{
    return db_exec(w, Q_exchange_import_move,
                   ARGS(arg_i64(w, id.n), arg_i64(w, more->through), arg_i64(w, more->created),
                        arg_i64(w, more->changed), arg_i64(w, more->unchanged),
                        arg_i64(w, more->refused), arg_i64(w, more->warnings),
                        arg_i64(w, more->images), arg_i64(w, done), arg_i64(w, of)),
                   NULL);
}

struct err *
import_store_end(struct work *w, struct import_id id, enum import_state state, const char *failure,
                 const char *errors_path)
{
    return db_exec(w, Q_exchange_import_end,
                   ARGS(arg_i64(w, id.n), arg_text(import_state_names[state]), arg_text(failure),
                        arg_text(errors_path)),
                   NULL);
}

/* ---- What was found ---- */

struct err *
import_store_findings(struct work *w, struct import_id id, const struct finding *const *at,
                      size_t n)
{
    struct arena *a = w->arena;
    if (!n)
        return NULL;
    int64_t *lines = NEW_ARRAY(a, int64_t, n), *rows = NEW_ARRAY(a, int64_t, n);
    int64_t *columns = NEW_ARRAY(a, int64_t, n);
    const char **headers = NEW_ARRAY(a, const char *, n), **codes = NEW_ARRAY(a, const char *, n),
               **refuses = NEW_ARRAY(a, const char *, n), **values = NEW_ARRAY(a, const char *, n),
               **others = NEW_ARRAY(a, const char *, n);
    for (size_t i = 0; i < n; i++) {
        lines[i] = at[i]->line;
        rows[i] = at[i]->row;
        columns[i] = at[i]->column;
        headers[i] = at[i]->header ? at[i]->header : "";
        codes[i] = at[i]->code;
        refuses[i] = at[i]->refuses ? "t" : "f";
        values[i] = at[i]->value ? at[i]->value : "";
        others[i] = at[i]->other ? at[i]->other : "";
    }
    return db_exec(w, Q_exchange_findings_add,
                   ARGS(arg_i64(w, id.n), arg_i64s(w, lines, n), arg_i64s(w, rows, n),
                        arg_i64s(w, columns, n), arg_texts(w, headers, n), arg_texts(w, codes, n),
                        arg_texts(w, refuses, n), arg_texts(w, values, n), arg_texts(w, others, n)),
                   NULL);
}

struct err *
import_store_refused(struct work *w, struct import_id id, const int64_t *rows, size_t n)
{
    if (!n)
        return NULL;
    return db_exec(w, Q_exchange_refused_add, ARGS(arg_i64(w, id.n), arg_i64s(w, rows, n)), NULL);
}

struct err *
import_store_changes(struct work *w, struct import_id id, const struct import_changed *at, size_t n)
{
    struct arena *a = w->arena;
    if (!n)
        return NULL;
    int64_t *numbers = NEW_ARRAY(a, int64_t, n), *lines = NEW_ARRAY(a, int64_t, n);
    const char **skus = NEW_ARRAY(a, const char *, n), **texts = NEW_ARRAY(a, const char *, n);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = at[i].number;
        lines[i] = at[i].line;
        skus[i] = at[i].sku;
        texts[i] = at[i].differences;
    }
    return db_exec(w, Q_exchange_changes_add,
                   ARGS(arg_i64(w, id.n), arg_i64s(w, numbers, n), arg_i64s(w, lines, n),
                        arg_texts(w, skus, n), arg_texts(w, texts, n),
                        arg_i64(w, IMPORT_CHANGES_SHOWN)),
                   NULL);
}

/* ---- Showing it ---- */

struct err *
import_list_findings(struct work *w, struct import_id id, const char *code, int64_t behind,
                     int64_t limit, struct import_findings *out)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_findings,
                ARGS(arg_i64(w, id.n), arg_text(code), arg_i64(w, behind), arg_i64(w, limit + 1)),
                &rows));
    struct import_findings list = { .at = NEW_ARRAY(w->arena, struct import_finding, (size_t)limit),
                                    .more = rows.count > limit };
    for (int i = 0; i < rows.count && i < limit; i++) {
        struct import_finding *one = &list.at[list.count++];
        struct scan s = rows_at(&rows, i);
        one->id = scan_i64(&s);
        one->finding.line = scan_i64(&s);
        one->finding.row = scan_i64(&s);
        one->finding.column = (int)scan_i64(&s);
        one->finding.header = scan_text(&s);
        one->finding.code = scan_text(&s);
        one->finding.refuses = scan_bool(&s);
        one->finding.value = scan_text(&s);
        one->finding.other = scan_text(&s);
        scan_end(&s);
    }
    *out = list;
    return NULL;
}

struct err *
import_count_codes(struct work *w, struct import_id id, struct import_code **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_finding_codes, ARGS(arg_i64(w, id.n)), &rows));
    struct import_code *codes = NEW_ARRAY(w->arena, struct import_code, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        codes[i].code = scan_text(&s);
        codes[i].refuses = scan_bool(&s);
        codes[i].count = scan_i64(&s);
        scan_end(&s);
    }
    *out = codes;
    *count = (size_t)rows.count;
    return NULL;
}

struct err *
import_list_changes(struct work *w, struct import_id id, struct import_change **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_changes, ARGS(arg_i64(w, id.n)), &rows));
    struct import_change *list = NEW_ARRAY(w->arena, struct import_change, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i].line = scan_i64(&s);
        list[i].sku = scan_text(&s);
        list[i].differences = scan_text(&s);
        scan_end(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}

struct err *
import_store_refused_rows(struct work *w, struct import_id id, int64_t behind, int64_t limit,
                          struct import_refused **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_refused,
                ARGS(arg_i64(w, id.n), arg_i64(w, behind), arg_i64(w, limit)), &rows));
    struct import_refused *list =
        NEW_ARRAY(w->arena, struct import_refused, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i].row = scan_i64(&s);
        list[i].finding.row = list[i].row;
        list[i].finding.line = scan_i64(&s);
        list[i].finding.column = (int)scan_i64(&s);
        list[i].finding.header = scan_text(&s);
        list[i].finding.code = text_or_null(&s);
        list[i].finding.refuses = true;
        list[i].finding.value = scan_text(&s);
        list[i].finding.other = scan_text(&s);
        scan_end(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}
