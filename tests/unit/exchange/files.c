#include "files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/must.h"
#include "base/text.h"
#include "testdata.h"

static void
close_it(void *fd)
{
    close(*(int *)fd);
}

static int
kept(struct arena *a, int fd)
{
    int *place = NEW(a, int);
    *place = fd;
    arena_defer(a, close_it, place);
    return fd;
}

int
file_of(struct arena *a, struct bytes b)
{
    int fd = memfd_create("file", 0);
    must(fd >= 0);
    for (size_t at = 0; at < b.length;) {
        ssize_t n = write(fd, b.at + at, b.length - at);
        must(n > 0);
        at += (size_t)n;
    }
    return kept(a, fd);
}

int
file_of_text(struct arena *a, const char *text)
{
    return file_of(a, BYTES(text, strlen(text)));
}

int
file_of_gzip(struct arena *a, const char *text)
{
    z_stream z = { 0 };
    size_t most = strlen(text) + 1000;
    unsigned char *to = arena_alloc(a, most);
    must(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    z.next_out = to;
    z.avail_out = (uInt)most;
    must(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t length = most - z.avail_out;
    deflateEnd(&z);
    return file_of(a, BYTES(to, length));
}

int
shared_file(struct arena *a, const char *path)
{
    int fd = testdata_open(text_join(a, "catalog/", path, NULL));
    return fd < 0 ? -1 : kept(a, fd);
}

const char *
spool_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder ? folder : "/tmp";
}
