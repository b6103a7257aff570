/* Every route as every kind of person, from the program's own table: what must come of a request
 * follows from its row's columns, so a route that is added later is walked without being named
 * here.
 *
 * What a new route may need: its parameter's name in `things` (else an id that nobody has is asked
 * for), its fields in the bodies below (else its handler refuses them, which passes but shows
 * less), and where nobody need be logged in a line with a reason in `open_writes`, or a place in
 * `open_places` for a read. */
#include "webtest.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "exchange/columns.h"
#include "http/site.h"

#define MUCH_TEXT 512

/* A write without a log-in is a hole until somebody has said why it is none. */
static const struct {
    enum method method;
    const char *path, *why;
} open_writes[] = {
    { POST, "/invitation", "the token of a mail is the power to use it" },
    { POST, "/api/v1/webhooks/stripe",
      "the signature over its body is the power; reads no cookie" },
    { POST, "/login", "there is no session yet; Origin is looked at, tries are limited" },
    { POST, "/login/code", "the cookie of its first step is no session; Origin is looked at" },
    { POST, "/login/unlock", "takes a token that was mailed; Origin is looked at" },
    { POST, "/api/v1/auth/token", "takes a password, tries are limited, reads no cookie" },
    { POST, "/register", "opens nothing before the link of its mail is used; tries are limited" },
    { POST, "/register/again", "sends the same mail again; tries are limited" },
    { POST, "/api/v1/auth/register", "as by page; reads no cookie" },
    { POST, "/verify", "carries the link of a mail, which is spent by it; reads no cookie" },
    { POST, "/password/forgot", "changes nothing; tries are limited" },
    { POST, "/password/reset",
      "carries the link of a mail, which is spent by it; reads no cookie" },
    { POST, "/account/email/confirm",
      "carries the link of a mail, which is spent by it; reads no cookie" },
    { POST, "/account/email/undo",
      "carries the link of a mail, which is spent by it; reads no cookie" },
    { POST, "/shops/{shop}/basket", "writes a cookie of the asker's and nothing else" },
    { POST, "/shops/{shop}/orders", "anybody may buy; Origin is looked at, tries are limited" },
    { POST, "/api/v1/shops/{shop}/orders", "anybody may buy; reads no cookie, tries are limited" },
    { POST, "/api/v1/auth/refresh", "takes a token that is spent by it, reads no cookie" },
};

/* Where anybody may read: a shop window, the doors, and the links of mails. */
static const char *const open_places[] = {
    "/healthz",  "/readyz", "/",           "/login", "/password/",     "/account/email/confirm",
    "/register", "/verify", "/invitation", "/shops", "/api/v1/shops/", "/account/email/undo",
};

/* What stands in an area is for that area's people, and for those of them who may. */
static const struct {
    const char *below;
    enum who_kind who;
} areas[] = {
    { "/admin", WHO_ADMIN },
    { "/api/v1/admin", WHO_ADMIN },
    { "/vendor", WHO_VENDOR },
    { "/api/v1/vendor", WHO_VENDOR },
};

