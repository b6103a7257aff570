/* One request from its source to its answer. The row's columns are met from left to right; Redis is
 * asked once, for the limits and the log-in together. The answer is whole in memory before the
 * commit and leaves after it: nobody sees a page for a write that did not happen. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "cache/cache.h"
#include "db/db.h"
#include "http/cookie.h"
#include "http/copy.h"
#include "http/idempotency.h"
#include "http/json.h"
#include "http/site.h"
#include "http/upload.h"
#include "view/value.h"
#include "view/views.h"

#define PATH_MOST 2048

/* ---- Reading the request line ---- */

/* 0, which no row has, for one that nobody knows: its refusal still says what is allowed. */
static enum method
method_named(const char *name, bool *head)
{
    static const char *const names[METHODS] = {
        [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
    };
    *head = text_is(name, "HEAD");
    for (int m = GET; m < METHODS; m++)
        if (text_is(*head ? "GET" : name, names[m]))
            return (enum method)m;
    return (enum method)0;
}

static struct err *
read_line(struct req *r)
{
    struct arena *a = r->work->arena;
    const char *uri = header_text(r, "REQUEST_URI"),
               *encoding = header_text(r, "HTTP_CONTENT_ENCODING");
    r->method = method_named(header_text(r, "REQUEST_METHOD"), &r->head);
    r->path = "/";
    if (!uri || uri[0] != '/' || strlen(uri) > 4 * PATH_MOST)
        return FAIL(a, ERR_MALFORMED, "request.address", "The address cannot be read.");
    size_t n = strcspn(uri, "?");
    r->path = text_copy_n(a, uri, n);
    r->api = text_starts(r->path, "/api/");
    if (n > PATH_MOST || !text_is_utf8(BYTES(uri, n), NULL))
        return FAIL(a, ERR_MALFORMED, "request.address", "The address cannot be read.");
    if (encoding && *encoding && !text_is(encoding, "identity"))
        return FAIL(a, ERR_UNSUPPORTED, "request.content_encoding",
                    "Send the request without Content-Encoding.");
    return uri[n] ? pairs_decode(a, BYTES(uri + n + 1, strlen(uri + n + 1)), &r->query) : NULL;
}

/* The language of a person: what the address asks for, what was chosen before, what the browser
 * says. The log-in may know better (accounts sets w->language). */
static void
choose_language(struct req *r)
{
    const char *asked = query_text(r, "lang"), *chosen = cookie_text(r, "language");
    if (language_known(asked)) {
        r->work->language = asked;
        if (!text_is(asked, chosen))
            resp_header(r, "Set-Cookie",
                        text_printf(r->work->arena,
                                    "language=%s; Path=/; SameSite=Lax; Max-Age=31536000", asked));
    } else if (language_known(chosen)) {
        r->work->language = chosen;
    } else {
        r->work->language = language_pick(header_text(r, "HTTP_ACCEPT_LANGUAGE"));
    }
}

static struct err *
check_length(struct req *r)
{
    const char *text = header_text(r, "CONTENT_LENGTH");
    int64_t length = 0;
    if (text && *text && (!text_to_i64(text, &length) || length < 0))
        return FAIL(r->work->arena, ERR_MALFORMED, "request.length",
                    "Content-Length is no number.");
    if ((uint64_t)length > body_ceiling(r))
        return FAIL(r->work->arena, ERR_TOO_LARGE, "request.too_large",
                    "The request is too large.");
    return NULL;
}

/* ---- The columns ---- */

static struct err *
ask_guards(struct req *r)
{
    const struct guards *g = &r->site->guards;
    struct cache *c = r->work->cache;
    struct err *e = NULL;
    if (c)
        cache_begin(c);
    if (g->who_ask)
        g->who_ask(r);
    copy_ask(r);
    if (g->rate_ask)
        g->rate_ask(r);
    if (c)
        cache_send(c);
    if (g->who_answer)
        e = g->who_answer(r);
    r->work->vendor = r->visitor.vendor; /* some limits go by vendor */
    copy_read(r);
    struct err *refused = g->rate_answer ? g->rate_answer(r) : NULL; /* may ask once more */
    if (g->who_keep && !e)
        g->who_keep(r);
    return refused ? refused : e;
}

static void
bind(struct req *r)
{
    struct work *w = r->work;
    w->user = r->visitor.user;
    w->acted_by = r->visitor.acted_by;
    w->role = r->visitor.role;
    w->vendor.n = r->route->who == WHO_VENDOR ? r->visitor.vendor.n : 0;
    w->shop = r->route->tx == TX_SHOP_READ || r->route->tx == TX_SHOP_WRITE ? r->params[0] : NULL;
}

/* What the operator writes in a shop's place is on record, whichever room did it. */
static struct err *
note_acted(struct req *r)
{
    struct work *w = r->work;
    if (!w->acted_by.n || r->method == GET || r->resp.status >= 400)
        return NULL;
    bool own = !tx_is_open(w); /* the handler's is committed already */
    if (own)
        tx_open(w, TX_WRITE);
    TRY(r->site->guards.note_acted(r));
    return own ? tx_commit(w) : NULL;
}

/* Who buys in a shop writes as its tenant; rules below the handler go by w->vendor. */
static struct err *
enter_shop(struct req *r)
{
    struct scan s;
    bool found;
    if (r->route->tx != TX_SHOP_WRITE)
        return NULL;
    TRY(db_maybe(r->work, Q_http_shop, NO_ARGS, &found, &s));
    if (!found)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "shop.unknown", "There is no such shop.");
    r->work->vendor.n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

static struct err *
ask_admittance(struct req *r)
{
    bool asks = r->site->admit && r->route->who == WHO_VENDOR && r->method != GET;
    return asks ? r->site->admit(r) : NULL;
}

static struct err *
run_handler(struct req *r)
{
    struct work *w = r->work;
    if (r->route->tx != TX_NONE) /* then the handler opens its own, or none */
        tx_open(w, r->route->tx);
    bool replayed = false;
    struct err *e = enter_shop(r);
    if (!e)
        e = idempotency_find(r, &replayed);
    if (!e && !replayed)
        e = ask_admittance(r);
    if (!e && !replayed)
        e = r->route->handler(r);
    if (!e && !replayed)
        e = note_acted(r);
    must(e || r->resp.status);
    if (!e && !replayed && r->resp.status < 400)
        e = idempotency_keep(r);
    if (e && e->kind == ERR_OUTSIDE) {
        TRY(tx_commit(w));
        return e;
    }
    if (!e && r->resp.status < 400 && tx_is_open(w))
        return tx_commit(w);
    tx_rollback(w);
    return e;
}

static void
forget_answer(struct req *r, int headers)
{
    r->resp = (struct resp){ .header_count = headers, .status = 0 };
}

/* A write that met a serialisation failure is simply run again, once, on a fresh answer. Bodies
 * stay as read; uploads open transactions of their own and are not repeated. */
static struct err *
run_and_retry(struct req *r)
{
    int headers = r->resp.header_count;
    struct err *e = run_handler(r);
    if (!e || !text_is(e->code, "db.retry") || r->route->tx == TX_NONE)
        return e;
    forget_answer(r, headers);
    return run_handler(r);
}

/* A handler that waits for somebody outside has committed what it asks; its second run finds the
 * answer, as it would after a crash in between. */
static struct err *
run_to_the_end(struct req *r)
{
    int headers = r->resp.header_count;
    struct err *e = run_and_retry(r);
    if (!e || e->kind != ERR_OUTSIDE)
        return e;
    TRY(r->site->ask_outside(r->work));
    forget_answer(r, headers);
    e = run_and_retry(r);
    must(!e || e->kind != ERR_OUTSIDE);
    return e;
}

static struct err *
handle(struct req *r, const char **allow)
{
    TRY(read_line(r));
    r->cookies = cookies_read(r->work->arena, header_text(r, "HTTP_COOKIE"));
    choose_language(r);
    TRY(router_find(r->site->router, r, allow));
    TRY(check_length(r));
    TRY(ask_guards(r));
    bind(r);
    TRY(guard_pass(r));
    if (copy_send(r))
        return NULL;
    TRY(run_to_the_end(r));
    copy_keep(r);
    return NULL;
}

/* ---- Failures ---- */

/* A person is told in the own language that something was garbled; a program's author is told
 * where. */
const char *
problem_say(const struct req *r, const struct err *e)
{
    if (r->api && e->kind == ERR_MALFORMED)
        return e->say;
    const struct language *l = views_language(r->site->views, r->work->language);
    const char *key =
        e->kind == ERR_BROKEN ? "error.500.say" : text_printf(r->work->arena, "err.%s", e->code);
    struct val *ceiling = NULL;
    if (e->limit || e->about) {
        ceiling = val_map(r->work->arena);
        val_set_text(ceiling, "about", e->about);
        val_set_count(ceiling, "used", e->used);
        val_set_count(ceiling, "limit", e->limit);
    }
    const char *words = language_knows(l, key)
                            ? language_fill(l, r->work->arena, key, ceiling, r->work->now_us)
                            : NULL;
    return words ? words : e->say;
}

static const char *
title_of(const struct req *r, int status)
{
    const struct language *l = views_language(r->site->views, r->work->language);
    const char *key = text_printf(r->work->arena, "error.%d.title", status);
    const char *words = language_fill(l, r->work->arena, key, NULL, r->work->now_us);
    return words ? words
                 : language_fill(l, r->work->arena, "error.400.title", NULL, r->work->now_us);
}

/* Of the draft that has the RateLimit headers. */
#define QUOTA_TYPE "https://iana.org/assignments/http-problem-types#quota-exceeded"

/* "limit.login-ip": the part that the RateLimit headers know. */
static const char *
rule_of(const struct err *e)
{
    const char *dot = strchr(e->code, '.');
    return dot ? dot + 1 : e->code;
}

static void
put_words(struct json *j, const char *name, const char *words)
{
    json_put_array(j, name);
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        json_put_text(j, NULL, text_copy_n(j->out.arena, words, n));
    }
    json_put_end(j);
}

