/* Asking other people's servers over HTTP: a file is fetched to disk, or a small body is posted.
 * Many at once in one process (libcurl), so that a slow server delays nobody but itself. Never
 * called inside a transaction.
 *
 * Addresses come from users, so: http and https only; no address that is not of the public
 * internet, judged by what is connected to and not by its name (reach.h); certificates are checked;
 * redirects are followed by GET only, five at most, each read and judged like the first, never from
 * https to http; no proxy, no cookies, no log-in of ours, nothing unpacked. Every wait has a limit.
 */
#pragma once
#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"

struct settings;

#define FETCH_AT_ONCE_MOST 64
#define FETCH_ANSWER_MOST  1024 /* bytes of an answer that are kept */
#define FETCH_REDIRECTS    5

struct fetch_header {
    const char *name;
    char value[64]; /* "": it did not come; cut where it is longer */
};

/* One question and what came of it. The caller's, from fetch_begin() until fetch_next() gives it
 * back, as are the texts in it. */
struct fetch {
    const char *url;
    void *of; /* the caller's own */
    int total_s;

    /* A POST, when `body.at` is set. */
    struct bytes body;
    const char *type;           /* of the body */
    const char *const *headers; /* further ones, "Name: value" */
    size_t header_count;

    /* Else a GET: the file at `path` is written, which is the caller's to remove, also after a
     * failure. */
    const char *path;
    uint64_t most_bytes;
    const char *const *types; /* what the answer's type may begin with; one without is let pass */
    size_t type_count;

    /* The answer to either, whole, also of a refusal, when `room` is set: more than that is
     * fetch.too_large. The caller's. */
    char *room;
    size_t room_size, room_used;
    struct fetch_header *wanted; /* of the answer's headers */
    size_t wanted_count;

    /* What came of it. */
    const char *code; /* "fetch.timeout"; NULL: an answer of 2xx, whole */
    int status;       /* of the last answer; 0: there was none */
    int took_ms;
    int retry_after_s; /* as it asked; 0: it did not */
    uint64_t bytes;
    struct sha256 hash; /* of a GET's file */
    char answer[FETCH_ANSWER_MOST +
                1]; /* of a POST, or of a refusal: valid UTF-8 without controls */
    char why[256];  /* for the operator: what the library said */
};

/* Codes, and whether asking again later may help (*): fetch.url .scheme .userinfo .port .private
 * (as url_read), .host* (no such name), .connect*, .tls (no trust in its certificate), .timeout*,
 * .dropped* (in the middle), .redirects (too many, or to where we do not go), .status (not 2xx; *
 * for 408, 425, 429 and 5xx), .too_large, .type, and file.no_room*. */
bool fetch_may_recover(const struct fetch *f);
/* The failure as people are told it. Not for one that worked. */
struct err *fetch_failure(struct arena *a, const struct fetch *f) MUST_CHECK;
/* "fetch.timeout" in English, for who reads no language file. */
const char *fetch_say(const char *code);

/* As long as its arena, which ends what is still under way. `allow`: what may be asked besides the
 * public internet, as the setting SOUK_FETCH_ALLOW says it (net/reach.h). INVALID fetch.allow. */
struct fetcher;
struct err *fetcher_open(struct arena *a, const struct settings *s, const char *allow,
                         struct fetcher **out) MUST_CHECK;

/* How many are under way; more than FETCH_AT_ONCE_MOST are our own mistake. */
size_t fetcher_busy(const struct fetcher *f);
/* Starts it. What cannot even be started is given back by fetch_next() as any other. */
void fetch_begin(struct fetcher *f, struct fetch *x);
/* One that has ended, waiting for it at most so long; NULL: none has. */
struct fetch *fetch_next(struct fetcher *f, int wait_ms);