static const char *const methods[METHODS] = {
    [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
};

/* Fields that some form or document wants; %lld makes what may be there once new each time. */
#define FORM                                                                                       \
    "sku=WALK-%lld&slug=walk-%lld&email=walk-%lld%%40example.org&owner_email=w%lld%%40example.org" \
    "&id=%lld&price=1.00&translations.en.title=Walked&name=Walked&password=walked-and-walked"      \
    "&language=en&currency=EUR&do=delete&sure=1&theme=dark&next=/&reason=walked&remove=1"
#define JSON                                                                                       \
    "{\"sku\":\"WALK-%lld\",\"slug\":\"walk-%lld\",\"email\":\"walk-%lld@example.org\","           \
    "\"owner_email\":\"w%lld@example.org\",\"price\":{\"amount\":100,\"currency\":\"EUR\"},"       \
    "\"translations\":{\"en\":{\"title\":\"Walked\"}},\"name\":\"Walked\",\"state\":"              \
    "\"suspended\","                                                                               \
    "\"password\":\"walked-and-walked\",\"refresh_token\":\"walked\"}"

/* ---- What addresses name ---- */

/* What one shop has, made anew when a request may have changed it. */
struct things {
    int64_t product, image, session, member, invitation, key, order, customer, import, export;
    int64_t hook, delivery;
    int64_t variant, warehouse;
    struct vendor_id vendor;
    const char *shop;
};

static int64_t
product_of(struct web *w, struct vendor_id v)
{
    return dbtest_number(
        w->db,
        "INSERT INTO product (vendor_id, sku, price_minor, currency, status) "
        "VALUES (%lld, 'sku-' || gen_random_uuid(), 100, 'EUR', 'active') RETURNING id",
        (long long)v.n);
}

static int64_t
image_of(struct web *w, struct vendor_id v, int64_t product)
{
    dbtest_sql(w->db,
               "INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, "
               "width_200, height_200, bytes, bytes_800, bytes_200) "
               "VALUES (sha256('walk'), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) ON CONFLICT DO NOTHING");
    return dbtest_number(w->db,
                         "INSERT INTO product_image (vendor_id, product_id, hash, position) "
                         "VALUES (%lld, %lld, sha256('walk'), 1) RETURNING id",
                         (long long)v.n, (long long)product);
}

static int64_t
variant_of(struct web *w, struct vendor_id v, int64_t product)
{
    return dbtest_number(w->db,
                         "INSERT INTO product_variant (vendor_id, product_id, sku, option_values) "
                         "VALUES (%lld, %lld, gen_random_uuid(), '{walked}') RETURNING id",
                         (long long)v.n, (long long)product);
}

static int64_t
warehouse_of(struct web *w, struct vendor_id v)
{
    return dbtest_number(w->db,
                         "INSERT INTO warehouse (vendor_id, code, name) "
                         "VALUES (%lld, gen_random_uuid(), 'Walked') RETURNING id",
                         (long long)v.n);
}

static int64_t
customer_of(struct web *w, struct vendor_id v)
{
    return dbtest_number(w->db,
                         "INSERT INTO customer (vendor_id, email) "
                         "VALUES (%lld, gen_random_uuid() || '@example.org') RETURNING id",
                         (long long)v.n);
}

static int64_t
order_of(struct web *w, struct vendor_id v, int64_t customer)
{
    return dbtest_number(w->db,
                         "INSERT INTO orders (vendor_id, external, customer_id, items_minor, "
                         "total_minor, currency) VALUES (%lld, gen_random_uuid(), %lld, 1, 1, "
                         "'EUR') RETURNING id",
                         (long long)v.n, (long long)customer);
}

static int64_t
member_of(struct web *w, struct vendor_id v)
{
    int64_t account =
        dbtest_number(w->db, "INSERT INTO account (email, password_hash) "
                             "VALUES (gen_random_uuid() || '@example.org', '') RETURNING id");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)v.n,
               (long long)account);
    return account;
}

static int64_t
invitation_of(struct web *w, struct vendor_id v)
{
    return dbtest_number(w->db,
                         "INSERT INTO invitation (vendor_id, email, role, token_hash, expires_at) "
                         "VALUES (%lld, gen_random_uuid() || '@example.org', 'staff', "
                         "sha256(gen_random_uuid()::text::bytea), now() + interval '1 day') "
                         "RETURNING id",
                         (long long)v.n);
}

/* One whose file is gone: what it may do still ends before that is found out, or says so. */
static int64_t
import_of(struct web *w, struct vendor_id v)
{
    struct import_plan plan = { .shape = { .encoding = ENCODING_UTF8,
                                           .line_end = LINE_END_LF,
                                           .separator = ',',
                                           .header_row = 1,
                                           .dialect = DIALECT_OTHER } };
    return dbtest_number(w->db,
                         "INSERT INTO import (vendor_id, name, path, bytes, hash, plan) "
                         "VALUES (%lld, 'walked.csv', 'gone', 1, sha256('x'), '%s') RETURNING id",
                         (long long)v.n, plan_to_json(w->work.arena, &plan));
}