/* RFC 9457; `errors` has one entry a field. Also what an upload says of one of its files. */
void
problem_json(struct req *r, struct json *j, const char *name, const struct err *e)
{
    json_put_object(j, name);
    json_put_text(j, "type", e->kind == ERR_LIMIT ? QUOTA_TYPE : "about:blank");
    json_put_text(j, "title", title_of(r, err_status(e)));
    json_put_i64(j, "status", err_status(e));
    json_put_text(j, "code", e->code);
    json_put_text(j, "detail", problem_say(r, e));
    json_put_text(j, "request_id", r->work->id);
    if (e->kind == ERR_LIMIT) {
        json_put_array(j, "violated-policies");
        json_put_text(j, NULL, rule_of(e));
        json_put_end(j);
    }
    if (e->limit) {
        json_put_i64(j, "used", e->used);
        json_put_i64(j, "limit", e->limit);
        if (e->about)
            json_put_text(j, "about", e->about);
    }
    if (e->allowed)
        put_words(j, "allowed", e->allowed);
    if (e->url)
        json_put_text(j, "action_url", e->url);
    if (e->current)
        json_put_raw(j, "current", BYTES(e->current, strlen(e->current)));
    if (e->field || e->next) {
        json_put_array(j, "errors");
        for (const struct err *one = e; one; one = one->next) {
            json_put_object(j, NULL);
            json_put_text(j, "field", one->field);
            json_put_text(j, "code", one->code);
            json_put_text(j, "detail", problem_say(r, one));
            json_put_end(j);
        }
        json_put_end(j);
    }
    json_put_end(j);
}

