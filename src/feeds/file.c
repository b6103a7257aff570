#include "feeds/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/must.h"
#include "base/random.h"

#define GATHER      ((size_t)128 << 10)
#define PACK_LEVEL  1         /* half the time of 6, for 12 % more bytes */
#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, in gzip's frame */

static struct err *
failed(struct arena *a, const char *path)
{
    char *log = text_printf(a, "%s: %s", path, strerror(errno));
    if (errno == ENOSPC || errno == EDQUOT)
        return err_new(a, ERR_FULL, "file.no_room", NULL,
                       "There is no room left to store this. Please try again later.", log, ERR_AT);
    return BROKEN(a, "file.write", log);
}

static void
drop(void *arg)
{
    struct feed_file *f = arg;
    if (f->fd >= 0)
        close(f->fd);
    unlink(f->beside);
    unlink(text_printf(f->arena, "%s.gz", f->beside));
}

static struct err *
open_beside(struct arena *a, const char *path, int *out)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return failed(a, path);
    *out = fd;
    return NULL;
}

struct err *
feed_file_begin(struct arena *a, const char *path, struct feed_file **out)
{
    struct feed_file *f = NEW(a, struct feed_file);
    f->arena = a;
    f->path = text_copy(a, path);
    f->beside = text_printf(a, "%s.%016llx.tmp", path, (unsigned long long)random_u64());
    f->lines = buf_new(a, GATHER + (GATHER >> 1));
    f->run = sha256_begin(a);
    f->fd = -1;
    TRY(open_beside(a, f->beside, &f->fd));
    arena_defer(a, drop, f);
    *out = f;
    return NULL;
}

static struct err *
write_all(struct arena *a, int fd, const char *path, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, (const char *)bytes + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(a, path);
        done += (size_t)n;
    }
    return NULL;
}

static struct err *
write_gathered(struct feed_file *f)
{
    struct bytes b = BYTES(f->lines.at, f->lines.length);
    TRY(write_all(f->arena, f->fd, f->beside, b.at, b.length));
    sha256_more(f->run, b);
    f->bytes += (int64_t)b.length;
    f->lines.length = 0;
    return NULL;
}

struct err *
feed_file_pass(struct feed_file *f)
{
    return f->lines.length < GATHER ? NULL : write_gathered(f);
}

struct err *
feed_file_end(struct feed_file *f)
{
    TRY(write_gathered(f));
    f->digest = sha256_end(f->run);
    return NULL;
}

/* ---- The gzip ---- */

static void
end_packing(void *stream)
{
    deflateEnd(stream);
}

/* Reads the file again: it is in the kernel's memory still, and mostly this is not needed at all.
 */
static struct err *
pack(struct feed_file *f, int to, const char *to_path)
{
    unsigned char *in = arena_alloc_raw(f->arena, GATHER),
                  *packed = arena_alloc_raw(f->arena, GATHER);
    z_stream *z = NEW(f->arena, z_stream);
    must(deflateInit2(z, PACK_LEVEL, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    arena_defer(f->arena, end_packing, z);
    off_t at = 0;
    for (int end = Z_OK; end != Z_STREAM_END;) {
        ssize_t n = pread(f->fd, in, GATHER, at);
        if (n < 0)
            return failed(f->arena, f->beside);
        at += n;
        z->next_in = in;
        z->avail_in = (uInt)n;
        do {
            z->next_out = packed;
            z->avail_out = GATHER;
            end = deflate(z, n ? Z_NO_FLUSH : Z_FINISH);
            TRY(write_all(f->arena, to, to_path, packed, GATHER - z->avail_out));
        } while (!z->avail_out);
    }
    f->packed_bytes = (int64_t)z->total_out;
    return NULL;
}

/* ---- In place ---- */

static struct err *
set_time(struct feed_file *f, int fd, int64_t at_us)
{
    struct timespec t = { .tv_sec = (time_t)(at_us / SECOND_US) };
    const struct timespec both[2] = { t, t };
    return futimens(fd, both) < 0 ? failed(f->arena, f->beside) : NULL;
}

/* The first second that neither the file nor its gzip has had. */
static int64_t
fresh_time(const struct feed_file *f, int64_t now_us)
{
    const char *both[] = { f->path, text_printf(f->arena, "%s.gz", f->path) };
    struct file_facts before;
    int64_t second = now_us / SECOND_US;
    for (size_t i = 0; i < COUNT(both); i++)
        if (file_facts(both[i], &before) && before.written_us / SECOND_US >= second)
            second = before.written_us / SECOND_US + 1;
    return second * SECOND_US;
}

struct err *
feed_file_publish(struct feed_file *f, int64_t now_us)
{
    char *packed = text_printf(f->arena, "%s.gz", f->beside);
    SCOPED(close_fd) int to = -1;
    TRY(open_beside(f->arena, packed, &to));
    TRY(pack(f, to, packed));
    int64_t at_us = fresh_time(f, now_us);
    TRY(set_time(f, f->fd, at_us));
    /* Of one size by chance, they still are two things. */
    TRY(set_time(f, to, f->packed_bytes == f->bytes ? at_us + SECOND_US : at_us));
    TRY(file_move_durably(f->arena, packed, text_printf(f->arena, "%s.gz", f->path)));
    return file_move_durably(f->arena, f->beside, f->path);
}
