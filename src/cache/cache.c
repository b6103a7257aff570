/* One connection to Redis, one pipeline at a time, and a breaker.
 *
 * hiredis formats commands and reads replies; waiting is done here, by poll(), so that the time
 * limit holds for a whole pipeline and not for each piece of it. Redis answers in the order it was
 * asked. So replies that an ended request left unread are counted and passed over; but after a
 * time-out nobody knows what will still come, and the connection is dropped: a late reply can never
 * be taken for another request's.
 *
 * A script is sent with its text once in each connection, which makes Redis keep it, and by its
 * SHA-1 afterwards. If Redis forgot it meanwhile (SCRIPT FLUSH), the text is sent once more. */
#include "cache/cache.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"

#define PIPELINE_MAX  8
#define ARGS_MAX      80
#define SCRIPT_BYTES  4096 /* keys and arguments of the scripts of one pipeline */
#define CONNECT_MS    50
#define ANSWER_MS     20
#define INSIST_MS     500
#define FAILURES_MOST 3
#define OPEN_US       SECOND_US

/* Process-long. */
struct cache_script {
    const char *text;
    char sha1[41];
    unsigned sent_in; /* the connection that was sent the text; 0: none yet */
};

/* What was queued in a place of the pipeline; `script` NULL for a plain command. */
struct queued {
    struct cache_script *script;
    int argc;
    struct bytes argv[ARGS_MAX]; /* of EVAL behind the text, copied into `kept` */
    redisReply *reply;           /* read ahead of its turn */
};

/* Process-long. */
struct cache {
    const char *host;    /* or the socket's path */
    int port;            /* 0: a socket */
    redisContext *redis; /* NULL: away */
    unsigned connection; /* counts them, from 1 */
    int failures;        /* in a row */
    bool away;           /* as logged */
    int64_t open_until_us;
    int queued, read; /* commands of this pipeline, replies handed out */
    bool sent;
    int unread; /* replies on the wire that belong to ended requests */
    int64_t answer_us, deadline_us;
    struct queued pipeline[PIPELINE_MAX];
    char kept[SCRIPT_BYTES];
    size_t kept_bytes;
};