static void
failure_as_json(struct req *r, const struct err *e)
{
    struct json j = json_begin(r->work->arena);
    problem_json(r, &j, NULL, e);
    resp_header(r, "Content-Type", "application/problem+json");
    if (e->kind == ERR_NO_LOGIN)
        resp_header(r, "WWW-Authenticate", "Bearer");
    r->resp.status = err_status(e);
    r->resp.body = BYTES(j.out.at, j.out.length);
}

static void
failure_as_page(struct req *r, const struct err *e)
{
    struct arena *a = r->work->arena;
    if (e->kind == ERR_NO_LOGIN) {
        const char *here =
            text_printf(a, "%s%s", r->path, r->query.count ? query_with(r, "lang", NULL) : "");
        struct err *none = see_other(
            r, text_printf(a, "/login?next=%s", url_part(a, r->method == GET ? here : "/")));
        must(!none);
        return;
    }
    struct val *m = val_map(a);
    val_set_i64(m, "status", err_status(e));
    val_set_text(m, "title", title_of(r, err_status(e)));
    val_set_text(m, "say", problem_say(r, e));
    val_set_bool(m, "show_login", e->kind == ERR_DENIED && !r->visitor.user.n);
    val_set_text(m, "onward", e->url);
    val_set_bool(m, "lifts", e->kind == ERR_DENIED && e->url);
    val_set_bool(m, "pays", e->kind == ERR_PAYMENT && !e->url);
    if (e->retry_after_s)
        val_set_i64(m, "retry_after", e->retry_after_s);
    if (!page_status(r, err_status(e), "errors/error", m))
        return;
    char *plain = text_printf(a, "<!doctype html><title>%d</title><h1>%d</h1><p>%s</p>",
                              err_status(e), err_status(e), r->work->id);
    resp_header(r, "Content-Type", "text/html; charset=utf-8");
    r->resp.status = err_status(e);
    r->resp.body = BYTES(plain, strlen(plain));
}

