#include "vendors/register.h"

#include <string.h>

#include "accounts/link.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "http/json.h"
#include "mail/mail.h"
#include "vendors/draft.h"
#include "vendors/store.h"

#define LINK_LIFE_S  86400
#define TICKET_BYTES 32

/* ---- Reading ---- */

void
register_read(struct form *f, struct registration *out)
{
    vendors_read_shop(f, "shop", &out->vendor);
    out->owner = form_text(f, "name", 1, 200);
    out->email = accounts_read_email(f, "email");
    out->password = form_raw(f, "password");
    struct password_owner owner = { out->email, out->vendor.name, out->vendor.slug };
    struct err *e = password_refusal(f->r->work, out->password ? out->password : "", &owner);
    if (e)
        form_fail(f, "password", e->code, e->say);
}

struct err *
register_check_slug(struct work *w, const char *slug, const char **free)
{
    struct scan s;
    tx_open(w, TX_READ);
    TRY(db_one(w, Q_signup_free_slug, ARGS(arg_text(slug)), &s));
    const char *found = scan_text(&s);
    tx_rollback(w);
    *free = *found ? found : NULL;
    return text_is(found, slug) ? NULL : vendors_slug_taken(w);
}

/* ---- Waiting ---- */

static struct err *
send_link(struct work *w, const char *email, const char *name, const char *language,
          const char *url)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_time(&j, "until_at", w->now_us + LINK_LIFE_S * SECOND_US);
    json_put_end(&j);
    return mail_add(w, &(struct mail_draft){ .kind = "verification",
                                             .to = email,
                                             .name = name,
                                             .language = language,
                                             .args = j.out.at,
                                             .secret = link_secret(w, url) });
}

/* The row is written for an address with an account too: its link is sent to nobody, and both ways
 * take the same statements. */
static struct err *
tell(struct work *w, const char *email, const char *name, const char *language,
     const struct mail_link *link)
{
    bool known;
    TRY(accounts_tell_owner(w, email, &known));
    return known ? NULL : send_link(w, email, name, language, link->url);
}

struct err *
register_begin(struct work *w, const struct registration *reg, const char **ticket)
{
    const struct vendor_draft *v = &reg->vendor;
    struct mail_link link = link_make(w, "/verify");
    const char *made = random_token(w->arena, TICKET_BYTES), *hash;
    struct sha256 made_hash = link_hash(made);
    TRY(accounts_limit(w, "register-mail", reg->email));
    TRY(password_hash(w, reg->password, &hash));
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_signup_register,
                ARGS(arg_bytes(w, BYTES(link.hash.bytes, 32)),
                     arg_bytes(w, BYTES(made_hash.bytes, 32)), arg_text(reg->email),
                     arg_text(reg->owner), arg_text(hash), arg_text(v->name), arg_text(v->slug),
                     arg_text(v->currency), arg_text(v->language), arg_i64(w, LINK_LIFE_S)),
                NULL));
    TRY(tell(w, reg->email, reg->owner, v->language, &link));
    TRY(tx_commit(w));
    *ticket = made;
    return NULL;
}

static struct err *
over(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "register.over",
                "This registration is over. Please begin anew.");
}

struct err *
register_again(struct work *w, const char *ticket, const char **email)
{
    struct scan s;
    struct sha256 hash = link_hash(ticket);
    struct mail_link link = link_make(w, "/verify");
    bool found;
    TRY(db_maybe(w, Q_signup_ticket, ARGS(arg_bytes(w, BYTES(hash.bytes, 32))), &found, &s));
    if (!found)
        return over(w);
    *email = scan_text(&s);
    TRY(accounts_limit(w, "register-mail", *email));
    TRY(db_maybe(w, Q_signup_register_again,
                 ARGS(arg_bytes(w, BYTES(hash.bytes, 32)), arg_bytes(w, BYTES(link.hash.bytes, 32)),
                      arg_i64(w, LINK_LIFE_S)),
                 &found, &s));
    if (!found)
        return over(w);
    const char *to = scan_text(&s), *name = scan_text(&s), *language = scan_text(&s);
    return tell(w, to, name, language, &link);
}

/* ---- Coming into being ---- */

struct err *
register_load(struct work *w, const char *token, bool *found, struct pending *out)
{
    struct scan s;
    struct sha256 hash = link_hash(token);
    TRY(db_maybe(w, Q_signup_registration, ARGS(arg_bytes(w, BYTES(hash.bytes, 32))), found, &s));
    if (!*found)
        return NULL;
    out->email = scan_text(&s);
    out->shop = scan_text(&s);
    out->slug = scan_text(&s);
    out->free_slug = scan_text(&s);
    scan_end(&s);
    return NULL;
}

struct err *
register_open(struct work *w, const char *token, const char *slug, bool *found)
{
    struct scan s;
    struct sha256 hash = link_hash(token);
    struct user_id owner;
    struct vendor_id shop;
    TRY(db_maybe(w, Q_signup_use_registration, ARGS(arg_bytes(w, BYTES(hash.bytes, 32))), found,
                 &s));
    if (!*found)
        return NULL;
    struct account_draft person = { .email = scan_text(&s) };
    person.name = scan_text(&s);
    person.password_hash = scan_text(&s);
    struct vendor_draft v = { .name = scan_text(&s) };
    v.slug = scan_text(&s);
    v.currency = scan_text(&s);
    v.language = scan_text(&s);
    scan_end(&s);
    person.language = v.language;
    if (slug)
        v.slug = slug;
    TRY(accounts_create(w, &person, &owner));
    TRY(vendors_open(w, owner, &v, TRIAL_DAYS, &shop));
    return audit_note_of(w, shop,
                         &(struct audit_act){ .what = "vendor.registered",
                                              .object = audit_object(w, "vendor", shop.n) });
}