static int64_t
key_of(struct web *w, struct vendor_id v, int64_t member)
{
    return dbtest_number(w->db,
                         "INSERT INTO api_key (vendor_id, account_id, name, hint, token_hash, "
                         "scopes) VALUES (%lld, %lld, 'walked', 'souk_', "
                         "sha256(gen_random_uuid()::text::bytea), '{products.read}') RETURNING id",
                         (long long)v.n, (long long)member);
}

static int64_t
hook_of(struct web *w, struct vendor_id v)
{
    dbtest_sql(w->db, "DELETE FROM hook_endpoint");
    return dbtest_number(w->db,
                         "INSERT INTO hook_endpoint (vendor_id, address, events, salt) VALUES "
                         "(%lld, 'https://walked.example/', '{order.paid}', '0123456789abcdef') "
                         "RETURNING id",
                         (long long)v.n);
}

static int64_t
delivery_of(struct web *w, struct vendor_id v, int64_t hook)
{
    return dbtest_number(w->db,
                         "INSERT INTO hook_delivery (vendor_id, endpoint_id, event_id, event, "
                         "kind, object_id, sequence, data, state, ended_at) VALUES (%lld, %lld, "
                         "gen_random_uuid(), 'order.paid', 'order', 1, 1, '{}', 'done', now()) "
                         "RETURNING id",
                         (long long)v.n, (long long)hook);
}

/* Whom a request has sent away comes back. */
static void
restore_team(struct web *w)
{
    const struct person *team[] = { &w->owner, &w->manager, &w->staff, &w->stranger };
    for (size_t i = 0; i < COUNT(team); i++)
        dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, '%s') ON CONFLICT DO NOTHING",
                   (long long)team[i]->shop.n, (long long)team[i]->user.n,
                   role_name(team[i]->role));
    dbtest_sql(w->db, "DELETE FROM invitation");
}

/* What the last writes have left as it was is used again: most requests change nothing. */
static struct things kept[2];
static int kept_count;

static struct things
new_things(struct web *w, struct vendor_id v, const char *shop)
{
    struct things t = { .vendor = v, .shop = shop };
    dbtest_sql(w->db, "UPDATE vendor SET state = 'active' WHERE id = %lld", (long long)v.n);
    t.product = product_of(w, v);
    t.image = image_of(w, v, t.product);
    t.variant = variant_of(w, v, t.product);
    t.warehouse = warehouse_of(w, v);
    t.customer = customer_of(w, v);
    t.order = order_of(w, v, t.customer);
    restore_team(w);
    t.member = member_of(w, v);
    t.invitation = invitation_of(w, v);
    t.key = key_of(w, v, t.member);
    t.import = import_of(w, v);
    t.export = dbtest_number(w->db,
                             "INSERT INTO export (vendor_id, format, languages) "
                             "VALUES (%lld, 'own', '{en}') RETURNING id",
                             (long long)v.n);
    t.hook = hook_of(w, v);
    t.delivery = delivery_of(w, v, t.hook);
    return t;
}

static struct things
things_of(struct web *w, const struct person *p, const char *shop)
{
    struct sha256 hash = sha256_of(BYTES(p->session, strlen(p->session)));
    int i = 0;
    while (i < kept_count && kept[i].vendor.n != p->shop.n)
        i++;
    if (i == kept_count) {
        must(kept_count < (int)COUNT(kept));
        kept[kept_count++] = new_things(w, p->shop, shop);
    }
    struct things t = kept[i];
    t.session = dbtest_number(w->db, "SELECT id FROM session WHERE token_hash = '\\x%s'",
                              hex_text(w->work.arena, BYTES(hash.bytes, sizeof(hash.bytes))));
    return t;
}