static void
answer_failure(struct req *r, const struct err *e, const char *allow)
{
    if (e->kind == ERR_BROKEN)
        log_error("request.broken", "id", r->work->id, "path", r->path, "code", e->code, "why",
                  e->log, "where", e->at, NULL);
    r->resp.header_count = 0;
    if (allow)
        resp_header(r, "Allow", allow);
    if (e->retry_after_s)
        resp_header(r, "Retry-After", text_i64(r->work->arena, e->retry_after_s));
    if (e->kind == ERR_LIMIT) /* also when a rule refused that only the handler could ask */
        r->rate_state =
            text_printf(r->work->arena, "\"%s\";r=0;t=%d", rule_of(e), e->retry_after_s);
    if (r->api)
        failure_as_json(r, e);
    else
        failure_as_page(r, e);
}

/* A payment that was refused is what the request came to: asked again under its key it is not tried
 * again. Unless that is not known yet, which has a time to come back. */
static void
keep_refusal(struct req *r)
{
    if (r->route->tx == TX_NONE)
        return;
    tx_open(r->work, r->route->tx);
    struct err *e = tx_end(r->work, idempotency_keep(r));
    if (e)
        log_warn("idempotency.not_kept", "id", r->work->id, "code", e->code, NULL);
}

/* ---- What every answer carries ---- */

static void
add_common_headers(struct req *r)
{
    bool html = false, cached = false, referrer = false;
    for (int i = 0; i < r->resp.header_count; i++) {
        const struct header *h = &r->resp.headers[i];
        html |= text_is(h->name, "Content-Type") && text_starts(h->value, "text/html");
        cached |= text_is(h->name, "Cache-Control");
        referrer |= text_is(h->name, "Referrer-Policy");
    }
    const char *usual = html ? PAGE_POLICY : "default-src 'none'; frame-ancestors 'none'; sandbox";
    resp_header(r, "Content-Security-Policy", r->resp.policy ? r->resp.policy : usual);
    resp_header(r, "X-Content-Type-Options", "nosniff");
    if (!referrer)
        resp_header(r, "Referrer-Policy", "strict-origin-when-cross-origin");
    resp_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    resp_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    if (r->site->secure)
        resp_header(r, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    if (!cached)
        resp_header(r, "Cache-Control", "no-store");
    bool elsewhere = r->resp.status >= 300 && r->resp.status < 400; /* the next answer tells */
    if (r->rate_state && !elsewhere) {
        if (r->rate_policy)
            resp_header(r, "RateLimit-Policy", r->rate_policy);
        resp_header(r, "RateLimit", r->rate_state);
    }
    resp_header(r, "X-Request-Id", r->work->id);
}

static void
log_request(const struct req *r, int64_t began_us)
{
    static const char *const methods[METHODS] = { "?", "GET", "POST", "PUT", "PATCH", "DELETE" };
    struct arena *a = r->work->arena;
    log_info("request", "id", r->work->id, "method", r->head ? "HEAD" : methods[r->method], "path",
             r->path, "route", r->route ? r->route->path : NULL, "status",
             text_i64(a, r->resp.status), "took_us", text_i64(a, clock_mono_us() - began_us),
             "vendor", r->visitor.vendor.n ? text_i64(a, r->visitor.vendor.n) : NULL, "user",
             r->visitor.user.n ? text_i64(a, r->visitor.user.n) : NULL, NULL);
}

/* nginx gives an id of 32 hex digits; anything else is replaced, since it goes into logs. */
static const char *
request_id(struct req *r)
{
    const char *given = header_text(r, "REQUEST_ID");
    uint8_t raw[16];
    if (given && hex_bytes(given, raw, sizeof(raw)))
        return given;
    random_fill(raw, sizeof(raw));
    return hex_text(r->work->arena, BYTES(raw, sizeof(raw)));
}

void
dispatch(const struct site *site, struct work *w, const struct source *source, struct req *r)
{
    int64_t began_us = clock_mono_us();
    const char *allow = NULL;
    *r = (struct req){ .work = w, .site = site, .source = source };
    r->visitor = (struct visitor){
        .email = "", .name = "", .theme = "", .shop_slug = "", .shop_name = "", .currency = ""
    };
    w->now_us = clock_now_us();
    w->language = "en";
    w->address = header_text(r, "REMOTE_ADDR");
    if (!w->address)
        w->address = "";
    w->id = request_id(r);

    struct err *e = handle(r, &allow);
    if (tx_is_open(w))
        tx_rollback(w);
    if (e && site->explain)
        e = site->explain(w, e);
    if (e)
        answer_failure(r, e, allow);
    if (e && e->kind == ERR_PAYMENT && !e->retry_after_s)
        keep_refusal(r);
    add_common_headers(r);
    log_request(r, began_us);
}
