#include "subscriptions/documents.h"

#include "base/must.h"
#include "base/text.h"
#include "billing/command.h"
#include "db/db.h"
#include "subscriptions/inside.h"

static struct document_row
read_row(struct scan *s)
{
    struct document_row row = { .n = scan_i64(s), .number = scan_text(s) };
    row.credit_note = scan_bool(s);
    row.issued_us = scan_time(s);
    row.due_us = scan_time(s);
    row.total.minor = scan_i64(s);
    row.due.minor = scan_i64(s);
    row.remaining.minor = scan_i64(s);
    row.state = scan_text(s);
    row.overdue = scan_bool(s) && text_is(row.state, "open");
    must(currency_read(scan_text(s), &row.total.cur));
    row.due.cur = row.remaining.cur = row.total.cur;
    scan_end(s);
    return row;
}

struct err *
documents_list(struct work *w, const char *state, int64_t behind, int64_t most,
               struct document_row **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_subscriptions_documents,
                ARGS(arg_i64(w, w->vendor.n), arg_text(state),
                     behind ? arg_i64(w, behind) : arg_null(), arg_i64(w, most)),
                &rows));
    struct document_row *list = NEW_ARRAY(w->arena, struct document_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i] = read_row(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}

struct err *
documents_find(struct work *w, const char *number, int64_t *n)
{
    struct scan s;
    bool found = false;
    TRY(db_maybe(w, Q_subscriptions_document_of_number,
                 ARGS(arg_i64(w, w->vendor.n), arg_text(number)), &found, &s));
    if (!found)
        return act_refused(w, REFUSED_NOT_FOUND);
    *n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}
