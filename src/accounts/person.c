/* What reset, password and address have in common: whom it is about, whom to tell, and that nobody
 * stays logged in by what was true before. */
#include "accounts/person.h"

#include "accounts/attempt.h"
#include "accounts/device.h"
#include "accounts/place.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/json.h"

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

const char *
person_circumstances(struct req *r, const char *and_name, const char *and_value)
{
    struct work *w = r->work;
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "device", device_words(w->arena, header_text(r, "HTTP_USER_AGENT")));
    json_put_text(&j, "place", place_of(w->arena, w->address));
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
person_end(struct work *w, const struct person *p, struct ended *out)
{
    TRY(attempt_forgive(w, p->id, p->email));
    return session_end_all(w, p->id, (struct session_id){ 0 }, out);
}
