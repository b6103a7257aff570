#include "accounts/apikey.h"

#include <string.h>

#include "audit/audit.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "http/site.h"

#define MARK         "souk_"
#define SECRET_CHARS 43
#define HINT_SECRET  4 /* characters of the secret that are kept to know a key by */
#define DAYS_MOST    3650

bool
apikey_is_one(const char *token, int64_t *id)
{
    char digits[20];
    if (!text_starts(token, MARK))
        return false;
    const char *from = token + strlen(MARK);
    size_t n = strcspn(from, "_");
    if (n >= sizeof(digits) || from[n] != '_' || strlen(from + n + 1) != SECRET_CHARS)
        return false;
    memcpy(digits, from, n);
    digits[n] = 0;
    return text_to_id(digits, id);
}

struct err *
apikey_touch(struct work *w, struct vendor_id shop, int64_t id)
{
    tx_open(w, TX_WRITE);
    TRY(tx_tenant(w, shop));
    TRY(db_exec(w, Q_keys_touch, ARGS(arg_i64(w, shop.n), arg_i64(w, id)), NULL));
    return tx_commit(w);
}

/* ---- Rows ---- */

static int64_t
time_or_never(struct scan *s)
{
    if (!scan_null(s))
        return scan_time(s);
    scan_skip(s);
    return 0;
}

static struct apikey
scan_key(struct scan *s)
{
    struct apikey k = { .id = scan_i64(s) };
    k.name = scan_text(s);
    k.hint = scan_text(s);
    k.scopes = scan_text(s);
    k.maker = scan_text(s);
    k.created_us = scan_time(s);
    k.expires_us = time_or_never(s);
    k.used_us = time_or_never(s);
    k.over = scan_bool(s);
    scan_end(s);
    return k;
}

struct err *
apikey_list(struct work *w, struct apikey **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_keys_list, ARGS(arg_i64(w, w->vendor.n)), &rows));
    struct apikey *all = NEW_ARRAY(w->arena, struct apikey, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_key(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

static struct err *
unknown(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "apikey.unknown", "There is no such API key.");
}

struct err *
apikey_load(struct work *w, int64_t id, struct apikey *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_keys_one, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), &found, &s));
    if (!found)
        return unknown(w);
    *out = scan_key(&s);
    return NULL;
}

/* ---- Making and ending ---- */

/* A page ticks `scope.<name>`, a program gives the list `scopes`. */
void
apikey_read(struct form *f, struct apikey_draft *out)
{
    struct arena *a = f->r->work->arena;
    *out = (struct apikey_draft){ .name = form_text(f, "name", 1, 100),
                                  .days = form_i64(f, "days", 0, DAYS_MOST, 0) };
    size_t listed = 0, known = 0;
    for (size_t i = 0; i < f->count; i++)
        listed += text_starts(f->at[i].name, "scopes.");
    const char *scope;
    for (size_t i = 0; (scope = guard_scope_named(i)); i++) {
        bool in_list = false;
        for (size_t k = 0; k < f->count; k++)
            in_list |= text_starts(f->at[k].name, "scopes.") && text_is(f->at[k].value, scope);
        known += in_list;
        must(out->n < SCOPES_MOST);
        if (in_list || form_flag(f, text_printf(a, "scope.%s", scope)))
            out->scopes[out->n++] = scope;
    }
    if (listed != known)
        form_fail(f, "scopes", "apikey.scope", "Scopes are names of the list, each once.");
    else if (!out->n)
        form_fail(f, "scopes", "apikey.no_scope", "Choose at least one.");
}

static struct err *
refuse_too_many(struct work *w)
{
    struct scan s;
    TRY(db_exec(w, Q_team_lock, ARGS(arg_i64(w, w->vendor.n)), NULL));
    TRY(db_one(w, Q_keys_count, ARGS(arg_i64(w, w->vendor.n)), &s));
    if (scan_i64(&s) < API_KEYS_MOST)
        return NULL;
    struct err *e = FAIL(w->arena, ERR_CONFLICT, "apikey.too_many",
                         "This shop has as many API keys as it can have.");
    e->used = e->limit = API_KEYS_MOST;
    return e;
}

static struct err *
note_made(struct work *w, const struct apikey_draft *draft, int64_t id)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", draft->name);
    json_put_array(&j, "scopes");
    for (size_t i = 0; i < draft->n; i++)
        json_put_text(&j, NULL, draft->scopes[i]);
    json_put_end(&j);
    if (draft->days)
        json_put_i64(&j, "days", draft->days);
    json_put_end(&j);
    struct audit_act act = { .what = "key.created",
                             .object = audit_object(w, "api_key", id),
                             .after = j.out.at };
    return audit_note(w, &act);
}

struct err *
apikey_add(struct work *w, const struct apikey_draft *draft, int64_t *id, const char **token)
{
    struct scan s;
    TRY(refuse_too_many(w));
    TRY(db_one(w, Q_keys_reserve, NO_ARGS, &s));
    int64_t key = scan_i64(&s);
    char *secret = random_token(w->arena, 32);
    char *whole = text_printf(w->arena, MARK "%lld_%s", (long long)key, secret);
    TRY(db_exec(
        w, Q_keys_add,
        ARGS(arg_i64(w, w->vendor.n), arg_i64(w, key), arg_i64(w, w->user.n), arg_text(draft->name),
             arg_text(text_printf(w->arena, MARK "%lld_%.*s", (long long)key, HINT_SECRET, secret)),
             arg_hash(w, whole), arg_texts(w, draft->scopes, draft->n),
             draft->days ? arg_i64(w, draft->days) : arg_null()),
        NULL));
    TRY(note_made(w, draft, key));
    *id = key;
    *token = whole;
    return NULL;
}

static struct err *
end(struct work *w, int64_t id, struct ended **out)
{
    struct rows rows;
    TRY(db_many(w, Q_keys_end, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), &rows));
    if (!rows.count)
        return unknown(w);
    struct scan s = rows_at(&rows, 0);
    scan_skip(&s);
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", scan_text(&s));
    json_put_end(&j);
    *out = session_ended(w, &rows, NULL);
    struct audit_act act = { .what = "key.revoked",
                             .object = audit_object(w, "api_key", id),
                             .before = j.out.at };
    return audit_note(w, &act);
}

struct err *
apikey_end(struct req *r)
{
    struct ended *ended = NULL;
    int64_t id;
    TRY(param_id(r, 0, &id));
    tx_open(r->work, TX_WRITE);
    TRY(end(r->work, id, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, ended);
    return NULL;
}
