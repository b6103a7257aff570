/* What of the log is asked for: the address says it, so that a view of it can be sent to somebody.
 */
#include "audit/log.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"

static struct err *
bad_filter(struct req *r, const char *field)
{
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "audit.filter", field,
                      "This part of the filter cannot be read.");
}

static const char *
filter_text(const struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static struct err *
filter_day(struct req *r, const char *name, int64_t *out)
{
    const char *day = filter_text(r, name);
    if (!day)
        return NULL;
    const char *midnight = text_printf(r->work->arena, "%sT00:00:00Z", day);
    return clock_parse_rfc3339(midnight, out) ? NULL : bad_filter(r, name);
}

static struct err *
filter_cursor(struct req *r, struct audit_filter *f)
{
    long long at, chain, seq;
    char rest;
    const char *cursor = query_text(r, "cursor");
    if (!cursor)
        return NULL;
    if (strlen(cursor) > 60 || sscanf(cursor, "%lld-%lld-%lld%c", &at, &chain, &seq, &rest) != 3)
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                          "This cursor is not one of ours.");
    f->behind = true;
    f->at_us = at;
    f->at_chain = chain;
    f->at_seq = seq;
    return NULL;
}

struct err *
audit_read_filter(struct req *r, int64_t normal, int64_t most, struct audit_filter *out)
{
    const char *vendor = filter_text(r, "vendor"), *who = filter_text(r, "who");
    struct audit_filter f = { .who = who ? text_lower(r->work->arena, who) : NULL,
                              .what = filter_text(r, "what"),
                              .object = filter_text(r, "object"),
                              .chain = -1 };
    if (vendor && !text_is(vendor, "0") && !text_to_id(vendor, &f.chain))
        return bad_filter(r, "vendor");
    if (vendor && f.chain < 0)
        f.chain = 0;
    TRY(filter_day(r, "from", &f.from_us));
    TRY(filter_day(r, "to", &f.to_us));
    if (f.to_us)
        f.to_us += 86400 * SECOND_US; /* that day too */
    TRY(filter_cursor(r, &f));
    TRY(query_limit(r, normal, most, &f.limit));
    *out = f;
    return NULL;
}

const char *
audit_cursor(struct work *w, const struct audit_row *row)
{
    return text_printf(w->arena, "%lld-%lld-%lld", (long long)row->at_us, (long long)row->chain,
                       (long long)row->seq);
}

static void
scan_row(struct scan *s, struct audit_row *row)
{
    row->chain = scan_i64(s);
    row->seq = scan_i64(s);
    row->at_us = scan_time(s);
    row->actor = scan_i64(s);
    row->actor_email = scan_text(s);
    row->acted_by = scan_text(s);
    row->what = scan_text(s);
    row->object = scan_text(s);
    row->before = scan_text(s);
    row->after = scan_text(s);
    row->reason = scan_text(s);
    row->address = scan_text(s);
    row->request = scan_text(s);
    row->shop = scan_text(s);
    scan_end(s);
}

static struct arg
arg_when(struct work *w, int64_t at_us)
{
    return at_us ? arg_time(w, at_us) : arg_null();
}

/* One more than asked tells whether there are older ones. */
struct err *
audit_list(struct work *w, const struct audit_filter *f, struct audit_rows *out)
{
    struct rows rows;
    TRY(db_many(w, Q_audit_list,
                ARGS(arg_text(f->who), arg_text(f->what),
                     f->chain >= 0 ? arg_i64(w, f->chain) : arg_null(), arg_when(w, f->from_us),
                     arg_when(w, f->to_us), arg_text(f->object),
                     f->behind ? arg_time(w, f->at_us) : arg_null(), arg_i64(w, f->at_chain),
                     arg_i64(w, f->at_seq), arg_i64(w, f->limit + 1)),
                &rows));
    struct audit_rows all = { .count = (size_t)rows.count };
    all.at = NEW_ARRAY(w->arena, struct audit_row, all.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        scan_row(&s, &all.at[i]);
    }
    all.more = rows.count > f->limit;
    if (all.more)
        all.count = (size_t)f->limit;
    *out = all;
    return NULL;
}
