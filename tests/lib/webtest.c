/* The site is wired by main/wiring.c, as `souk web` does; only the source of requests is another.
 */
#include "webtest.h"

#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "accounts/jwt.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "http/cookie.h"
#include "http/site.h"
#include "images/storage.h"
#include "limits/limits.h"
#include "main/wiring.h"

#define FAR_AWAY   1000000
#define ARENA_MOST ((size_t)512 * 1024 * 1024)
#define BOUNDARY   "--------souk-web-test"

static struct bytes
bytes_of(const char *text)
{
    return BYTES(text, strlen(text));
}

/* ---- Start and end ---- */

static const char *
make_folder(struct arena *a, const char *under, const char *name)
{
    const char *path = text_printf(a, "%s/%s", under, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static const char *
make_secret(struct arena *a, const char *folder)
{
    const char *path = text_printf(a, "%s/secret", folder);
    uint8_t secret[32];
    random_fill(secret, sizeof(secret));
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(secret, 1, sizeof(secret), out), sizeof(secret));
    fclose(out);
    return path;
}

struct web *
web_prepare(struct dbtest *t)
{
    struct arena *a = t->process;
    struct web *w = NEW(a, struct web);
    char *folder = text_copy(a, "/tmp/souk-web-XXXXXX");
    assert_non_null(mkdtemp(folder));
    w->db = t;
    w->folder = folder;
    struct settings *s = &t->settings;
    s->templates = SOUK_SRCDIR "/templates";
    s->statics = SOUK_SRCDIR "/static";
    s->media = make_folder(a, folder, "media");
    s->uploads = make_folder(a, folder, "uploads");
    s->feeds = make_folder(a, folder, "feeds");
    s->exchange = make_folder(a, folder, "exchange");
    s->import_bytes = (int64_t)4 << 20;
    s->secret_file = make_secret(a, folder);
    s->public_url = "https://souk.test";
    s->api_per_minute = s->login_per_minute = s->upload_per_minute = FAR_AWAY;
    s->register_per_hour = s->forgot_per_hour = s->orders_per_minute = FAR_AWAY;
    s->order_hours = 72;
    s->registration = true;
    return w;
}

static struct person
make_person(struct web *w, const char *name, enum role role, struct vendor_id shop)
{
    struct person p = { .name = name, .role = role, .shop = shop };
    p.email = text_printf(w->db->process, "%s@%lld.example",
                          role == ROLE_ADMIN ? "operator" : role_name(role), (long long)shop.n);
    p.user.n = dbtest_number(w->db,
                             "INSERT INTO account (email, name, password_hash, is_admin) "
                             "VALUES ('%s', 'A %s', '', %s) RETURNING id",
                             p.email, name, role == ROLE_ADMIN ? "true" : "false");
    if (shop.n)
        dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, '%s')", (long long)shop.n,
                   (long long)p.user.n, role_name(role));
    web_log_in(w, &p);
    return p;
}

void
web_wire(struct web *w)
{
    struct dbtest *t = w->db;
    struct site *site;
    w->work = t->w;
    w->work.arena = arena_new(ARENA_MOST);
    w->work.settings = &t->settings;
    w->work.cache = cache_open(t->process, text_printf(t->process, "unix:%s/no-redis", w->folder));
    w->work.media = storage_disk(t->process, t->settings.media);
    assert_no_err(wire_site(t->process, &w->work, &site));
    w->site = site;
    w->mine = dbtest_vendor(t, "mine");
    w->theirs = dbtest_vendor(t, "theirs");
    w->owner = make_person(w, "owner", ROLE_OWNER, w->mine);
    w->manager = make_person(w, "manager", ROLE_MANAGER, w->mine);
    w->staff = make_person(w, "member of staff", ROLE_STAFF, w->mine);
    w->stranger = make_person(w, "owner of another shop", ROLE_OWNER, w->theirs);
    w->operator= make_person(w, "operator", ROLE_ADMIN, (struct vendor_id){ 0 });
}

int
web_start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct web *w = web_prepare(*state);
    web_wire(w);
    *state = w;
    return 0;
}

static int
remove_one(const char *path, const struct stat *facts, int type, struct FTW *at)
{
    (void)facts;
    (void)type;
    (void)at;
    return remove(path);
}