static const char *
thing_named(struct arena *a, const struct things *t, const char *name, size_t length)
{
    const struct {
        const char *name;
        int64_t id;
    } ids[] = {
        { "product", t->product },   { "image", t->image },           { "session", t->session },
        { "member", t->member },     { "invitation", t->invitation }, { "key", t->key },
        { "vendor", t->vendor.n },   { "order", t->order },           { "customer", t->customer },
        { "import", t->import },     { "export", t->export },         { "hook", t->hook },
        { "delivery", t->delivery }, { "variant", t->variant },       { "warehouse", t->warehouse }
    };
    if (length == 4 && memcmp(name, "shop", 4) == 0)
        return t->shop;
    if (length == 4 && memcmp(name, "rule", 4) == 0)
        return "search-ip";
    if (length == 8 && memcmp(name, "language", 8) == 0)
        return "en";
    if (length == 7 && memcmp(name, "channel", 7) == 0)
        return "meta";
    if (length == 4 && memcmp(name, "step", 4) == 0)
        return "pay";
    for (size_t i = 0; i < COUNT(ids); i++)
        if (strlen(ids[i].name) == length && memcmp(name, ids[i].name, length) == 0)
            return text_printf(a, "%lld", (long long)ids[i].id);
    return "999999999999";
}

static const char *
address(struct arena *a, const struct route *row, const struct things *t)
{
    struct buf b = buf_new(a, 128);
    for (const char *s = row->path; *s; s++) {
        size_t n = strcspn(s, "}");
        if (*s != '{') {
            buf_char(&b, *s);
            continue;
        }
        buf_text(&b, thing_named(a, t, s + 1, n - 1));
        s += n;
    }
    return b.at;
}

/* ---- Asking ---- */

static struct call
call_of(struct web *w, const struct route *row, struct caller who, const struct things *t)
{
    static const char part[] =
        "--walk\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";
    static const char table[] = "--walk\r\nContent-Disposition: form-data; name=\"file\"; "
                                "filename=\"a.csv\"\r\n\r\nsku,title,price\nWALK-1,Walked,1.00\n"
                                "\r\n--walk--\r\n";
    struct arena *a = w->work.arena;
    struct call c = { .who = who, .method = methods[row->method], .path = address(a, row, t) };
    struct buf b = buf_new(a, MUCH_TEXT);
    static long long once; /* a name in it is used once */
    once++;
    if (row->method != GET)
        c.headers[0] = (struct header){ "HTTP_IF_MATCH", "*" };
    switch (row->body) {
    case FORM_8K:
    case FORM_64K:
        c.type = "application/x-www-form-urlencoded";
        buf_printf(&b, FORM, once, once, once, once, once);
        break;
    case JSON_8K:
    case JSON_1M:
        c.type = "application/json";
        buf_printf(&b, JSON, once, once, once, once);
        break;
    case RAW_256K:
        c.type = "application/json";
        buf_text(&b, "{}");
        break;
    case UPLOAD_FILE:
        c.type = "multipart/form-data; boundary=walk";
        buf_text(&b, table);
        break;
    case UPLOAD:
        c.type = "multipart/form-data; boundary=walk";
        buf_text(&b, part);
        buf_add(&b, web_picture(w).at, web_picture(w).length);
        buf_text(&b, "\r\n--walk--\r\n");
        break;
    default:
        break;
    }
    c.body = BYTES(b.at, b.length);
    return c;
}

static bool
has(const char *list, const char *word)
{
    return list && strstr(list, word);
}

/* What every answer owes whoever gets it. */
static void
check_headers(const struct reply *r, const struct call *c)
{
    const char *policy = reply_header(r, "Content-Security-Policy"),
               *type = reply_header(r, "Content-Type"), *id = reply_header(r, "X-Request-Id");
    bool page = type && text_starts(type, "text/html");
    assert_true(has(policy, "default-src 'none'") && has(policy, "frame-ancestors 'none'"));
    assert_false(has(policy, "unsafe-inline") || has(policy, "unsafe-eval"));
    assert_true(page || has(policy, "sandbox"));
    assert_true(text_is(reply_header(r, "X-Content-Type-Options"), "nosniff"));
    assert_true(has(reply_header(r, "Strict-Transport-Security"), "max-age="));
    assert_true(id && strlen(id) == 32);
    assert_true(!r->length || type);
    /* What is not for all says so; what is for all knows nobody. */
    if (!has(reply_header(r, "Cache-Control"), "no-store")) {
        assert_int_equal(r->route->who, WHO_ANYONE);
        assert_null(reply_header(r, "Set-Cookie"));
        assert_true(!c->who.person || !has(r->body, c->who.person->email));
    }
    for (int i = 0; i < r->header_count; i++) {
        assert_null(strpbrk(r->headers[i].value, "\r\n"));
        if (text_is(r->headers[i].name, "Set-Cookie") && has(r->headers[i].value, "session="))
            assert_true(text_starts(r->headers[i].value, "__Host-") &&
                        has(r->headers[i].value, "; HttpOnly") &&
                        has(r->headers[i].value, "; Secure"));
    }
}

