#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"

void
close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static struct err *
file_err(struct arena *a, const char *code, const char *path)
{
    char *log = text_printf(a, "%s: %s", path, strerror(errno));
    if (errno == ENOSPC || errno == EDQUOT)
        return err_new(a, ERR_FULL, "file.no_room", NULL,
                       "There is no room left to store this. Please try again later.", log, ERR_AT);
    return BROKEN(a, code, log);
}

/* Fills `bytes` until `most` or the end. */
static struct err *
read_all(struct arena *a, int fd, const char *path, unsigned char *bytes, size_t most, size_t *have)
{
    size_t got = 0;
    while (got < most) {
        ssize_t n = read(fd, bytes + got, most - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return file_err(a, "file.read", path);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *have = got;
    return NULL;
}

static struct err *
open_to_read(struct arena *a, const char *path, int *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return FAIL(a, ERR_NOT_FOUND, "file.missing", text_printf(a, "%s is not there.", path));
    if (fd < 0)
        return file_err(a, "file.read", path);
    *out = fd;
    return NULL;
}

struct err *
file_read(struct arena *a, const char *path, size_t most, struct bytes *out)
{
    SCOPED(close_fd) int fd = -1;
    TRY(open_to_read(a, path, &fd));
    struct stat st;
    if (fstat(fd, &st) < 0)
        return file_err(a, "file.read", path);
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > most)
        return FAIL(a, ERR_TOO_LARGE, "file.too_large", text_printf(a, "%s is too large.", path));

    size_t have;
    unsigned char *bytes = arena_alloc_raw(a, (size_t)st.st_size + 1);
    TRY(read_all(a, fd, path, bytes, (size_t)st.st_size, &have));
    bytes[have] = 0;
    *out = BYTES(bytes, have);
    return NULL;
}

struct err *
file_read_stream(struct arena *a, const char *path, size_t most, struct bytes *out)
{
    SCOPED(close_fd) int fd = -1;
    TRY(open_to_read(a, path, &fd));
    size_t have;
    unsigned char *bytes = arena_alloc_raw(a, most + 1);
    TRY(read_all(a, fd, path, bytes, most, &have));
    bytes[have] = 0;
    *out = BYTES(bytes, have);
    return NULL;
}

static char *
directory_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return text_copy(a, ".");
    return slash == path ? text_copy(a, "/") : text_copy_n(a, path, (size_t)(slash - path));
}

static struct err *
sync_directory(struct arena *a, const char *path)
{
    SCOPED(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return file_err(a, "file.write", path);
    return NULL;
}

struct err *
file_make_dirs(struct arena *a, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return NULL;
    char *above = directory_of(a, path);
    if (!text_is(above, path) && !text_is(above, "."))
        TRY(file_make_dirs(a, above));
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return file_err(a, "file.mkdir", path);
    return sync_directory(a, above);
}

static struct err *
write_all(struct arena *a, int fd, const char *path, struct bytes b)
{
    for (size_t done = 0; done < b.length;) {
        ssize_t n = write(fd, b.at + done, b.length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return file_err(a, "file.write", path);
        done += (size_t)n;
    }
    return fsync(fd) < 0 ? file_err(a, "file.write", path) : NULL;
}

struct err *
file_write_durably(struct arena *a, const char *path, struct bytes b)
{
    char *directory = directory_of(a, path);
    TRY(file_make_dirs(a, directory));

    char *beside = text_printf(a, "%s.%016llx.tmp", path, (unsigned long long)random_u64());
    SCOPED(close_fd) int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return file_err(a, "file.write", beside);
    struct err *e = write_all(a, fd, beside, b);
    if (!e && rename(beside, path) < 0)
        e = file_err(a, "file.write", path);
    if (e) {
        unlink(beside);
        return e;
    }
    return sync_directory(a, directory);
}

struct err *
file_move_durably(struct arena *a, const char *from, const char *path)
{
    char *directory = directory_of(a, path);
    TRY(file_make_dirs(a, directory));

    SCOPED(close_fd) int fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return file_err(a, "file.write", from);
    if (rename(from, path) < 0)
        return file_err(a, "file.write", path);
    return sync_directory(a, directory);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
close_directory(void *dir)
{
    closedir(dir);
}

struct err *
file_each(struct arena *a, const char *directory,
          struct err *(*fn)(void *arg, const char *path, const char *name), void *arg)
{
    DIR *dir = opendir(directory);
    if (!dir)
        return errno == ENOENT ? FAIL(a, ERR_NOT_FOUND, "file.missing",
                                      text_printf(a, "%s is not there.", directory))
                               : file_err(a, "file.read", directory);
    arena_defer(a, close_directory, dir);

    struct buf names = buf_new(a, 64 * sizeof(char *));
    for (struct dirent *d; (d = readdir(dir));) {
        if (text_is(d->d_name, ".") || text_is(d->d_name, ".."))
            continue;
        char *name = text_copy(a, d->d_name);
        buf_add(&names, &name, sizeof(name));
    }
    size_t n = names.length / sizeof(char *);
    char **sorted = NEW_ARRAY(a, char *, n + 1);
    memcpy(sorted, names.at, names.length);
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (size_t i = 0; i < n; i++)
        TRY(fn(arg, text_printf(a, "%s/%s", directory, sorted[i]), sorted[i]));
    return NULL;
}

bool
file_facts(const char *path, struct file_facts *out)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return false;
    out->is_file = S_ISREG(st.st_mode);
    out->is_directory = S_ISDIR(st.st_mode);
    out->bytes = (uint64_t)st.st_size;
    out->written_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
    return true;
}
