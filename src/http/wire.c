/* FastCGI 1.0, of which a responder behind nginx needs little: one request a connection, no
 * multiplexing. A library was here before; lengths that did not fit its arithmetic ended the
 * worker. Here a length is only ever compared with what has come. */
#include "http/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define WAIT_US     (30 * SECOND_US)
#define LINGER_US   (2 * SECOND_US)
#define RECORD_HEAD 8
#define RECORD_MOST 65528 /* of content in a record of ours: a multiple of 8 needs no padding */
#define PARAMS_MOST ((size_t)1 << 20) /* bytes */
#define PARAM_COUNT 4096

enum record {
    BEGIN_REQUEST = 1,
    ABORT_REQUEST,
    END_REQUEST,
    PARAMS,
    STDIN,
    STDOUT,
    STDERR,
    DATA,
    GET_VALUES,
    GET_VALUES_RESULT,
    UNKNOWN_TYPE
};
enum ending { COMPLETE = 0, CANNOT_MULTIPLEX, OVERLOADED, UNKNOWN_ROLE };

/* ---- Bytes ---- */

/* Until the descriptor is ready; false when the wait ends first. */
static bool
await(int fd, short what, int64_t until_us)
{
    struct pollfd p = { .fd = fd, .events = what };
    for (;;) {
        int64_t left_us = until_us - clock_mono_us();
        int n = left_us > 0 ? poll(&p, 1, (int)(left_us / 1000) + 1) : 0;
        if (n >= 0 || errno != EINTR)
            return n > 0;
    }
}

/* Bytes into the empty buffer. 0 at the end, after the wait, and at any error. */
static size_t
receive(struct wire *w, int64_t until_us)
{
    ssize_t n;
    while ((n = recv(w->fd, w->buffer, sizeof(w->buffer), MSG_DONTWAIT)) < 0)
        if (errno != EINTR && (errno != EAGAIN || !await(w->fd, POLLIN, until_us)))
            break;
    return n > 0 ? (size_t)n : 0;
}

static bool
fill(struct wire *w)
{
    w->at = 0;
    w->have = w->broken ? 0 : receive(w, clock_mono_us() + WAIT_US);
    w->broken |= !w->have;
    return w->have > 0;
}

/* At most `length` bytes, one at least; `to` may be NULL. 0 when none came. */
static size_t
take_some(struct wire *w, unsigned char *to, size_t length)
{
    if (w->at == w->have && !fill(w))
        return 0;
    size_t n = w->have - w->at;
    n = n < length ? n : length;
    if (to)
        memcpy(to, w->buffer + w->at, n);
    w->at += n;
    return n;
}

static bool
take(struct wire *w, unsigned char *to, size_t length)
{
    for (size_t n; length; length -= n) {
        if (!(n = take_some(w, to, length)))
            return false;
        to = to ? to + n : NULL;
    }
    return true;
}

static bool
give(struct wire *w, struct bytes b)
{
    int64_t until_us = clock_mono_us() + WAIT_US;
    while (b.length) {
        ssize_t n = send(w->fd, b.at, b.length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0)
            b = BYTES(b.at + n, b.length - (size_t)n);
        else if (n == 0 ||
                 (errno != EINTR && (errno != EAGAIN || !await(w->fd, POLLOUT, until_us))))
            break;
    }
    w->broken |= b.length > 0;
    return !w->broken;
}

/* ---- Records ---- */

static void
put_head(struct buf *b, enum record type, unsigned id, size_t content)
{
    const unsigned char head[RECORD_HEAD] = { 1,
                                              (unsigned char)type,
                                              (unsigned char)(id >> 8),
                                              (unsigned char)id,
                                              (unsigned char)(content >> 8),
                                              (unsigned char)content,
                                              0,
                                              0 };
    buf_add(b, head, sizeof(head));
}

static void
put_end(struct buf *b, unsigned id, enum ending how)
{
    const unsigned char content[8] = { 0, 0, 0, 0, (unsigned char)how };
    put_head(b, END_REQUEST, id, sizeof(content));
    buf_add(b, content, sizeof(content));
}

