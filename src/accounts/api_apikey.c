/* API keys for programs that people log in to: list, make, revoke. */
#include <string.h>

#include "accounts/apikey.h"
#include "accounts/routes.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"

static void
put_scopes(struct work *w, struct json *j, const char *scopes)
{
    json_put_array(j, "scopes");
    for (char *at = text_copy(w->arena, scopes), *end; at; at = end) {
        end = strchr(at, ' ');
        if (end)
            *end++ = 0;
        json_put_text(j, NULL, at);
    }
    json_put_end(j);
}

/* `token`: only when it was made just now. */
static void
key_json(struct work *w, struct json *j, const struct apikey *k, const char *token)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", k->id);
    json_put_text(j, "name", k->name);
    json_put_text(j, "hint", k->hint);
    if (token)
        json_put_text(j, "key", token);
    put_scopes(w, j, k->scopes);
    json_put_text(j, "made_by", k->maker);
    json_put_time(j, "created_at", k->created_us);
    json_put_time_or_null(j, "expires_at", k->expires_us);
    json_put_time_or_null(j, "used_at", k->used_us);
    json_put_end(j);
}

struct err *
accounts_get_keys(struct req *r)
{
    struct apikey *keys;
    size_t n;
    TRY(apikey_list(r->work, &keys, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        key_json(r->work, &j, &keys[i], NULL);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
accounts_post_key_json(struct req *r)
{
    struct form f;
    struct apikey_draft draft;
    struct apikey key;
    const char *token;
    int64_t id;
    TRY(form_read(r, &f));
    apikey_read(&f, &draft);
    TRY(form_done(&f));
    TRY(apikey_add(r->work, &draft, &id, &token));
    TRY(apikey_load(r->work, id, &key));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/api-keys/%lld", (long long)id));
    r->resp.secret = true;
    struct json j = json_begin(r->work->arena);
    key_json(r->work, &j, &key, token);
    return json_answer(r, 201, &j.out);
}

struct err *
accounts_delete_key(struct req *r)
{
    TRY(apikey_end(r));
    return no_content(r);
}
