/* How a mail comes into the outbox. One job serves however many mails are waiting: it is added with
 * each and is there once. */
#include "base/text.h"
#include "db/db.h"
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

struct err *
mail_add(struct work *w, const struct mail_draft *m)
{
    struct scan s;
    must(mail_kind_find(m->kind));
    if (!mail_address_is_one(m->to))
        return FAIL_FIELD(w->arena, ERR_INVALID, "mail.address", "email",
                          "This is no e-mail address.");
    TRY(db_one(w, Q_mail_add,
               ARGS(arg_text(m->kind), arg_text(m->to), arg_text(m->name ? m->name : ""),
                    arg_text(language_known(m->language) ? m->language : "en"),
                    arg_text(m->args ? m->args : "{}"), arg_text(m->secret), arg_text(m->key)),
               &s));
    bool waits = scan_bool(&s);
    scan_end(&s);
    return waits ? mail_wake(w) : NULL;
}
