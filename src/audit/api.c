/* The log for programs: as JSON, a page at a time, and as CSV for a spreadsheet. */
#include <string.h>

#include "audit/log.h"
#include "audit/routes.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/text.h"
#include "http/json.h"

#define EXPORT_MOST 20000

static void
put_json(struct json *j, const char *name, const char *text)
{
    if (*text)
        json_put_raw(j, name, BYTES(text, strlen(text)));
    else
        json_put_null(j, name);
}

static void
put_text(struct json *j, const char *name, const char *text)
{
    json_put_text(j, name, *text ? text : NULL);
}

static void
put_row(struct json *j, const struct audit_row *row)
{
    json_put_object(j, NULL);
    json_put_id(j, "vendor", row->chain);
    json_put_id(j, "seq", row->seq);
    json_put_time(j, "at", row->at_us);
    put_text(j, "who", row->actor_email);
    put_text(j, "acted_by", row->acted_by);
    json_put_text(j, "what", row->what);
    json_put_text(j, "object", row->object);
    put_json(j, "before", row->before);
    put_json(j, "after", row->after);
    put_text(j, "reason", row->reason);
    put_text(j, "address", row->address);
    json_put_text(j, "request_id", row->request);
    json_put_end(j);
}

struct err *
audit_get(struct req *r)
{
    struct audit_filter f;
    struct audit_rows rows;
    TRY(audit_read_filter(r, 50, 200, &f));
    TRY(audit_list(r->work, &f, &rows));

    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < rows.count; i++)
        put_row(&j, &rows.at[i]);
    json_put_end(&j);
    if (rows.more)
        json_put_text(&j, "next_cursor", audit_cursor(r->work, &rows.at[rows.count - 1]));
    else
        json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- CSV ---- */

struct err *
audit_export(struct req *r)
{
    struct audit_filter f;
    struct audit_rows rows;
    TRY(audit_read_filter(r, EXPORT_MOST, EXPORT_MOST, &f));
    TRY(audit_list(r->work, &f, &rows));

    struct buf b = buf_new(r->work->arena, 4096);
    buf_text(&b, "at,vendor,seq,who,acted_by,what,object,before,after,reason,address,request_id\n");
    for (size_t i = 0; i < rows.count; i++) {
        const struct audit_row *row = &rows.at[i];
        const char *const cells[] = { row->actor_email, row->acted_by, row->what,
                                      row->object,      row->before,   row->after,
                                      row->reason,      row->address,  row->request };
        buf_printf(&b, "%s,%lld,%lld,", clock_rfc3339(r->work->arena, row->at_us),
                   (long long)row->chain, (long long)row->seq);
        for (size_t k = 0; k < COUNT(cells); k++) {
            csv_cell(&b, cells[k]);
            buf_char(&b, k + 1 < COUNT(cells) ? ',' : '\n');
        }
    }
    resp_header(r, "Content-Disposition", "attachment; filename=\"audit.csv\"");
    return text_answer(r, 200, "text/csv; charset=utf-8", b.at);
}