static bool
say_end(struct wire *w, unsigned id, enum ending how)
{
    struct buf b = buf_new(w->arena, 32);
    put_end(&b, id, how);
    return give(w, BYTES(b.at, b.length));
}

static bool
next_record(struct wire *w)
{
    unsigned char head[RECORD_HEAD];
    if (!take(w, NULL, w->content + w->behind) || !take(w, head, sizeof(head)) || head[0] != 1) {
        w->broken = true;
        return false;
    }
    w->type = head[1];
    w->record_id = (unsigned)(head[2] << 8 | head[3]);
    w->content = (size_t)(head[4] << 8 | head[5]);
    w->behind = head[6];
    return true;
}

static bool
take_content(struct wire *w, unsigned char *to, size_t length)
{
    if (w->content < length || !take(w, to, length))
        return false;
    w->content -= length;
    return true;
}

/* ---- Parameters ---- */

/* One length: a byte, or four of which the first has its highest bit set. */
static bool
read_length(struct bytes *b, size_t *out)
{
    const unsigned char *at = b->at;
    size_t n = b->length && at[0] >> 7 ? 4 : 1;
    if (b->length < n)
        return false;
    *out = n == 1 ? at[0]
                  : (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    *b = BYTES(at + n, b->length - n);
    return true;
}

static bool
read_text(struct arena *a, struct bytes *b, size_t length, const char **out)
{
    if (length > b->length || memchr(b->at, 0, length))
        return false;
    *out = text_copy_n(a, b->at, length);
    *b = BYTES(b->at + length, b->length - length);
    return true;
}

static bool
read_params(struct wire *w, struct bytes b)
{
    size_t room = 64;
    w->params.at = NEW_ARRAY(w->arena, struct pair, room);
    while (b.length) {
        struct pair p;
        size_t name, value;
        if (w->params.count == room && room < PARAM_COUNT) {
            struct pair *more = NEW_ARRAY(w->arena, struct pair, PARAM_COUNT);
            memcpy(more, w->params.at, room * sizeof(*more));
            w->params.at = more;
            room = PARAM_COUNT;
        }
        if (w->params.count == room || !read_length(&b, &name) || !read_length(&b, &value) ||
            !read_text(w->arena, &b, name, &p.name) || !read_text(w->arena, &b, value, &p.value))
            return false;
        w->params.at[w->params.count++] = p;
    }
    return true;
}

/* ---- The request ---- */

static bool
begin_request(struct wire *w)
{
    unsigned char body[8];
    if (w->id && w->record_id != w->id)
        return say_end(w, w->record_id, CANNOT_MULTIPLEX);
    if (w->id || !w->record_id || w->content != sizeof(body) ||
        !take_content(w, body, sizeof(body)))
        return false;
    if (body[0] || body[1] != 1) {
        say_end(w, w->record_id, UNKNOWN_ROLE);
        return false;
    }
    w->id = w->record_id;
    return true;
}

/* What a server may ask beside requests: the values never change, the rest we do not know. */
static bool
manage(struct wire *w)
{
    static const char values[] = "\x0e\x01"
                                 "FCGI_MAX_CONNS1\x0d\x01"
                                 "FCGI_MAX_REQS1\x0f\x01"
                                 "FCGI_MPXS_CONNS0";
    const unsigned char unknown[8] = { w->type };
    struct buf b = buf_new(w->arena, 64);
    if (w->type == GET_VALUES) {
        put_head(&b, GET_VALUES_RESULT, 0, sizeof(values) - 1);
        buf_add(&b, values, sizeof(values) - 1);
    } else {
        put_head(&b, UNKNOWN_TYPE, 0, sizeof(unknown));
        buf_add(&b, unknown, sizeof(unknown));
    }
    return give(w, BYTES(b.at, b.length));
}

static bool
add_params(struct wire *w, struct buf *b)
{
    size_t n = w->content;
    if (b->length + n > PARAMS_MOST)
        return false;
    if (!take_content(w, (unsigned char *)buf_room(b, n), n))
        return false;
    b->length += n;
    return true;
}

/* One record before the body. *whole: the parameters have all come. */
static bool
meet(struct wire *w, struct buf *params, bool *whole)
{
    *whole = false;
    if (w->type == BEGIN_REQUEST)
        return begin_request(w);
    if (!w->record_id)
        return manage(w);
    if (!w->id)
        return false;
    if (w->record_id != w->id)
        return true;
    if (w->type == ABORT_REQUEST) {
        say_end(w, w->id, COMPLETE);
        return false;
    }
    if (w->type != PARAMS)
        return false;
    *whole = w->content == 0;
    return *whole || add_params(w, params);
}

bool
wire_begin(struct wire *w, struct arena *a, int fd)
{
    struct buf params = buf_new(a, 2048);
    bool whole = false;
    w->arena = a;
    w->fd = fd;
    w->id = 0;
    w->content = w->behind = w->at = w->have = 0;
    w->body_ended = w->broken = false;
    w->params = (struct pairs){ 0 };
    int64_t until_us = clock_mono_us() + WAIT_US; /* a peer that trickles is waited for as long */
    while (!whole)
        if (!next_record(w) || !meet(w, &params, &whole) || clock_mono_us() > until_us) {
            w->broken = true;
            return false;
        }
    if (!read_params(w, BYTES(params.at, params.length)))
        w->broken = true;
    return !w->broken;
}

const char *
wire_param(void *arg, const char *name)
{
    return pairs_text(&((struct wire *)arg)->params, name);
}

/* To the next bytes of the body; false at its end. */
static bool
find_body(struct wire *w)
{
    while (!w->body_ended && !w->broken) {
        bool ours = w->type == STDIN && w->record_id == w->id;
        if (ours && w->content)
            return true;
        if (!next_record(w))
            return false;
        ours = w->record_id == w->id;
        w->body_ended = ours && w->type == STDIN && !w->content;
        w->broken = ours && w->type == ABORT_REQUEST;
    }
    return false;
}

ptrdiff_t
wire_read(void *arg, void *to, size_t length)
{
    struct wire *w = arg;
    if (!length || !find_body(w))
        return 0;
    size_t n = take_some(w, to, length < w->content ? length : w->content);
    w->content -= n;
    return (ptrdiff_t)n;
}

static void
put_stdout(struct buf *b, unsigned id, struct bytes content)
{
    while (content.length) {
        size_t n = content.length < RECORD_MOST ? content.length : RECORD_MOST;
        put_head(b, STDOUT, id, n);
        buf_add(b, content.at, n);
        content = BYTES(content.at + n, content.length - n);
    }
}

void
wire_answer(struct wire *w, struct bytes head, struct bytes body)
{
    struct buf b = buf_new(w->arena, head.length + body.length + body.length / 1024 + 128);
    bool aborted = w->broken; /* the peer has gone, or said that it no longer wants one */
    put_stdout(&b, w->id, head);
    put_stdout(&b, w->id, body);
    put_head(&b, STDOUT, w->id, 0);
    put_end(&b, w->id, COMPLETE);
    w->broken = false; /* of reading: writing may still do */
    give(w, BYTES(b.at, b.length));
    w->broken |= aborted;
}

/* A socket that is closed with bytes unread resets the connection, and the answer with it: so the
 * peer is told that no more comes, and listened to until it ends too. Mostly all was read. */
void
wire_end(struct wire *w)
{
    int64_t until_us = clock_mono_us() + LINGER_US;
    if (!w->body_ended && w->at < w->have)
        find_body(w);
    if (!w->body_ended && shutdown(w->fd, SHUT_WR) == 0)
        while (receive(w, until_us) && clock_mono_us() < until_us)
            continue;
    close(w->fd);
    w->fd = -1;
}
