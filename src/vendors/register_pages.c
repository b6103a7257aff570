/* Opening a shop, by page and by API, and the page that its link leads to. */
#include "accounts/link.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"
#include "vendors/draft.h"
#include "vendors/register.h"
#include "vendors/routes.h"
#include "view/value.h"

static struct err *
refuse_when_closed(struct req *r)
{
    if (r->work->settings->registration)
        return NULL;
    return FAIL(r->work->arena, ERR_DENIED, "register.closed",
                "New shops are opened by the operator only.");
}

/* ---- The form ---- */

static struct err *
register_page(struct req *r, int status, const struct form *f, const struct err *e,
              const char *free)
{
    struct val *m = val_map(r->work->arena), *chosen = val_set_map(m, "chosen");
    const char *currency = f ? form_raw(f, "currency") : NULL;
    const char *language = f ? form_raw(f, "language") : r->work->language;
    if (f)
        form_show(f, e, m);
    if (free)
        form_prefill(m, "slug", free);
    val_set_bool(m, "free", free != NULL);
    val_set_bool(chosen, currency && *currency ? currency : "EUR", true);
    val_set_bool(chosen, language && *language ? language : "en", true);
    return page_status(r, status, "register", m);
}

struct err *
vendors_show_register(struct req *r)
{
    TRY(refuse_when_closed(r));
    return register_page(r, 200, NULL, NULL, NULL);
}

/* *e is what a person can mend. */
static struct err *
read_and_begin(struct req *r, struct form *f, struct registration *reg, const char **free,
               const char **ticket, struct err **e)
{
    *free = NULL;
    TRY(form_read(r, f));
    register_read(f, reg);
    *e = form_done(f);
    if (*e)
        return NULL;
    *e = register_check_slug(r->work, reg->vendor.slug, free);
    if (*e)
        return (*e)->field ? NULL : *e;
    return register_begin(r->work, reg, ticket);
}

static struct err *
sent_page(struct req *r, const char *email, const char *ticket, bool again)
{
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "email", email);
    val_set_text(m, "ticket", ticket);
    val_set_bool(m, "again", again);
    return page_status(r, 202, "register_sent", m);
}

struct err *
vendors_post_register(struct req *r)
{
    struct form f;
    struct registration reg;
    struct err *e;
    const char *free, *ticket;
    TRY(refuse_when_closed(r));
    TRY(read_and_begin(r, &f, &reg, &free, &ticket, &e));
    return e ? register_page(r, 422, &f, e, free) : sent_page(r, reg.email, ticket, false);
}

struct err *
vendors_post_register_json(struct req *r)
{
    struct form f;
    struct registration reg;
    struct err *e;
    const char *free, *ticket;
    TRY(refuse_when_closed(r));
    TRY(read_and_begin(r, &f, &reg, &free, &ticket, &e));
    TRY(e);
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "email", reg.email);
    json_put_text(&j, "slug", reg.vendor.slug);
    json_put_end(&j);
    return json_answer(r, 202, &j.out);
}

struct err *
vendors_post_register_again(struct req *r)
{
    struct form f;
    const char *email;
    TRY(refuse_when_closed(r));
    TRY(form_read(r, &f));
    const char *ticket = form_raw(&f, "ticket");
    struct err *e = register_again(r->work, ticket, &email);
    if (e && e->kind == ERR_NOT_FOUND)
        return link_over(r, "register.over", "/register");
    TRY(e);
    return sent_page(r, email, ticket, true);
}

/* ---- The link ---- */

static struct err *
over(struct req *r)
{
    return link_over(r, "register.over", "/register");
}

static struct err *
verify_page(struct req *r, int status, const struct pending *p, const char *token,
            const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    bool taken = e || !text_is(p->slug, p->free_slug);
    if (f)
        form_show(f, e, m);
    else
        form_prefill(m, "slug", p->free_slug);
    val_set_text(m, "token", token);
    val_set_text(m, "email", p->email);
    val_set_text(m, "shop", p->shop);
    val_set_text(m, "path", text_printf(a, "%s/shops/%s", r->work->settings->public_url, p->slug));
    val_set_bool(m, "taken", taken);
    link_keep_private(r);
    return page_status(r, status, "verify", m);
}

static struct err *
load(struct req *r, const char *token, bool *found, struct pending *out)
{
    tx_open(r->work, TX_READ);
    TRY(register_load(r->work, token, found, out));
    tx_rollback(r->work);
    return NULL;
}

struct err *
vendors_show_verify(struct req *r)
{
    struct pending p;
    bool found;
    const char *token = query_text(r, "token");
    TRY(load(r, token, &found, &p));
    return found ? verify_page(r, 200, &p, token, NULL, NULL) : over(r);
}

struct err *
vendors_post_verify(struct req *r)
{
    struct work *w = r->work;
    struct form f;
    struct pending p;
    bool found;
    TRY(form_read(r, &f));
    const char *token = form_raw(&f, "token");
    const char *slug = form_has(&f, "slug") ? vendors_read_slug(&f, 1) : NULL;
    TRY(load(r, token, &found, &p));
    if (!found)
        return over(r);
    struct err *e = form_done(&f);
    if (!e) {
        tx_open(w, TX_WRITE);
        e = register_open(w, token, slug, &found);
        if (!e && found)
            TRY(tx_commit(w));
        tx_rollback(w);
    }
    if (e && text_is(e->field, "slug"))
        return verify_page(r, 422, &p, token, &f, e);
    if (!found || (e && text_is(e->code, "account.email_taken")))
        return over(r);
    TRY(e);
    return see_other(r, text_printf(w->arena, "/login?done=register.open&email=%s",
                                    url_part(w->arena, p.email)));
}
