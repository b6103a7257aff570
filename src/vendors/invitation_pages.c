/* Where the link of an invitation leads: whoever has an account logs in and says yes, whoever has
 * none sets a name and a password, which also proves that the mail was read. */
#include "accounts/link.h"
#include "base/text.h"
#include "http/form.h"
#include "vendors/invitation.h"
#include "vendors/routes.h"
#include "view/value.h"

static struct err *
over(struct req *r)
{
    return link_over(r, "invitation.over", "/login");
}

static struct err *
invitation_page(struct req *r, const struct invited *i, const char *token, const struct form *f,
                const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    bool logged_in = r->visitor.user.n != 0, theirs = r->visitor.user.n == i->account.n;
    val_set_text(m, "token", token);
    val_set_text(m, "address", i->email);
    val_set_text(m, "shop", i->shop);
    val_set_text(m, "inviter", i->inviter);
    val_set_word(m, "role", text_printf(a, "role.%s", role_name(i->role)));
    val_set_bool(m, "is_theirs", logged_in && theirs);
    val_set_bool(m, "is_others", logged_in && !theirs);
    val_set_bool(m, "must_log_in", !logged_in && i->account.n);
    val_set_bool(m, "is_new", !logged_in && !i->account.n);
    val_set_text(m, "login",
                 text_printf(a, "/login?next=%s",
                             url_part(a, text_printf(a, "/invitation?token=%s", token))));
    if (f)
        form_show(f, e, m);
    link_keep_private(r);
    return page_status(r, e ? err_status(e) : 200, "invitation", m);
}

struct err *
vendors_show_invitation(struct req *r)
{
    struct invited i;
    bool found;
    const char *token = query_text(r, "token");
    TRY(invitation_find(r->work, token, &found, &i));
    return found ? invitation_page(r, &i, token, NULL, NULL) : over(r);
}

/* ---- Accepting ---- */

static struct err *
refuse_wrong_person(struct req *r, const struct invited *i)
{
    if (i->admin)
        return FAIL(r->work->arena, ERR_CONFLICT, "team.operator",
                    "The operator works in no shop, and acts for one instead.");
    if (!i->account.n && !r->visitor.user.n)
        return NULL;
    if (r->visitor.user.n != i->account.n)
        return FAIL(r->work->arena, ERR_DENIED, "team.other_address",
                    "This invitation is for another address. Log in with that one.");
    return NULL;
}

/* Whoever is logged in goes on in the shop that was joined. */
static struct err *
join(struct req *r, const struct invited *i)
{
    struct ended *ended;
    tx_open(r->work, TX_WRITE);
    TRY(invitation_accept(r->work, i, r->visitor.user));
    if (!r->visitor.session) {
        TRY(tx_commit(r->work));
        return see_other(r, "/login?done=team.joined");
    }
    TRY(accounts_enter_shop(r, i->vendor, &ended));
    TRY(tx_commit(r->work));
    accounts_forget(r->work, ended);
    return see_other(r, "/vendor/?done=team.joined");
}

static struct err *
make_and_join(struct req *r, const struct invited *i, const char *name, const char *password)
{
    struct user_id user;
    struct password_owner owner = { .email = i->email, .shop = i->shop };
    struct account_draft draft = { .email = i->email, .name = name, .language = r->work->language };
    TRY(password_refusal(r->work, password, &owner));
    TRY(password_hash(r->work, password, &draft.password_hash));
    tx_open(r->work, TX_WRITE);
    TRY(accounts_create(r->work, &draft, &user));
    TRY(invitation_accept(r->work, i, user));
    TRY(tx_commit(r->work));
    return see_other(r, "/login?done=team.joined");
}

static struct err *
accept_as_new(struct req *r, struct form *f, const struct invited *i, const char *token)
{
    const char *name = form_text(f, "name", 1, 200), *password = form_raw(f, "password");
    if (!password || !*password)
        form_fail(f, "password", "field.needed", "This is needed.");
    struct err *e = form_done(f);
    if (!e)
        e = make_and_join(r, i, name, password);
    tx_rollback(r->work);
    if (e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT))
        return invitation_page(r, i, token, f, e);
    return e;
}

struct err *
vendors_post_invitation_accept(struct req *r)
{
    struct form f;
    struct invited i;
    bool found;
    TRY(form_read(r, &f));
    const char *token = form_raw(&f, "token");
    tx_open(r->work, TX_READ);
    TRY(invitation_find(r->work, token, &found, &i));
    tx_rollback(r->work);
    if (!found)
        return over(r);
    TRY(refuse_wrong_person(r, &i));
    return r->visitor.user.n ? join(r, &i) : accept_as_new(r, &f, &i, token);
}