/* hiredis writes with write(2): a Redis that went away must not end the process by a signal. */
static void
ignore_broken_pipes(void)
{
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

struct cache *
cache_open(struct arena *process, const char *url)
{
    struct cache *c = NEW(process, struct cache);
    const char *colon = strrchr(url, ':');
    int64_t port = 0;

    ignore_broken_pipes();
    cache_patience(c, ANSWER_MS);
    c->host = text_copy(process, url);
    if (text_starts(url, "unix:"))
        c->host += strlen("unix:");
    else if (colon && text_to_i64(colon + 1, &port) && port > 0 && port < 65536) {
        c->host = text_copy_n(process, url, (size_t)(colon - url));
        c->port = (int)port;
    }
    return c;
}

void
cache_patience(struct cache *c, int64_t answer_ms)
{
    c->answer_us = answer_ms * 1000;
}

static void
forget_replies(struct cache *c)
{
    for (int i = 0; i < c->queued; i++) {
        if (c->pipeline[i].reply)
            freeReplyObject(c->pipeline[i].reply);
        c->pipeline[i].reply = NULL;
    }
}

static void
disconnect(struct cache *c)
{
    if (c->redis)
        redisFree(c->redis);
    c->redis = NULL;
    c->unread = 0;
}

void
cache_close(struct cache *c)
{
    if (!c)
        return;
    forget_replies(c);
    disconnect(c);
}

enum cache_state
cache_state(const struct cache *c)
{
    return c->away ? CACHE_AWAY : CACHE_UP;
}

/* The connection is of no more use. The third time in a row opens the breaker; while it is open
 * nothing is tried, and the first try after it is the probe. */
static void
failed(struct cache *c, const char *why)
{
    if (++c->failures >= FAILURES_MOST) {
        c->open_until_us = clock_mono_us() + OPEN_US;
        if (!c->away)
            log_warn("cache.away", "why", why, NULL);
        c->away = true;
    }
    disconnect(c);
}

static void
answered(struct cache *c)
{
    if (c->away)
        log_info("cache.back", NULL);
    c->away = false;
    c->failures = 0;
}

static bool
connected(struct cache *c)
{
    const struct timeval limit = { .tv_usec = CONNECT_MS * 1000 };
    const struct timeval answer = { .tv_sec = c->answer_us / SECOND_US,
                                    .tv_usec = c->answer_us % SECOND_US };

    if (c->redis)
        return true;
    if (c->failures >= FAILURES_MOST && clock_mono_us() < c->open_until_us)
        return false;
    c->redis = c->port ? redisConnectWithTimeout(c->host, c->port, limit)
                       : redisConnectUnixWithTimeout(c->host, limit);
    if (c->redis && !c->redis->err && redisSetTimeout(c->redis, answer) == REDIS_OK) {
        c->connection++;
        return true;
    }
    failed(c, c->redis ? c->redis->errstr : "out of memory");
    return false;
}

void
cache_begin(struct cache *c)
{
    if (c->queued && !c->sent)
        disconnect(c); /* they lie in the output buffer, from where nothing takes them back */
    if (c->redis && c->sent)
        for (int i = c->read; i < c->queued; i++)
            c->unread += !c->pipeline[i].reply;
    forget_replies(c);
    c->queued = c->read = 0;
    c->kept_bytes = 0;
    c->sent = false;
}

/* Part of a command on its way to hiredis, which takes bytes in any portions. */
struct portion {
    struct cache *c;
    size_t length;
    char bytes[512];
};

static void
hand_over(struct portion *p, const void *bytes, size_t length)
{
    if (p->c->redis && redisAppendFormattedCommand(p->c->redis, bytes, length) != REDIS_OK)
        failed(p->c, p->c->redis->errstr);
}

static void
put(struct portion *p, const void *bytes, size_t length)
{
    if (length > sizeof(p->bytes) - p->length) {
        hand_over(p, p->bytes, p->length);
        p->length = 0;
    }
    if (length > sizeof(p->bytes)) {
        hand_over(p, bytes, length);
        return;
    }
    memcpy(p->bytes + p->length, bytes, length);
    p->length += length;
}

/* "*12\r\n", "$5\r\n" */
static void
put_count(struct portion *p, char kind, size_t n)
{
    char text[24] = { [22] = '\r', [23] = '\n' };
    size_t at = 22;
    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    text[--at] = kind;
    put(p, text + at, sizeof(text) - at);
}

/* Written here, since hiredis grows a buffer for every word of a command. */
static void
append(struct cache *c, int argc, const struct bytes *argv)
{
    struct portion p = { .c = c };
    put_count(&p, '*', (size_t)argc);
    for (int i = 0; i < argc; i++) {
        put_count(&p, '$', argv[i].length);
        put(&p, argv[i].at, argv[i].length);
        put(&p, "\r\n", 2);
    }
    hand_over(&p, p.bytes, p.length);
}

static struct queued *
next_place(struct cache *c)
{
    must(!c->sent && c->queued < PIPELINE_MAX);
    struct queued *q = &c->pipeline[c->queued];
    *q = (struct queued){ 0 };
    /* A pipeline that lost its connection half way stays lost as a whole. */
    bool usable = c->queued ? c->redis != NULL : connected(c);
    c->queued++;
    return usable ? q : NULL;
}

void
cache_queue(struct cache *c, int argc, const struct bytes *argv)
{
    must(argc >= 1 && argc <= ARGS_MAX);
    if (next_place(c))
        append(c, argc, argv);
}

static struct bytes
keep(struct cache *c, struct bytes b)
{
    must(b.length <= sizeof(c->kept) - c->kept_bytes);
    char *at = c->kept + c->kept_bytes;
    memcpy(at, b.at, b.length);
    c->kept_bytes += b.length;
    return BYTES(at, b.length);
}

static void
append_script(struct cache *c, const struct queued *q)
{
    struct bytes argv[ARGS_MAX + 2];
    bool known = q->script->sent_in == c->connection;

    argv[0] = known ? BYTES("EVALSHA", 7) : BYTES("EVAL", 4);
    argv[1] = known ? BYTES(q->script->sha1, 40) : BYTES(q->script->text, strlen(q->script->text));
    memcpy(&argv[2], q->argv, (size_t)q->argc * sizeof(argv[0]));
    q->script->sent_in = c->connection;
    append(c, q->argc + 2, argv);
}

void
cache_queue_script(struct cache *c, struct cache_script *s, int keys, int argc,
                   const struct bytes *argv)
{
    must(argc >= 0 && argc < ARGS_MAX && keys >= 0 && keys <= argc);
    struct queued *q = next_place(c);
    if (!q)
        return;
    char count[12];
    q->script = s;
    q->argc = argc + 1;
    q->argv[0] = keep(c, BYTES(count, (size_t)snprintf(count, sizeof(count), "%d", keys)));
    for (int i = 0; i < argc; i++)
        q->argv[i + 1] = keep(c, argv[i]);
    append_script(c, q);
}

static void
write_all(struct cache *c)
{
    int done = 0;
    while (c->redis && !done)
        if (redisBufferWrite(c->redis, &done) != REDIS_OK)
            failed(c, c->redis->errstr);
}

void
cache_send(struct cache *c)
{
    must(!c->sent);
    c->sent = true;
    c->deadline_us = 0;
    write_all(c);
}

static bool
wait_for_redis(struct cache *c)
{
    struct pollfd p = { .fd = c->redis->fd, .events = POLLIN };
    for (;;) {
        int64_t left_us = c->deadline_us - clock_mono_us();
        if (left_us <= 0)
            return false;
        struct timespec t = { .tv_nsec = left_us * 1000 };
        int n = ppoll(&p, 1, &t, NULL);
        if (n > 0 || (n < 0 && errno != EINTR))
            return true;
    }
}

/* The next reply on the wire; NULL when there is none to be had. The first read waits by itself, as
 * long as its socket's time limit says, which saves a system call in nearly every request. */
static redisReply *
read_next(struct cache *c)
{
    void *reply = NULL;
    bool first = !c->deadline_us;
    if (first)
        c->deadline_us = clock_mono_us() + c->answer_us;
    while (c->redis && !reply) {
        if (redisGetReplyFromReader(c->redis, &reply) != REDIS_OK)
            failed(c, c->redis->errstr);
        else if (!reply && !first && !wait_for_redis(c))
            failed(c, "no answer in time");
        else if (!reply && redisBufferRead(c->redis) != REDIS_OK)
            failed(c, errno == EAGAIN ? "no answer in time" : c->redis->errstr);
        first = false;
    }
    return reply;
}

static redisReply *
read_own(struct cache *c)
{
    for (; c->unread && c->redis; c->unread--) {
        redisReply *old = read_next(c);
        if (old)
            freeReplyObject(old);
    }
    redisReply *reply = read_next(c);
    if (reply)
        answered(c);
    return reply;
}

static bool
script_is_unknown(const struct queued *q, const redisReply *reply)
{
    return q->script && reply->type == REDIS_REPLY_ERROR && text_starts(reply->str, "NOSCRIPT");
}

/* What is behind it in the pipeline comes first, so it is read ahead; then the text goes out. */
static redisReply *
run_with_text(struct cache *c, struct queued *q)
{
    for (int i = c->read + 1; i < c->queued && c->redis; i++)
        if (!c->pipeline[i].reply)
            c->pipeline[i].reply = read_own(c);
    if (!c->redis)
        return NULL;
    q->script->sent_in = 0;
    append_script(c, q);
    write_all(c);
    return read_own(c);
}

static struct bytes
copy_bytes(struct arena *a, const redisReply *r)
{
    return BYTES(text_copy_n(a, r->str, r->len), r->len);
}

static struct cache_reply
reply_of(struct arena *a, const redisReply *r)
{
    struct cache_reply out = { .ok = r->type != REDIS_REPLY_ERROR };
    switch (r->type) {
    case REDIS_REPLY_NIL:
        out.null = true;
        break;
    case REDIS_REPLY_INTEGER:
        out.number = r->integer;
        break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        out.text = copy_bytes(a, r);
        break;
    case REDIS_REPLY_ARRAY:
        out.count = r->elements;
        out.numbers = NEW_ARRAY(a, int64_t, r->elements);
        for (size_t i = 0; i < r->elements; i++)
            out.numbers[i] = r->element[i]->integer;
        break;
    default:
        break;
    }
    return out;
}

struct cache_reply
cache_reply(struct cache *c, struct arena *a)
{
    must(c->sent && c->read < c->queued);
    struct queued *q = &c->pipeline[c->read];
    redisReply *r = q->reply ? q->reply : read_own(c);
    q->reply = NULL;
    if (r && script_is_unknown(q, r)) {
        freeReplyObject(r);
        r = run_with_text(c, q);
    }
    c->read++;
    if (!r)
        return (struct cache_reply){ .ok = false };
    struct cache_reply out = reply_of(a, r);
    if (!out.ok)
        log_warn("cache.refused", "why", r->str, NULL);
    freeReplyObject(r);
    return out;
}

struct cache_reply
cache_command(struct cache *c, struct arena *a, int argc, const struct bytes *argv)
{
    cache_begin(c);
    cache_queue(c, argc, argv);
    cache_send(c);
    return cache_reply(c, a);
}

struct cache_reply
cache_insist(struct cache *c, struct arena *a, int argc, const struct bytes *argv)
{
    int64_t usual = c->answer_us;
    struct cache_reply reply = cache_command(c, a, argc, argv);
    if (reply.ok)
        return reply;
    disconnect(c);
    c->open_until_us = 0;
    if (usual < INSIST_MS * 1000)
        c->answer_us = INSIST_MS * 1000;
    reply = cache_command(c, a, argc, argv);
    c->answer_us = usual;
    disconnect(c); /* the next connection is of the usual patience */
    return reply;
}

struct cache_script *
cache_script(struct cache *c, struct arena *process, const char *text)
{
    struct cache_script *s = NEW(process, struct cache_script);
    unsigned char sha1[EVP_MAX_MD_SIZE];

    (void)c;
    must(EVP_Digest(text, strlen(text), sha1, NULL, EVP_sha1(), NULL) == 1);
    s->text = text;
    memcpy(s->sha1, hex_text(process, BYTES(sha1, 20)), sizeof(s->sha1));
    return s;
}
