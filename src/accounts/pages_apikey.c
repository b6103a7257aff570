/* API keys of a shop: /vendor/security/keys. */
#include <string.h>

#include "accounts/apikey.h"
#include "accounts/routes.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "view/value.h"

#define HOME "/vendor/security/keys"

static void
key_model(struct arena *a, struct val *m, const struct apikey *k)
{
    val_set_i64(m, "id", k->id);
    val_set_text(m, "name", k->name);
    val_set_text(m, "hint", k->hint);
    val_set_text(m, "maker", k->maker);
    struct val *scopes = val_set_list(m, "scopes");
    for (char *at = text_copy(a, k->scopes), *end; at; at = end) {
        end = strchr(at, ' ');
        if (end)
            *end++ = 0;
        val_add_text(scopes, at);
    }
    val_set_time(m, "created", k->created_us);
    if (k->expires_us)
        val_set_time(m, "expires", k->expires_us);
    else
        val_set_null(m, "expires");
    if (k->used_us)
        val_set_time(m, "used", k->used_us);
    else
        val_set_null(m, "used");
    val_set_bool(m, "over", k->over);
}

struct err *
accounts_show_keys(struct req *r)
{
    struct apikey *keys;
    size_t n;
    TRY(apikey_list(r->work, &keys, &n));
    struct val *m = val_map(r->work->arena), *list = val_set_list(m, "keys");
    for (size_t i = 0; i < n; i++)
        key_model(r->work->arena, val_add_map(list), &keys[i]);
    val_set_count(m, "count", (int64_t)n);
    val_set_bool(m, "has_keys", n > 0);
    return page(r, "vendor/security/keys", m);
}

/* ---- Making ---- */

static struct err *
new_page(struct req *r, const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "scopes");
    const char *scope, *days = f ? form_raw(f, "days") : "365";
    for (size_t i = 0; (scope = guard_scope_named(i)); i++) {
        struct val *row = val_add_map(list);
        const char *given = f ? form_raw(f, text_printf(a, "scope.%s", scope)) : NULL;
        val_set_text(row, "name", scope);
        val_set_word(row, "say", text_printf(a, "keys.scope.%s", scope));
        val_set_bool(row, "on", given && *given);
    }
    val_set_bool(val_set_map(m, "days_are"), text_printf(a, "d%s", days ? days : ""), true);
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "vendor/security/keys_new", m);
}

struct err *
accounts_show_new_key(struct req *r)
{
    return new_page(r, NULL, NULL);
}

struct err *
accounts_post_key(struct req *r)
{
    struct form f;
    struct apikey_draft draft;
    const char *token;
    int64_t id;
    bool fresh;
    TRY(session_need_fresh(r, HOME "/new", &fresh));
    if (!fresh)
        return NULL;
    TRY(form_read(r, &f));
    apikey_read(&f, &draft);
    struct err *e = form_done(&f);
    if (!e)
        e = apikey_add(r->work, &draft, &id, &token);
    if (e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT))
        return new_page(r, &f, e);
    TRY(e);
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "name", draft.name);
    val_set_text(m, "token", token);
    r->resp.secret = true;
    return page_status(r, 201, "vendor/security/keys_made", m);
}

/* ---- Revoking ---- */

struct err *
accounts_show_revoke_key(struct req *r)
{
    struct apikey key;
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(apikey_load(r->work, id, &key));
    struct val *m = val_map(r->work->arena);
    key_model(r->work->arena, m, &key);
    return page(r, "vendor/security/keys_revoke", m);
}

struct err *
accounts_post_revoke_key(struct req *r)
{
    TRY(apikey_end(r));
    return see_other(r, HOME "?done=keys.revoked");
}
