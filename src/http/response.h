/* Answers. A handler calls one of these last; dispatch.c commits, then sends. The whole answer is
 * in memory before the commit and leaves after it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct req;
struct val;

#define RESP_HEADERS_MAX 24

/* What a page may load and do. */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "               \
    "require-trusted-types-for 'script'; trusted-types souk"

struct resp {
    int status; /* 0: no answer yet */
    struct header {
        const char *name, *value;
    } headers[RESP_HEADERS_MAX];
    int header_count;
    struct bytes body;
    const char *policy; /* Content-Security-Policy other than the usual; NULL: none */
    bool secret;        /* holds what is told once: not kept for who asks again (idempotency.h) */
};

void resp_header(struct req *r, const char *name,
                 const char *value); /* kept as given: not copied */

/* The page of this template with the frame (layout, menu, visitor, words, CSRF token) around the
 * model, a map. 200 unless page_status() set another. */
struct err *page(struct req *r, const char *template_name, struct val *model) MUST_CHECK;
struct err *page_status(struct req *r, int status, const char *template_name,
                        struct val *model) MUST_CHECK;

/* This page may hold a frame with an answer of our own. */
void resp_frames(struct req *r);
/* This HTML stands in such a frame: it runs and loads nothing, whatever it holds. */
void resp_framed(struct req *r);

struct err *json_answer(struct req *r, int status, const struct buf *json) MUST_CHECK;
struct err *see_other(struct req *r, const char *path) MUST_CHECK; /* 303; only a path of our own */
struct err *no_content(struct req *r) MUST_CHECK;                  /* 204 */
struct err *bytes_answer(struct req *r, int status, const char *type, struct bytes body) MUST_CHECK;
struct err *text_answer(struct req *r, int status, const char *type, const char *text) MUST_CHECK;

/* A failure as an RFC 9457 document inside another answer: what an upload says of one of its files.
 */
struct json;
void problem_json(struct req *r, struct json *j, const char *name, const struct err *e);

/* The sentence for the person, in their language where the words know the code. */
const char *problem_say(const struct req *r, const struct err *e);

/* ETag and conditions. `tag` without quotes.
 * resp_unchanged: sets ETag; true when If-None-Match names it, and then the answer is 304 already.
 * require_match: the write's precondition. NO_CONDITION request.if_match when a JSON call has no
 *   If-Match; STALE request.stale when it names another. `*` always holds. */
bool resp_unchanged(struct req *r, const char *tag);
struct err *require_match(struct req *r, const char *tag) MUST_CHECK;
