#include "accounts/link.h"

#include <string.h>

#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"
#include "view/value.h"

#define TOKEN_BYTES 32

struct mail_link
link_make(struct work *w, const char *path)
{
    const char *token = random_token(w->arena, TOKEN_BYTES);
    return (struct mail_link){
        .url = text_printf(w->arena, "%s%s?token=%s", w->settings->public_url, path, token),
        .hash = link_hash(token),
    };
}

const char *
link_secret(struct work *w, const char *url)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "link", url);
    json_put_end(&j);
    return j.out.at;
}

struct sha256
link_hash(const char *token)
{
    return sha256_of(BYTES(token ? token : "", token ? strlen(token) : 0));
}

void
link_keep_private(struct req *r)
{
    resp_header(r, "Referrer-Policy", "no-referrer");
}

struct err *
link_over(struct req *r, const char *what, const char *path)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    val_set_word(m, "title", text_printf(a, "%s.title", what));
    val_set_word(m, "say", text_printf(a, "%s.say", what));
    val_set_word(m, "again", text_printf(a, "%s.again", what));
    val_set_text(m, "path", path);
    link_keep_private(r);
    return page_status(r, 410, "link/over", m);
}
