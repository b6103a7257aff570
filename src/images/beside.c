/* A fork shares the decoded picture for nothing, where a thread would share all that a hostile file
 * can break, and a second child would decode anew. The place is a lock on a file in the uploads
 * directory that says for which content: it goes with the processes that hold it, however they
 * end. */
#include "images/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define AWAIT_MS  10
#define AWAIT_MAX 2000
#define HEX_SIZE  64
#define NICE      10

struct shared {
    bool done;
    _Alignas(16) unsigned char result[];
};

struct beside {
    pid_t pid;
    size_t size;
    struct shared *shared;
};

/* Neither the pipe that somebody waits on nor a request's connection may stay open here. */
static void
let_go(int place)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), first = STDERR_FILENO + 1;
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (place >= 0 && dup2(place, first) == first)
        first++;
    close_range((unsigned)first, ~0U, 0);
}

struct beside *
beside_begin(struct arena *a, int place,
             struct err *(*fn)(struct arena *a, void *arg, void *result), void *arg, size_t size)
{
    struct shared *shared = mmap(NULL, sizeof(*shared) + size, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return NULL;
    pid_t pid = fork();
    if (pid == 0) {
        let_go(place);
        if (nice(NICE) == -1) {
            /* Then it runs as all others do. */
        }
        shared->done = !fn(a, arg, shared->result);
        _exit(0);
    }
    if (pid < 0) {
        munmap(shared, sizeof(*shared) + size);
        return NULL;
    }
    struct beside *b = NEW(a, struct beside);
    *b = (struct beside){ pid, size, shared };
    return b;
}

bool
beside_end(struct beside *b, void *result)
{
    int status;
    while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    bool done = b->shared->done;
    if (done)
        memcpy(result, b->shared->result, b->size);
    munmap(b->shared, sizeof(*b->shared) + b->size);
    return done;
}

/* ---- The place ---- */

static int
open_place(struct arena *a, const struct settings *s)
{
    return open(text_printf(a, "%s/original.lock", s->uploads), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static const char *
hex_of(struct arena *a, const struct sha256 *hash)
{
    return hex_text(a, BYTES(hash->bytes, sizeof(hash->bytes)));
}

int
beside_take_place(struct arena *a, const struct settings *s, const struct sha256 *hash)
{
    int fd = open_place(a, s);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        pwrite(fd, hex_of(a, hash), HEX_SIZE, 0) == HEX_SIZE)
        return fd;
    close_fd(&fd);
    return -1;
}

void
beside_await(struct arena *a, const struct settings *s, const struct sha256 *hash)
{
    SCOPED(close_fd) int fd = open_place(a, s);
    char holds[HEX_SIZE];
    const char *hex = hex_of(a, hash);
    for (int i = 0; fd >= 0 && i < AWAIT_MAX; i++) {
        if (pread(fd, holds, HEX_SIZE, 0) != HEX_SIZE || memcmp(holds, hex, HEX_SIZE) != 0 ||
            flock(fd, LOCK_SH | LOCK_NB) == 0)
            return;
        poll(NULL, 0, AWAIT_MS);
    }
}
