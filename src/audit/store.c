/* The rows of the log. Their order and their hashes are made in PostgreSQL, by the one function
 * that may add to it. */
#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"

static struct arg
arg_id(struct work *w, int64_t n)
{
    return n ? arg_i64(w, n) : arg_null();
}

struct err *
audit_note_of(struct work *w, struct vendor_id vendor, const struct audit_act *act)
{
    struct scan s;
    TRY(db_one(w, Q_audit_add,
               ARGS(arg_i64(w, vendor.n), arg_id(w, w->user.n), arg_id(w, w->acted_by.n),
                    arg_text(act->what), arg_text(act->object), arg_text(act->before),
                    arg_text(act->after), arg_text(act->reason), arg_text(w->address),
                    arg_text(w->id)),
               &s));
    return NULL;
}

struct err *
audit_note(struct work *w, const struct audit_act *act)
{
    return audit_note_of(w, w->vendor, act);
}

const char *
audit_object(struct work *w, const char *kind, int64_t id)
{
    return text_printf(w->arena, "%s:%lld", kind, (long long)id);
}

struct err *
audit_verify(struct work *w, struct audit_break **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_audit_broken, NO_ARGS, &rows));
    struct audit_break *all = NEW_ARRAY(w->arena, struct audit_break, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].chain = scan_i64(&s);
        all[i].seq = scan_i64(&s);
        all[i].at_us = scan_time(&s);
        all[i].what = scan_text(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}
