/* What reset, password and address have in common: whom it is about, whom to tell, and that nobody
 * stays logged in by what was true before. */
#include "accounts/person.h"

#include <string.h>

#include "accounts/session.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/json.h"
#include "limits/limits.h"

#define DEVICE_MOST 200 /* bytes */

static void
scan_person(struct scan *s, struct person *out)
{
    out->id.n = scan_i64(s);
    out->email = scan_text(s);
    out->name = scan_text(s);
    out->language = scan_text(s);
    out->password_hash = scan_text(s);
    out->admin = scan_bool(s);
    out->shop = scan_text(s);
    out->slug = scan_text(s);
    scan_end(s);
}

struct err *
person_load(struct work *w, struct user_id id, struct person *out)
{
    struct scan s;
    TRY(db_one(w, Q_signup_person, ARGS(arg_i64(w, id.n)), &s));
    scan_person(&s, out);
    return NULL;
}

struct err *
person_by_email(struct work *w, const char *email, bool *found, struct person *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_signup_person_by_email, ARGS(arg_text(email)), found, &s));
    if (*found)
        scan_person(&s, out);
    return NULL;
}

struct password_owner
person_as_owner(const struct person *p)
{
    return (struct password_owner){ .email = p->email, .shop = p->shop, .slug = p->slug };
}

/* As the browser calls itself; nothing when that is no text. */
static const char *
device_of(struct req *r)
{
    const char *said = header_text(r, "HTTP_USER_AGENT");
    const char *cut = said ? text_copy_n(r->work->arena, said, strnlen(said, DEVICE_MOST)) : "";
    return text_is_utf8(BYTES(cut, strlen(cut)), NULL) ? cut : "";
}

const char *
person_circumstances(struct req *r, const char *and_name, const char *and_value)
{
    struct work *w = r->work;
    struct json j = json_begin(w->arena);
    const char *place = limits_network(w->arena, w->address);
    json_put_object(&j, NULL);
    json_put_text(&j, "device", device_of(r));
    json_put_text(&j, "place", place ? place : "");
    json_put_time(&j, "happened_at", w->now_us);
    if (and_name)
        json_put_text(&j, and_name, and_value);
    json_put_end(&j);
    return j.out.at;
}

struct err *
person_note(struct work *w, struct user_id id, const char *what)
{
    return audit_note(
        w, &(struct audit_act){ .what = what, .object = audit_object(w, "account", id.n) });
}

struct err *
person_end(struct work *w, struct user_id id, struct ended *out)
{
    out->user = id;
    TRY(db_many(w, Q_signup_end_sessions, ARGS(arg_i64(w, id.n)), &out->sessions));
    return db_many(w, Q_signup_shops, ARGS(arg_i64(w, id.n)), &out->shops);
}

void
person_forget(struct work *w, const struct ended *ended)
{
    for (int i = 0; i < ended->sessions.count; i++) {
        struct scan s = rows_at(&ended->sessions, i);
        session_drop_copy(w, scan_bytes(w, &s));
    }
    session_drop_bearer(w, ended->user, (struct vendor_id){ 0 });
    for (int i = 0; i < ended->shops.count; i++) {
        struct scan s = rows_at(&ended->shops, i);
        session_drop_bearer(w, ended->user, (struct vendor_id){ scan_i64(&s) });
    }
}