static void
check_document(const struct reply *r)
{
    if (!has(reply_header(r, "Content-Type"), "json") || !r->length)
        return;
    json_t *document = json_loadb(r->body, r->length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    if (r->status >= 400) {
        assert_int_equal(json_integer_value(json_object_get(document, "status")), r->status);
        assert_non_null(json_string_value(json_object_get(document, "code")));
    }
    json_decref(document);
}

static struct reply
ask(struct web *w, const struct route *row, const struct call *c)
{
    struct reply r = web_send(w, c);
    if (row->method != GET && r.status < 400)
        kept_count = 0;
    if (r.status >= 500 || !r.status)
        fail_msg("%s %s: %d %.300s", c->method, c->path, r.status, r.body);
    assert_ptr_equal(r.route, row);
    check_headers(&r, c);
    check_document(&r);
    return r;
}

static void
expect(struct reply r, const struct call *c, const char *when, int status)
{
    const char *who = c->who.person ? c->who.person->name : "nobody";
    const char *where = reply_header(&r, "Location");
    bool asks_to_log_in = r.status == 303 && where && text_starts(where, "/login");
    if (status == 401 && !text_starts(c->path, "/api/") && asks_to_log_in)
        return;
    if (r.status != status)
        fail_msg("%s %s as %s, %s: expected %d, not %d: %.600s", c->method, c->path, who, when,
                 status, r.status, r.body);
    if (status == 401)
        assert_true(text_is(reply_header(&r, "WWW-Authenticate"), "Bearer"));
}

/* ---- What a row's columns say of a person ---- */

#define PASSES 0

static int
verdict(const struct route *row, const struct person *p)
{
    switch (row->who) {
    case WHO_ANYONE:
        return PASSES;
    case WHO_LOCAL:
        return 403; /* nobody here is */
    case WHO_LOGIN:
        if (!p)
            return 401;
        break;
    case WHO_VENDOR:
        if (!p || !p->shop.n)
            return p ? 403 : 401;
        break;
    case WHO_ADMIN:
        if (!p || p->role != ROLE_ADMIN)
            return p ? 403 : 401;
        break;
    default:
        fail_msg("%s: the walk does not know who %d is", row->path, (int)row->who);
    }
    return guard_may(p->role, row->may) ? PASSES : 403;
}

static void
each_row(struct web *w, void (*fn)(struct web *w, const struct route *row))
{
    size_t count;
    const struct route_table *tables = router_tables(w->site->router, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < tables[i].count; k++) {
            fn(w, &tables[i].rows[k]);
            arena_reset(w->work.arena);
        }
}

static struct person *
person(struct web *w, int i)
{
    struct person *const all[] = { &w->owner, &w->manager, &w->staff, &w->stranger, &w->operator};
    return i < (int)COUNT(all) ? all[i] : NULL;
}

/* ---- Tests ---- */

static void
refuse_others(struct web *w, const struct route *row)
{
    struct things mine = things_of(w, &w->owner, "mine");
    for (int i = -1; i < 0 || person(w, i); i++) {
        const struct person *p = i < 0 ? NULL : person(w, i);
        int status = verdict(row, p);
        if (status == PASSES)
            continue;
        struct call c = call_of(w, row, p ? as(p) : nobody(), &mine);
        expect(ask(w, row, &c), &c, "by cookie", status);
        if (!p)
            continue;
        c.who = by_token(p);
        expect(ask(w, row, &c), &c, "by token", status);
    }
}

static void
whom_a_row_does_not_name_is_refused(void **state)
{
    each_row(*state, refuse_others);
}

static const char *
all_of(struct web *w, struct vendor_id v)
{
    return dbtest_sql(
        w->db,
        "SELECT md5(string_agg(query_to_xml(format('SELECT * FROM %%I AS t WHERE %%I = %lld "
        "ORDER BY t::text', table_name, column_name), true, false, '')::text, '' ORDER BY "
        "table_name)) FROM information_schema.columns JOIN information_schema.tables "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE "
        "TABLE' AND (column_name = 'vendor_id' OR (table_name = 'vendor' AND column_name = 'id'))",
        (long long)v.n);
}

/* Before a form's fields are looked up its values may be refused: 422 is right too, when the body
 * above has not what the route wants. */
static void
hide_from_strangers(struct web *w, const struct route *row)
{
    bool of_a_tenant = row->who == WHO_VENDOR || row->who == WHO_LOGIN;
    /* {language} and {channel} are words, not ids: every shop has them. */
    if (!strchr(row->path, '{') || strstr(row->path, "{channel}") || !of_a_tenant ||
        verdict(row, &w->stranger) != PASSES)
        return;
    struct things mine = things_of(w, &w->owner, "mine");
    const char *before = all_of(w, w->mine);
    struct caller callers[] = { as(&w->stranger), by_token(&w->stranger) };
    for (size_t i = 0; i < COUNT(callers); i++) {
        struct call c = call_of(w, row, callers[i], &mine);
        struct reply r = ask(w, row, &c);
        if (r.status != 422 || row->body == NO_BODY)
            expect(r, &c, "with another shop's ids", 404);
    }
    assert_string_equal(all_of(w, w->mine), before);
}

static void
another_tenants_ids_are_not_found(void **state)
{
    each_row(*state, hide_from_strangers);
}

static void
refuse_forged(struct web *w, const struct route *row)
{
    static const struct {
        const char *when;
        struct header header;
    } forged[] = {
        { "without a token", { NULL, NULL } },
        { "with an empty token", { "HTTP_X_CSRF_TOKEN", "" } },
        { "with a token of its own making", { "HTTP_X_CSRF_TOKEN", "AAAA" } },
        { "with another session's token", { "HTTP_X_CSRF_TOKEN", "theirs" } },
        { "from another origin", { "HTTP_ORIGIN", "https://evil.example" } },
        { "from an origin that hides", { "HTTP_ORIGIN", "null" } },
        { "from another site", { "HTTP_SEC_FETCH_SITE", "cross-site" } },
        { "from a sister site", { "HTTP_SEC_FETCH_SITE", "same-site" } },
    };
    struct things mine = things_of(w, &w->owner, "mine");
    if (row->csrf == CSRF_NONE)
        return;
    for (int i = 0; person(w, i); i++) {
        if (verdict(row, person(w, i)) != PASSES)
            continue;
        for (size_t k = 0; k < COUNT(forged); k++) {
            struct call c = call_of(w, row, as(person(w, i)), &mine);
            bool about_token = k < 4;
            if (row->csrf == CSRF_ORIGIN && about_token)
                continue;
            c.no_token = about_token;
            c.headers[1] = forged[k].header;
            if (text_is(c.headers[1].value, "theirs"))
                c.headers[1].value =
                    web_csrf(w, person(w, i) == &w->stranger ? &w->owner : &w->stranger);
            expect(ask(w, row, &c), &c, forged[k].when, 403);
        }
    }
}

static void
a_write_by_cookie_needs_our_own_page(void **state)
{
    struct web *w = *state;
    const char *before = all_of(w, w->theirs);
    each_row(w, refuse_forged);
    assert_string_equal(all_of(w, w->theirs), before);
}

/* Which answer the right person gets is for the rooms' own tests: here, that it is one. */
static void
answer_the_right(struct web *w, const struct route *row)
{
    for (int i = -1; i < 0 || person(w, i); i++) {
        struct person *p = i < 0 ? NULL : person(w, i);
        if (verdict(row, p) != PASSES)
            continue;
        for (int token = 0; token <= (p != NULL); token++) {
            struct person *whose = p == &w->stranger ? p : &w->owner;
            dbtest_sql(w->db, "UPDATE account SET token_version = 1 "
                              "WHERE token_version <> 1"); /* as tokens here say */
            web_log_in(w, whose);
            if (p)
                web_log_in(w, p);
            struct things own = things_of(w, whose, p == &w->stranger ? "theirs" : "mine");
            struct call c = call_of(w, row, token ? by_token(p) : p ? as(p) : nobody(), &own);
            struct reply r = ask(w, row, &c);
            if (r.status == 403 || r.status == 405 || r.status == 429 ||
                (r.status == 401 && row->who != WHO_ANYONE))
                fail_msg("%s %s as %s: %d %.600s", c.method, c.path, p ? p->name : "nobody",
                         r.status, r.body);
        }
    }
}

static void
whom_a_row_names_gets_an_answer(void **state)
{
    each_row(*state, answer_the_right);
}

static bool
is_below(const char *path, const char *place)
{
    size_t n = strlen(place);
    return text_starts(path, place) &&
           (path[n] == 0 || path[n] == '/' || (n > 1 && place[n - 1] == '/'));
}

static void
check_place(struct web *w, const struct route *row)
{
    bool open = row->who != WHO_ANYONE || row->method != GET;
    (void)w;
    for (size_t i = 0; i < COUNT(areas); i++)
        if (is_below(row->path, areas[i].below) &&
            (row->who != areas[i].who || row->may == MAY_ALL))
            fail_msg("%s %s: stands below %s, and is not for its people only", methods[row->method],
                     row->path, areas[i].below);
    for (size_t i = 0; i < COUNT(open_places) && !open; i++)
        open = is_below(row->path, open_places[i]);
    if (!open)
        fail_msg("GET %s: anyone may read here; name it in open_places, or say who may", row->path);
}

static void
a_row_is_for_the_people_of_its_place(void **state)
{
    each_row(*state, check_place);
}

static void
check_write(struct web *w, const struct route *row)
{
    (void)w;
    if (row->method == GET || row->who == WHO_LOCAL)
        return;
    if (row->who != WHO_ANYONE) {
        assert_int_equal(row->csrf, CSRF_TOKEN);
        return;
    }
    for (size_t i = 0; i < COUNT(open_writes); i++)
        if (open_writes[i].method == row->method && text_is(open_writes[i].path, row->path))
            return;
    fail_msg("%s %s: anyone may write here; say why in open_writes, or who may",
             methods[row->method], row->path);
}

static void
a_write_has_a_guard_or_a_reason(void **state)
{
    each_row(*state, check_write);
}

static void
answer_head(struct web *w, const struct route *row)
{
    struct things mine = things_of(w, &w->owner, "mine");
    if (row->method != GET || verdict(row, &w->owner) != PASSES)
        return;
    struct call c = call_of(w, row, as(&w->owner), &mine);
    int status = ask(w, row, &c).status;
    c.method = "HEAD";
    expect(ask(w, row, &c), &c, "as HEAD", status);
}

static void
a_read_can_be_asked_for_by_head(void **state)
{
    each_row(*state, answer_head);
}

static void
refuse_method(struct web *w, const struct route *row)
{
    struct things mine = things_of(w, &w->owner, "mine");
    struct call c = call_of(w, row, as(&w->owner), &mine);
    c.method = "PROPFIND";
    struct reply r = web_send(w, &c);
    assert_status(r, 405);
    assert_true(has(reply_header(&r, "Allow"), methods[row->method]));
}

static void
an_unknown_method_is_told_what_is_allowed(void **state)
{
    each_row(*state, refuse_method);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_row_is_for_the_people_of_its_place),
        WEBTEST(a_write_has_a_guard_or_a_reason),
        WEBTEST(whom_a_row_does_not_name_is_refused),
        WEBTEST(another_tenants_ids_are_not_found),
        WEBTEST(a_write_by_cookie_needs_our_own_page),
        WEBTEST(a_read_can_be_asked_for_by_head),
        WEBTEST(an_unknown_method_is_told_what_is_allowed),
        WEBTEST(whom_a_row_names_gets_an_answer),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
