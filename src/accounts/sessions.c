/* Where somebody is logged in, and the end of one of these log-ins or of all others: by API. */
#include "accounts/sessions.h"

#include "accounts/device.h"
#include "accounts/place.h"
#include "accounts/routes.h"
#include "http/json.h"

struct err *
sessions_load(struct work *w, struct session_id current, struct session_row **out, int *n)
{
    struct rows rows;
    TRY(db_many(w, Q_accounts_sessions, ARGS(arg_i64(w, w->user.n)), &rows));
    struct session_row *list = NEW_ARRAY(w->arena, struct session_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct session_row *row = &list[i];
        row->id.n = scan_i64(&s);
        row->device = device_words(w->arena, scan_text(&s));
        row->place = scan_text(&s);
        row->created_us = scan_time(&s);
        row->seen_us = scan_time(&s);
        row->current = row->id.n == current.n;
        scan_end(&s);
    }
    *out = list;
    *n = rows.count;
    return NULL;
}

struct err *
sessions_end_one(struct req *r, struct session_id id)
{
    struct ended ended = { 0 };
    tx_open(r->work, TX_WRITE);
    TRY(session_end_by_id(r->work, id, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return NULL;
}

struct err *
sessions_end_others(struct req *r)
{
    struct ended ended = { 0 };
    tx_open(r->work, TX_WRITE);
    TRY(session_end_all(r->work, r->work->user, r->visitor.session_id, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return NULL;
}

/* ---- By API ---- */

struct err *
accounts_get_sessions(struct req *r)
{
    struct session_row *rows;
    int n;
    TRY(sessions_load(r->work, r->visitor.session_id, &rows, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (int i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_id(&j, "id", rows[i].id.n);
        json_put_text(&j, "device", rows[i].device);
        json_put_text(&j, "network", rows[i].place);
        json_put_time(&j, "created_at", rows[i].created_us);
        json_put_time(&j, "seen_at", rows[i].seen_us);
        json_put_bool(&j, "current", rows[i].current);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
accounts_delete_session(struct req *r)
{
    struct session_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(sessions_end_one(r, id));
    return no_content(r);
}

struct err *
accounts_delete_sessions(struct req *r)
{
    TRY(sessions_end_others(r));
    return no_content(r);
}
