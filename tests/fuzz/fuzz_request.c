/* A whole request (fuzz.h says how it is written) through the dispatcher: request line, query,
 * cookies, language, route, guards, body, failure page or problem document. Who asks is told by
 * the parameter WHO. Every header must be one line, every JSON must be JSON. */
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/form.h"
#include "http/json.h"
#include "http/upload.h"

/* ---- A site that answers with what it was asked ---- */

static void
put_pairs(struct json *j, const char *name, const struct pairs *pairs)
{
    json_put_array(j, name);
    for (size_t i = 0; i < pairs->count; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "name", pairs->at[i].name);
        json_put_text(j, "value", pairs->at[i].value);
        json_put_end(j);
    }
    json_put_end(j);
}

static struct err *
put_body(struct req *r, struct json *j)
{
    struct form f;
    struct upload upload;
    if (r->route->body == NO_BODY)
        return NULL;
    if (r->route->body == UPLOAD)
        TRY(upload_read(r, 2048, &upload));
    TRY(form_read(r, &f));
    json_put_text(j, "text", form_text(&f, "text", 0, 100));
    json_put_text(j, "word", form_word(&f, "word", 0, 10));
    json_put_i64(j, "number", form_i64(&f, "number", -9, 9, 0));
    return form_done(&f);
}

static struct err *
echo(struct req *r)
{
    struct json j = json_begin(r->work->arena);
    int64_t limit, id = 0;
    TRY(query_limit(r, 20, 100, &limit));
    if (r->params[0])
        TRY(param_id(r, 0, &id));
    json_put_object(&j, NULL);
    json_put_text(&j, "path", r->path);
    json_put_id(&j, "id", id);
    json_put_i64(&j, "limit", limit);
    json_put_text(&j, "language", r->work->language);
    put_pairs(&j, "query", &r->query);
    put_pairs(&j, "cookies", &r->cookies);
    TRY(put_body(r, &j));
    json_put_end(&j);
    TRY(require_match(r, "v1"));
    if (resp_unchanged(r, "v1"))
        return NULL;
    return json_answer(r, 200, &j.out);
}

/* clang-format off */
static const struct route rows[] = {
    { GET,    "/",                                 NO_BODY,  WHO_ANYONE, "none", MAY_ALL,           CSRF_NONE,   TX_NONE, echo },
    { GET,    "/vendor/products/{product}",        NO_BODY,  WHO_VENDOR, "none", MAY_SEE_SHOP,      CSRF_NONE,   TX_NONE, echo },
    { POST,   "/vendor/products/{product}",        FORM_8K,  WHO_VENDOR, "none", MAY_EDIT_PRODUCTS, CSRF_TOKEN,  TX_NONE, echo },
    { POST,   "/vendor/products/{product}/images", UPLOAD,   WHO_VENDOR, "none", MAY_EDIT_PRODUCTS, CSRF_TOKEN,  TX_NONE, echo },
    { GET,    "/admin/",                           NO_BODY,  WHO_ADMIN,  "none", MAY_OPERATE,       CSRF_NONE,   TX_NONE, echo },
    { POST,   "/login",                            FORM_8K,  WHO_ANYONE, "none", MAY_ALL,           CSRF_ORIGIN, TX_NONE, echo },
    { GET,    "/healthz",                          NO_BODY,  WHO_LOCAL,  "none", MAY_ALL,           CSRF_NONE,   TX_NONE, echo },
    { GET,    "/api/v1/shops/{shop}/a/{one}/{two}", NO_BODY, WHO_ANYONE, "none", MAY_ALL,           CSRF_NONE,   TX_NONE, echo },
    { POST,   "/api/v1/things",                    JSON_8K,  WHO_ANYONE, "none", MAY_ALL,           CSRF_NONE,   TX_NONE, echo },
    { POST,   "/api/v1/files",                     UPLOAD,   WHO_ANYONE, "none", MAY_ALL,           CSRF_NONE,   TX_NONE, echo },
    { DELETE, "/api/v1/things/{thing}",            NO_BODY,  WHO_LOGIN,  "none", MAY_ALL,           CSRF_TOKEN,  TX_NONE, echo },
};
/* clang-format on */

static struct err *
who_answer(struct req *r)
{
    const char *who = header_text(r, "WHO");
    struct visitor *v = &r->visitor;
    if (!who)
        return NULL;
    v->user.n = 7;
    v->role = text_is(who, "admin") ? ROLE_ADMIN : ROLE_OWNER;
    v->vendor.n = v->role == ROLE_ADMIN ? 0 : 3;
    v->by_token = text_is(who, "token");
    v->session = v->by_token ? NULL : "0123456789abcdef0123456789abcdef0123456789a";
    return NULL;
}

static struct site
make_site(struct arena *a)
{
    static const struct route_table table = { rows, COUNT(rows) };
    struct site site = *fuzz_site();
    struct router *router;
    EXPECT(!router_build(a, &table, 1, &router));
    site.router = router;
    site.guards.who_answer = who_answer;
    return site;
}

/* ---- What must be true of every answer ---- */

static void
check_headers(const struct req *r, bool *json)
{
    *json = false;
    for (int i = 0; i < r->resp.header_count; i++) {
        const struct header *h = &r->resp.headers[i];
        for (const char *c = h->value; *c; c++)
            EXPECT((unsigned char)*c >= 0x20 && *c != 0x7f);
        *json |= text_is(h->name, "Content-Type") && strstr(h->value, "json");
    }
}

static const char *
header_of(const struct req *r, const char *name)
{
    for (int i = 0; i < r->resp.header_count; i++)
        if (text_is(r->resp.headers[i].name, name))
            return r->resp.headers[i].value;
    return NULL;
}

/* Who refuses a method says which would do, and that one is not among them. */
static void
check_method(const struct req *r)
{
    static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };
    const char *asked = header_text(r, "REQUEST_METHOD"), *allow = header_of(r, "Allow");
    for (size_t i = 0; i < COUNT(known) && r->resp.status == 405; i++)
        if (text_is(asked, known[i]))
            EXPECT(allow && !strstr(allow, asked));
}

static void
check_answer(const struct req *r)
{
    bool is_json;
    EXPECT(r->resp.status >= 200 && r->resp.status < 600 && r->resp.status != 500);
    check_headers(r, &is_json);
    check_method(r);
    EXPECT(text_is_utf8(r->resp.body, NULL));
    if (!is_json || !r->resp.body.length)
        return;
    json_t *json = json_loadb((const char *)r->resp.body.at, r->resp.body.length, 0, NULL);
    EXPECT(json);
    json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct site site = make_site(a);
    struct work w = fuzz_work(a);
    struct fuzz_request f;
    struct req r;
    fuzz_request_read(a, BYTES(data, size), &f);
    dispatch(&site, &w, &f.source, &r);
    check_answer(&r);
    arena_free(a);
    return 0;
}
