/* Unbounded, a flood of log-ins would take all cores and 20 MiB each. So the host has as many slots
 * as cores, and a queue before them; both are lock files, which a process that dies gives back. */
#include "accounts/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"

#define MEMORY_KIB  19456
#define PASSES      2
#define MEMORY_MOST 65536 /* KiB: of a stored hash that we verify */
#define PASSES_MOST 4
#define WAIT_US     (2 * SECOND_US)
#define LOOK_MS     3

/* ---- Costs ---- */

struct cost {
    unsigned version, memory, passes, lanes;
};

static bool
read_cost(const char *stored, struct cost *out)
{
    return sscanf(stored, "$argon2id$v=%u$m=%u,t=%u,p=%u$", &out->version, &out->memory,
                  &out->passes, &out->lanes) == 4;
}

/* A row with a cost nobody can pay would hold a worker for ever: the string is read before
 * libsodium sees it. */
bool
password_hash_is_bounded(const char *stored)
{
    struct cost c;
    return strlen(stored) < crypto_pwhash_STRBYTES && read_cost(stored, &c) &&
           c.memory <= MEMORY_MOST && c.passes <= PASSES_MOST && c.lanes == 1;
}

bool
hash_is_current(const char *stored)
{
    struct cost c;
    return read_cost(stored, &c) && c.version == 19 && c.memory == MEMORY_KIB &&
           c.passes == PASSES && c.lanes == 1;
}

/* ---- Places and slots ---- */

static int
try_lock(const struct work *w, const char *kind, long i)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s.%ld.lock", w->settings->uploads, kind, i);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* One of `n` locks of that kind, or -1. */
static int
try_locks(const struct work *w, const char *kind, long n)
{
    int fd = -1;
    for (long i = 0; i < n && fd < 0; i++)
        fd = try_lock(w, kind, i);
    return fd;
}

static struct err *
busy(struct work *w)
{
    struct err *e =
        FAIL(w->arena, ERR_BUSY, "accounts.busy", "Too many log-ins at once. Please try again.");
    e->retry_after_s = 2;
    return e;
}

static long
cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? n : 1;
}

struct err *
hash_place(struct work *w, int *place)
{
    TRY(file_make_dirs(w->arena, w->settings->uploads));
    int fd = try_locks(w, "hash-place", cores() + HASH_WAITING);
    if (fd < 0)
        return busy(w);
    *place = fd;
    return NULL;
}

/* Log-ins have one worker a core, so that they find their slot free; only who hashes elsewhere may
 * have to look twice. */
static struct err *
take_slot(struct work *w, int *slot)
{
    int64_t until_us = clock_mono_us() + WAIT_US;
    do {
        int fd = try_locks(w, "hash", cores());
        if (fd >= 0) {
            *slot = fd;
            return NULL;
        }
        poll(NULL, 0, LOOK_MS);
    } while (clock_mono_us() < until_us);
    return busy(w);
}

/* ---- The hash ---- */

struct err *
hash_make(struct work *w, const struct sha256 *secret, const char **out)
{
    char *hash = arena_alloc(w->arena, crypto_pwhash_STRBYTES);
    SCOPED(close_fd) int slot = -1;
    must(sodium_init() >= 0);
    TRY(take_slot(w, &slot));
    if (crypto_pwhash_str_alg(hash, (const char *)secret->bytes, sizeof(secret->bytes), PASSES,
                              (size_t)MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return BROKEN(w->arena, "accounts.hash", "argon2id: out of memory");
    *out = hash;
    return NULL;
}

/* Of no password: only its cost matters. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct err *
hash_verify(struct work *w, const struct sha256 *secret, const char *stored, bool *same)
{
    bool known = stored && password_hash_is_bounded(stored);
    SCOPED(close_fd) int slot = -1;
    must(sodium_init() >= 0);
    TRY(take_slot(w, &slot));
    bool equal = crypto_pwhash_str_verify(known ? stored : nobody, (const char *)secret->bytes,
                                          sizeof(secret->bytes)) == 0;
    *same = known && equal;
    return NULL;
}