int
web_stop(void **state)
{
    struct web *w = *state;
    void *t = w->db;
    limits_close(limits_in_use(), NULL);
    nftw(w->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(w->work.arena);
    cache_close(w->work.cache);
    return dbtest_stop(&t);
}

int
web_before(void **state)
{
    struct web *w = *state;
    void *t = w->db;
    arena_reset(w->work.arena);
    return dbtest_before(&t);
}

int
web_after(void **state)
{
    struct web *w = *state;
    void *t = w->db;
    return dbtest_after(&t);
}

/* ---- Who asks ---- */

struct caller
as(const struct person *p)
{
    return (struct caller){ .person = p };
}

struct caller
by_token(const struct person *p)
{
    return (struct caller){ .person = p, .by_token = true };
}

struct caller
nobody(void)
{
    return (struct caller){ 0 };
}

void
web_log_in(struct web *w, struct person *p)
{
    uint8_t raw[32];
    random_fill(raw, sizeof(raw));
    p->session = base64url(w->db->process, BYTES(raw, sizeof(raw)));
    struct sha256 hash = sha256_of(bytes_of(p->session));
    dbtest_sql(w->db,
               "INSERT INTO session (token_hash, account_id, acting_vendor, expires_at) "
               "VALUES ('\\x%s', %lld, NULLIF(%lld, 0), now() + interval '1 hour')",
               hex_text(w->db->process, BYTES(hash.bytes, sizeof(hash.bytes))),
               (long long)p->user.n, (long long)p->shop.n);
}

void
web_give_password(struct web *w, const struct person *p, const char *password)
{
    const char *hash;
    assert_no_err(password_hash(&w->work, password, &hash));
    dbtest_sql(w->db, "UPDATE account SET password_hash = '%s' WHERE id = %lld", hash,
               (long long)p->user.n);
}

static const char *
bearer(struct web *w, const struct person *p)
{
    int64_t now_s = clock_now_us() / SECOND_US;
    const struct jwt_claims claims = { p->user, p->shop, 1, now_s, now_s + JWT_LIFE_S };
    return text_printf(w->work.arena, "Bearer %s", jwt_make(&w->work, &claims));
}

const char *
web_csrf(struct web *w, const struct person *p)
{
    const struct req r = { .work = &w->work, .site = w->site, .visitor.session = p->session };
    return csrf_token(&r);
}

/* ---- A request ---- */

struct incoming {
    struct header params[CALL_HEADERS_MAX + 12];
    int count;
    struct bytes body; /* what was not read yet */
};

static void
set(struct incoming *in, const char *name, const char *value)
{
    must(in->count < (int)COUNT(in->params));
    if (value)
        in->params[in->count++] = (struct header){ name, value };
}

static const char *
param(void *arg, const char *name)
{
    const struct incoming *in = arg;
    for (int i = 0; i < in->count; i++)
        if (text_is(in->params[i].name, name))
            return in->params[i].value;
    return NULL;
}

static ptrdiff_t
read_body(void *arg, void *to, size_t length)
{
    struct incoming *in = arg;
    size_t n = length < in->body.length ? length : in->body.length;
    if (n)
        memcpy(to, in->body.at, n);
    in->body = BYTES(in->body.at + n, in->body.length - n);
    return (ptrdiff_t)n;
}

static bool
writes(const char *method)
{
    return !text_is(method, "GET") && !text_is(method, "HEAD");
}

static void
set_credential(struct web *w, const struct call *c, struct incoming *in)
{
    const struct req r = { .work = &w->work, .site = w->site };
    if (!c->who.person)
        return;
    if (c->who.by_token) {
        set(in, "HTTP_AUTHORIZATION", bearer(w, c->who.person));
        return;
    }
    set(in, "HTTP_COOKIE",
        text_printf(w->work.arena, "%s=%s", cookie_name(&r, "session"), c->who.person->session));
    if (writes(c->method) && !c->no_token)
        set(in, "HTTP_X_CSRF_TOKEN", web_csrf(w, c->who.person));
}

static struct incoming
incoming(struct web *w, const struct call *c)
{
    struct incoming in = { .body = c->body };
    for (int i = 0; i < CALL_HEADERS_MAX; i++) /* first: they win over those below */
        set(&in, c->headers[i].name, c->headers[i].value);
    set(&in, "REQUEST_METHOD", c->method);
    set(&in, "REQUEST_URI", c->path);
    set(&in, "REMOTE_ADDR", c->address ? c->address : "192.0.2.1");
    set(&in, "CONTENT_TYPE", c->type);
    set(&in, "CONTENT_LENGTH", text_printf(w->work.arena, "%zu", c->body.length));
    set_credential(w, c, &in);
    return in;
}

static void
free_arena(void *arena)
{
    arena_free(arena);
}

/* Each request has an arena with a worker's ceiling, which ends with the test. */
struct reply
web_send(struct web *w, const struct call *call)
{
    struct incoming in = incoming(w, call);
    const struct source source = { param, read_body, &in };
    struct work work = w->work;
    struct req r;
    work.arena = arena_new((size_t)w->db->settings.arena_bytes);
    arena_defer(w->work.arena, free_arena, work.arena);
    dispatch(w->site, &work, &source, &r);
    struct reply reply = { .status = r.resp.status,
                           .header_count = r.resp.header_count,
                           .body = r.resp.body.length
                                       ? text_copy_n(work.arena, r.resp.body.at, r.resp.body.length)
                                       : "",
                           .length = r.resp.body.length,
                           .route = r.route };
    memcpy(reply.headers, r.resp.headers, sizeof(reply.headers));
    return reply;
}

struct reply
web_get(struct web *w, struct caller who, const char *path)
{
    return web_send(w, &(struct call){ .who = who, .method = "GET", .path = path });
}

struct reply
web_post(struct web *w, struct caller who, const char *path, const char *form)
{
    return web_send(w, &(struct call){ .who = who,
                                       .method = "POST",
                                       .path = path,
                                       .type = "application/x-www-form-urlencoded",
                                       .body = bytes_of(form) });
}

struct reply
web_json(struct web *w, struct caller who, const char *method, const char *path, const char *json)
{
    struct call call = { .who = who, .method = method, .path = path };
    if (json) {
        call.type = "application/json";
        call.body = bytes_of(json);
    }
    if (text_is(method, "PATCH") || text_is(method, "DELETE"))
        call.headers[0] = (struct header){ "HTTP_IF_MATCH", "*" };
    return web_send(w, &call);
}

struct reply
web_upload(struct web *w, struct caller who, const char *path, struct bytes file)
{
    struct buf b = buf_new(w->work.arena, file.length + 1024);
    buf_text(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"image\"; "
                 "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
    buf_add(&b, file.at, file.length);
    buf_text(&b, "\r\n--" BOUNDARY "--\r\n");
    return web_send(w, &(struct call){ .who = who,
                                       .method = "POST",
                                       .path = path,
                                       .type = "multipart/form-data; boundary=" BOUNDARY,
                                       .body = BYTES(b.at, b.length) });
}

/* One red point. */
struct bytes
web_picture(struct web *w)
{
    static const uint8_t png[] = {
        0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 'I',  'H',
        'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    2,    0,    0,
        0,    0x90, 0x77, 0x53, 0xde, 0,    0,    0,    0x0c, 'I',  'D',  'A',  'T',  0x08,
        0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0,    0,    0x03, 0x01, 0x01, 0,    0x18, 0xdd, 0x8d,
        0xb0, 0,    0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82,
    };
    (void)w;
    return BYTES(png, sizeof(png));
}

/* ---- What came ---- */

const char *
reply_header(const struct reply *r, const char *name)
{
    for (int i = 0; i < r->header_count; i++)
        if (strcasecmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return NULL;
}

void
assert_status(struct reply r, int status)
{
    if (r.status != status)
        fail_msg("%s: expected %d, not %d: %.600s", r.route ? r.route->path : "no route", status,
                 r.status, r.body);
}

void
assert_body_has(struct reply r, const char *text)
{
    if (!strstr(r.body, text))
        fail_msg("\"%s\" is not in: %.2000s", text, r.body);
}

void
assert_problem(struct reply r, int status, const char *code)
{
    assert_status(r, status);
    assert_string_equal(reply_header(&r, "Content-Type"), "application/problem+json");
    json_t *document = json_loadb(r.body, r.length, 0, NULL);
    assert_non_null(document);
    assert_int_equal(json_integer_value(json_object_get(document, "status")), status);
    assert_string_equal(json_string_value(json_object_get(document, "code")), code);
    assert_non_null(json_string_value(json_object_get(document, "request_id")));
    json_decref(document);
}
