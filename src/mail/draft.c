/* How a mail comes into the outbox. One job serves however many mails are waiting: it is added with
 * each and is there once. */
#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "mail/kinds.h"
#include "mail/mail.h"
#include "mail/store.h"
#include "mail/tasks.h"
#include "queue/queue.h"
#include "view/language.h"

/* The sender is the platform's work, whoever's mail it sends. */
struct err *
mail_wake(const struct work *w)
{
    struct work platform = *w;
    platform.vendor.n = 0;
    return queue_add(&platform, MAIL_SEND, "", "{}", NULL);
}

static void
put_mail(struct json *j, const struct mail_draft *m)
{
    const char *args = m->args ? m->args : "{}";
    json_put_object(j, NULL);
    json_put_text(j, "kind", m->kind);
    json_put_text(j, "address", m->to);
    json_put_text(j, "name", m->name ? m->name : "");
    json_put_text(j, "language", language_known(m->language) ? m->language : "en");
    json_put_raw(j, "args", BYTES(args, strlen(args)));
    if (m->secret)
        json_put_raw(j, "secret", BYTES(m->secret, strlen(m->secret)));
    json_put_text(j, "key", m->key);
    if (m->vendor.n)
        json_put_i64(j, "vendor", m->vendor.n);
    json_put_end(j);
}

struct err *
mails_add(struct work *w, const struct mail_draft *mails, size_t n)
{
    struct scan s;
    struct json j = json_begin(w->arena);
    if (!n)
        return NULL;
    json_put_array(&j, NULL);
    for (size_t i = 0; i < n; i++) {
        must(mail_kind_find(mails[i].kind));
        if (!mail_address_is_one(mails[i].to))
            return FAIL_FIELD(w->arena, ERR_INVALID, "mail.address", "email",
                              "This is no e-mail address.");
        put_mail(&j, &mails[i]);
    }
    json_put_end(&j);
    TRY(db_one(w, Q_mail_add, ARGS(arg_text(j.out.at)), &s));
    bool wait = scan_i64(&s) > 0;
    scan_end(&s);
    return wait ? mail_wake(w) : NULL;
}

struct err *
mail_add(struct work *w, const struct mail_draft *m)
{
    return mails_add(w, m, 1);
}
