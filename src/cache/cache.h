/* Redis: counters and copies, nothing that may not be lost. One connection a process.
 *
 * Commands are queued and sent together: queue what a request needs, send it (before waiting for
 * PostgreSQL, so that both work at once), then read the replies in order. When Redis is away a
 * breaker opens after three failures in a row, for a second, then lets one probe through: a dead
 * Redis costs a request nothing. Losing Redis is never an error of a request. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

struct cache;

/* Process-long. `url`: unix:/path or host:port. Never fails: when Redis is not there it is tried
 * again later. Connecting may take 50 ms, the replies of a pipeline 20 ms together. Ignores SIGPIPE
 * where the process has not said what to do with it. */
struct cache *cache_open(struct arena *process, const char *url);
void cache_close(struct cache *c); /* accepts NULL */
/* For connections made from now on: how long the replies of a pipeline may take, for a Redis that
 * is not next door, and for tests on a machine that is busy. */
void cache_patience(struct cache *c, int64_t answer_ms);

enum cache_state { CACHE_UP = 1, CACHE_AWAY };
enum cache_state cache_state(const struct cache *c);

/* A script by its text; EVALSHA, and EVAL once when Redis does not know it. Process-long. */
struct cache_script;
struct cache_script *cache_script(struct cache *c, struct arena *process, const char *text);

/* ---- One pipeline ---- Queue 1 … 8 commands, then cache_send, then cache_reply once for each.
 * A new request begins with cache_begin(), which drops whatever an ended request left behind.
 * Queued bytes may go once they are queued. A command has up to 80 words; keys and arguments of a
 * pipeline's scripts take up to 4 KiB. */
void cache_begin(struct cache *c);
void cache_queue(struct cache *c, int argc, const struct bytes *argv);
void cache_queue_script(struct cache *c, struct cache_script *s, int keys, int argc,
                        const struct bytes *argv);
void cache_send(struct cache *c); /* does not wait */

struct cache_reply {
    bool ok; /* false: Redis away, or it answered with an error: all else is zero */
    bool null;
    int64_t number;    /* integer reply */
    struct bytes text; /* string reply; lives in the arena */
    size_t count;      /* array reply of integers (scripts) */
    int64_t *numbers;
};
struct cache_reply cache_reply(struct cache *c, struct arena *a);

/* Single commands for rare places: queue, send, reply in one. */
struct cache_reply cache_command(struct cache *c, struct arena *a, int argc,
                                 const struct bytes *argv);
/* The same for what others rely on: without an answer it is asked once more, past the breaker, over
 * a new connection, and waits up to half a second. It may so happen twice. */
struct cache_reply cache_insist(struct cache *c, struct arena *a, int argc,
                                const struct bytes *argv);
