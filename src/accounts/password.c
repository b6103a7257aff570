/* Passwords. The cost is OWASP's (m = 19 MiB, t = 2, p = 1): 11 ms a hash. Unbounded, a flood of
 * log-ins would take all cores and 20 MiB each, so the host has as many slots as cores, taken by
 * lock files: a process that dies gives its slot back. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "accounts/keys.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"

#define MEMORY_BYTES ((size_t)19456 * 1024)
#define PASSES       2
#define MEMORY_MOST  65536 /* KiB: of a stored hash that we verify */
#define PASSES_MOST  4
#define WAIT_US      (2 * SECOND_US)

/* A row with a cost nobody can pay would hold a worker for ever: the string is read before
 * libsodium sees it. */
bool
password_hash_is_bounded(const char *stored)
{
    unsigned version, memory, passes, lanes;
    if (sscanf(stored, "$argon2id$v=%u$m=%u,t=%u,p=%u$", &version, &memory, &passes, &lanes) != 4)
        return false;
    return strlen(stored) < crypto_pwhash_STRBYTES && memory <= MEMORY_MOST &&
           passes <= PASSES_MOST && lanes == 1;
}

/* ---- Slots ---- */

static int
try_slot(const char *directory, int i)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/hash.%d.lock", directory, i);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static struct err *
take_slot(struct work *w, int *out)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t until_us = clock_mono_us() + WAIT_US;
    TRY(file_make_dirs(w->arena, w->settings->uploads));
    do {
        for (int i = 0; i < cores; i++)
            if ((*out = try_slot(w->settings->uploads, i)) >= 0)
                return NULL;
        poll(NULL, 0, 5);
    } while (clock_mono_us() < until_us);
    struct err *e =
        FAIL(w->arena, ERR_BUSY, "accounts.busy", "Too many log-ins at once. Please try again.");
    e->retry_after_s = 2;
    return e;
}

static struct sha256
peppered(const char *password)
{
    return hmac_sha256(accounts_key(KEY_PEPPER), BYTES(password, strlen(password)));
}

struct err *
password_hash(struct work *w, const char *password, const char **out)
{
    struct sha256 secret = peppered(password);
    char *hash = arena_alloc(w->arena, crypto_pwhash_STRBYTES);
    SCOPED(close_fd) int slot = -1;
    must(sodium_init() >= 0);
    TRY(take_slot(w, &slot));
    if (crypto_pwhash_str_alg(hash, (const char *)secret.bytes, sizeof(secret.bytes), PASSES,
                              MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return BROKEN(w->arena, "accounts.hash", "argon2id: out of memory");
    *out = hash;
    return NULL;
}

/* Of no password: only its cost matters. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct err *
password_check(struct work *w, const char *password, const char *stored, bool *right)
{
    struct sha256 secret = peppered(password);
    bool known = stored && password_hash_is_bounded(stored);
    SCOPED(close_fd) int slot = -1;
    must(sodium_init() >= 0);
    TRY(take_slot(w, &slot));
    bool same = crypto_pwhash_str_verify(known ? stored : nobody, (const char *)secret.bytes,
                                         sizeof(secret.bytes)) == 0;
    *right = known && same;
    return NULL;
}
