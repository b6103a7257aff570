/* Answers, and the frame around every page. */
#include "http/response.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http/request.h"
#include "http/site.h"
#include "view/value.h"
#include "view/views.h"

void
resp_header(struct req *r, const char *name, const char *value)
{
    must(r->resp.header_count < RESP_HEADERS_MAX);
    r->resp.headers[r->resp.header_count++] = (struct header){ name, value };
}

static struct err *
answer(struct req *r, int status, const char *type, struct bytes body)
{
    if (type)
        resp_header(r, "Content-Type", type);
    r->resp.status = status;
    r->resp.body = body;
    return NULL;
}

void
resp_frames(struct req *r)
{
    r->resp.policy = PAGE_POLICY "; frame-src 'self'";
}

void
resp_framed(struct req *r)
{
    r->resp.policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
                     "base-uri 'none'; frame-ancestors 'self'; sandbox";
}

/* ---- Pages ---- */

static const char *
area_of(const struct req *r)
{
    if (text_starts(r->path, "/account"))
        return r->visitor.role == ROLE_ADMIN ? "admin" : "vendor";
    if (text_starts(r->path, "/admin"))
        return "admin";
    return text_starts(r->path, "/vendor") ? "vendor" : "public";
}

static void
add_visitor(const struct req *r, struct val *m)
{
    static const char *const roles[] = { "", "staff", "manager", "owner", "admin" };
    const struct visitor *who = &r->visitor;
    struct val *v = val_set_map(m, "visitor");
    val_set_text(v, "name", who->name && *who->name ? who->name : who->email);
    val_set_text(v, "email", who->email);
    val_set_text(v, "role", roles[who->role]);
    val_set_bool(v, "is_admin", who->role == ROLE_ADMIN);
    val_set_bool(v, "is_vendor", who->vendor.n != 0);
    val_set_bool(v, "known", who->user.n != 0);
    val_set_bool(v, "several", who->shops > 1);
    val_set_text(v, "shop_name", who->shop_name);
    val_set_text(v, "shop_slug", who->shop_slug);
}

static bool
is_current(const char *path, const char *row_path)
{
    size_t n = strlen(row_path);
    if (n && row_path[n - 1] == '/') /* the area's home is itself only */
        return text_is(path, row_path);
    return text_starts(path, row_path) && (path[n] == 0 || path[n] == '/');
}

static void
add_menu(const struct req *r, struct val *m, const char *area)
{
    struct val *menu = val_set_list(m, "menu");
    for (size_t i = 0; i < r->site->menu_count; i++) {
        const struct menu_row *row = &r->site->menu[i];
        if (!text_is(row->area, area) || !guard_may(r->visitor.role, row->may))
            continue;
        struct val *v = val_add_map(menu);
        val_set_text(v, "path", row->path);
        val_set_word(v, "label", row->word);
        val_set_text(v, "icon", row->icon);
        val_set_bool(v, "current", is_current(r->path, row->path));
    }
}

/* What the last write did, named by its redirect. Only codes that the language files know are
 * shown: an address cannot put words into our mouth. */
static void
add_flash(const struct req *r, struct val *m, const struct language *language)
{
    static const char *const kinds[] = { "done", "failed" };
    for (int i = 0; i < 2; i++) {
        const char *code = query_text(r, kinds[i]);
        if (!code || strlen(code) > 60)
            continue;
        const char *key = text_printf(r->work->arena, "%s.%s", kinds[i], code);
        if (!language_knows(language, key))
            continue;
        struct val *flash = val_set_map(m, "flash");
        val_set_word(flash, "text", key);
        val_set_bool(flash, "failure", i == 1);
        return;
    }
}

static void
add_languages(const struct req *r, struct val *m)
{
    static const char *const names[] = { "English", "Français", "Deutsch", "Lëtzebuergesch" };
    const char *const *codes;
    size_t n = language_codes(&codes);
    struct val *list = val_set_list(val_set_map(m, "languages"), "list");
    for (size_t i = 0; i < n && i < COUNT(names); i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "code", codes[i]);
        val_set_text(row, "path", query_with(r, "lang", codes[i]));
        val_set_text(row, "name", names[i]);
        val_set_bool(row, "current", text_is(codes[i], r->work->language));
    }
}

/* The operator in a shop sees on every page that it is so. */
static void
add_acting(const struct req *r, struct val *m)
{
    if (!r->visitor.acting.n) {
        val_set_null(m, "acting");
        return;
    }
    struct val *acting = val_set_map(m, "acting");
    val_set_text(acting, "shop", r->visitor.shop_name);
    val_set_time(acting, "until", r->visitor.acting_until_us);
}

