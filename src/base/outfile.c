#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

#define BUFFER ((size_t)64 << 10)

struct outfile {
    struct arena *arena;
    const char *path, *beside;
    int fd; /* -1: closed */
    struct sha256_run *hash;
    unsigned char *buffer;
    size_t have;
    int64_t bytes;
};

static struct err *
failed(struct outfile *f, const char *path)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return FAIL(f->arena, ERR_FULL, "file.no_room", "There is no room left to store this.");
    return BROKEN(f->arena, "file.write", text_printf(f->arena, "%s: %s", path, strerror(errno)));
}

static void
abandon(void *arg)
{
    struct outfile *f = arg;
    if (f->fd < 0)
        return;
    close(f->fd);
    unlink(f->beside);
}

struct err *
outfile_open(struct arena *a, const char *path, struct outfile **out)
{
    const char *slash = strrchr(path, '/');
    if (slash && slash > path)
        TRY(file_make_dirs(a, text_copy_n(a, path, (size_t)(slash - path))));
    struct outfile *f = NEW(a, struct outfile);
    f->arena = a;
    f->path = text_copy(a, path);
    f->beside = text_printf(a, "%s.%016llx.tmp", path, (unsigned long long)random_u64());
    f->fd = open(f->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (f->fd < 0)
        return failed(f, f->beside);
    f->hash = sha256_begin(a);
    f->buffer = arena_alloc_raw(a, BUFFER);
    arena_defer(a, abandon, f);
    *out = f;
    return NULL;
}

static struct err *
flush(struct outfile *f)
{
    sha256_more(f->hash, BYTES(f->buffer, f->have));
    for (size_t done = 0; done < f->have;) {
        ssize_t n = write(f->fd, f->buffer + done, f->have - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(f, f->beside);
        done += (size_t)n;
    }
    f->have = 0;
    return NULL;
}

struct err *
outfile_add(struct outfile *f, struct bytes b)
{
    must(f->fd >= 0);
    f->bytes += (int64_t)b.length;
    while (b.length) {
        size_t n = BUFFER - f->have < b.length ? BUFFER - f->have : b.length;
        memcpy(f->buffer + f->have, b.at, n);
        f->have += n;
        b = BYTES(b.at + n, b.length - n);
        if (f->have == BUFFER)
            TRY(flush(f));
    }
    return NULL;
}

struct err *
outfile_close(struct outfile *f, int64_t *bytes, struct sha256 *hash)
{
    TRY(flush(f));
    TRY(file_move_durably(f->arena, f->beside, f->path));
    close(f->fd);
    f->fd = -1;
    *bytes = f->bytes;
    if (hash)
        *hash = sha256_end(f->hash);
    return NULL;
}
