/* For tests of pages and API: a request goes in process through router, guards, dispatcher and
 * handler, as in a worker, over this program's own database (dbtest.h) and folders.
 *
 *     static void
 *     a_product_is_made(void **state)
 *     {
 *         struct web *w = *state;
 *         struct reply r = web_post(w, as(&w->owner), "/vendor/products", "sku=A1&price=2.50");
 *         assert_status(r, 303);
 *     }
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = { WEBTEST(a_product_is_made), … };
 *         return cmocka_run_group_tests(tests, web_start, web_stop);
 *     }
 *
 * There are two shops, "mine" and "theirs", and an operator. What goes into the database stays
 * there for the program's later tests. Redis is away, so log-ins come from PostgreSQL and limits
 * from memory; limits are far away too (set w->db->settings in a start function of your own before
 * web_wire(), where a test is about them). The site is https://souk.test. */
#pragma once
#include "dbtest.h"

#include "http/request.h"
#include "http/route.h"

struct person {
    const char *name; /* "the owner": for what a test says */
    const char *email;
    enum role role;
    struct user_id user;
    struct vendor_id shop; /* 0: the operator */
    const char *session;   /* of the cookie */
};

struct web {
    struct dbtest *db;
    const struct site *site;
    struct work work;   /* what each request starts from; its arena ends with the test */
    const char *folder; /* of this program: media/, uploads/, secret */
    struct vendor_id mine, theirs;
    struct person owner, manager, staff; /* of "mine" */
    struct person stranger;              /* owner of "theirs" */
    struct person operator;
};

/* web_start is dbtest_start, web_prepare and web_wire; a program that changes settings calls the
 * three itself. */
int web_start(void **state);
int web_stop(void **state);
struct web *web_prepare(struct dbtest *t); /* folders, settings */
void web_wire(struct web *w);              /* the site, shops and people */
int web_before(void **state);
int web_after(void **state);
#define WEBTEST(fn) cmocka_unit_test_setup_teardown(fn, web_before, web_after)

/* ---- Who asks ---- */

struct caller {
    const struct person *person; /* NULL: nobody */
    bool by_token;               /* a bearer token instead of the cookie */
};
struct caller as(const struct person *p);
struct caller by_token(const struct person *p);
struct caller nobody(void);

/* A log-in of its own for this person, the only one that p->session says from now on. */
void web_log_in(struct web *w, struct person *p);
/* Until then nobody can log in by password: theirs match nothing. */
void web_give_password(struct web *w, const struct person *p, const char *password);

/* ---- What is asked ---- */

#define CALL_HEADERS_MAX 6

struct call {
    struct caller who;
    const char *method, *path;
    const char *type; /* NULL: no Content-Type */
    struct bytes body;
    bool no_token;       /* leave out X-CSRF-Token, which a write by cookie has otherwise */
    const char *address; /* NULL: 192.0.2.1 */
    struct header headers[CALL_HEADERS_MAX]; /* further ones, by CGI name: "HTTP_IF_MATCH" */
};

/* Texts and bytes live as long as the test. */
struct reply {
    int status;
    struct header headers[RESP_HEADERS_MAX];
    int header_count;
    const char *body; /* ends with a NUL that `length` does not count */
    size_t length;
    const struct route *route; /* NULL: none */
};

struct reply web_send(struct web *w, const struct call *call);
struct reply web_get(struct web *w, struct caller who, const char *path);
struct reply web_post(struct web *w, struct caller who, const char *path, const char *form);
/* POST, PUT, PATCH with JSON; `json` NULL: no body. PATCH and DELETE say If-Match: *. */
struct reply web_json(struct web *w, struct caller who, const char *method, const char *path,
                      const char *json);
/* One file in the field `image` of a form, which also has the CSRF token. */
struct reply web_upload(struct web *w, struct caller who, const char *path, struct bytes file);

const char *web_csrf(struct web *w, const struct person *p); /* for the form's field `csrf` */
struct bytes web_picture(struct web *w);                     /* a small PNG */

/* ---- What came ---- */

const char *reply_header(const struct reply *r, const char *name); /* the first; NULL: none */
void assert_status(struct reply r, int status);
void assert_body_has(struct reply r, const char *text);
/* An API's failure: that status, and a problem document with that code. */
void assert_problem(struct reply r, int status, const char *code);