static const char *const frame_names[] = { "lang",       "theme",     "souk_version", "request_id",
                                           "public_url", "static",    "visitor",      "menu",
                                           "flash",      "languages", "csrf",         "acting" };

static void
add_frame(struct req *r, struct val *m)
{
    for (size_t i = 0; i < COUNT(frame_names); i++)
        must(!val_get(m, frame_names[i])); /* a page's own would be lost */
    const struct site *site = r->site;
    const char *area = area_of(r);
    const char *theme =
        r->visitor.theme && *r->visitor.theme ? r->visitor.theme : cookie_text(r, "theme");

    val_set_text(m, "lang", r->work->language);
    val_set_text(m, "theme", text_is(theme, "dark") || text_is(theme, "light") ? theme : "");
    val_set_text(m, "souk_version", SOUK_VERSION);
    val_set_text(m, "request_id", r->work->id);
    val_set_text(m, "public_url", site->settings->public_url);
    statics_model(site->statics, val_set_map(m, "static"));
    add_visitor(r, m);
    add_acting(r, m);
    add_menu(r, m, area);
    add_flash(r, m, views_language(site->views, r->work->language));
    add_languages(r, m);
    if (r->visitor.session)
        val_set_text(m, "csrf", csrf_token(r));
}

struct err *
page_status(struct req *r, int status, const char *template_name, struct val *model)
{
    struct buf out = buf_new(r->work->arena, 16 * 1024);
    add_frame(r, model);
    TRY(views_render(r->site->views, r->work->language, r->work->now_us, template_name, model,
                     &out));
    return answer(r, status, "text/html; charset=utf-8", BYTES(out.at, out.length));
}

struct err *
page(struct req *r, const char *template_name, struct val *model)
{
    return page_status(r, 200, template_name, model);
}

/* ---- The others ---- */

struct err *
json_answer(struct req *r, int status, const struct buf *json)
{
    return answer(r, status, "application/json", BYTES(json->at, json->length));
}

struct err *
text_answer(struct req *r, int status, const char *type, const char *text)
{
    return answer(r, status, type, BYTES(text, strlen(text)));
}

struct err *
bytes_answer(struct req *r, int status, const char *type, struct bytes body)
{
    return answer(r, status, type, body);
}

struct err *
see_other(struct req *r, const char *path)
{
    must(path[0] == '/' && path[1] != '/' && path[1] != '\\');
    resp_header(r, "Location", path);
    return answer(r, 303, NULL, BYTES("", 0));
}

struct err *
no_content(struct req *r)
{
    return answer(r, 204, NULL, BYTES("", 0));
}

/* ---- Conditions (RFC 9110 section 13) ---- */

/* Is `tag` in a list like `"a", W/"b"`, or the list `*`? Strong comparison leaves W/ out. */
static bool
names_tag(const char *list, const char *tag, bool weak)
{
    size_t n = strlen(tag);
    while (*list) {
        list += strspn(list, " \t,");
        if (*list == '*')
            return true;
        bool is_weak = list[0] == 'W' && list[1] == '/';
        list += is_weak ? 2 : 0;
        if (*list != '"')
            return false;
        const char *end = strchr(list + 1, '"');
        if (!end)
            return false;
        if ((weak || !is_weak) && (size_t)(end - list - 1) == n && memcmp(list + 1, tag, n) == 0)
            return true;
        list = end + 1;
    }
    return false;
}

bool
resp_unchanged(struct req *r, const char *tag)
{
    const char *known = header_text(r, "HTTP_IF_NONE_MATCH");
    resp_header(r, "ETag", text_join(r->work->arena, "\"", tag, "\"", NULL));
    if (!known || r->method != GET || !names_tag(known, tag, true))
        return false;
    r->resp.status = 304;
    r->resp.body = BYTES("", 0);
    return true;
}

struct err *
require_match(struct req *r, const char *tag)
{
    const char *wanted = header_text(r, "HTTP_IF_MATCH");
    if (!wanted && r->api)
        return FAIL(r->work->arena, ERR_NO_CONDITION, "request.if_match",
                    "Send If-Match with the ETag of what you changed.");
    if (wanted && !names_tag(wanted, tag, false))
        return FAIL(r->work->arena, ERR_STALE, "request.stale",
                    "This was changed meanwhile. Read it again, then decide.");
    return NULL;
}
