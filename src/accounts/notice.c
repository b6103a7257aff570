#include "accounts/notice.h"

#include "accounts/lockout.h"
#include "http/json.h"
#include "mail/mail.h"

static struct err *
send(struct work *w, const struct account *account, const char *kind, struct json *args,
     const char *secret)
{
    json_put_end(args);
    struct mail_draft mail = { .kind = kind,
                               .to = account->email,
                               .name = account->name,
                               .language = account->language,
                               .args = args->out.at,
                               .secret = secret };
    return mail_address_is_one(account->email) ? mail_add(w, &mail) : NULL;
}

static struct json
object(struct work *w)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    return j;
}

struct err *
notice_device(struct work *w, const struct account *account, const char *device, const char *place)
{
    struct json j = object(w);
    json_put_text(&j, "device", device);
    json_put_text(&j, "place", place);
    json_put_time(&j, "login_at", w->now_us);
    return send(w, account, "new_device", &j, NULL);
}

struct err *
notice_totp(struct work *w, const struct account *account, bool on)
{
    struct json j = object(w);
    json_put_bool(&j, "on", on);
    json_put_time(&j, "changed_at", w->now_us);
    return send(w, account, "totp_changed", &j, NULL);
}

struct err *
notice_locked(struct work *w, const struct account *account, const char *link)
{
    struct json j = object(w), secret = object(w);
    json_put_i64(&j, "tries", LOCKOUT_ROW);
    json_put_time(&j, "locked_at", w->now_us);
    json_put_text(&secret, "link", link);
    json_put_end(&secret);
    return send(w, account, "locked", &j, secret.out.at);
}
