/* Three steps, each pulling from the one before: the file's bytes, unpacked, decoded. A character
 * that an encoding does not have comes out as the byte FF, which is never UTF-8, so that the table
 * tells its place like any other. */
#include "exchange/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/must.h"

#define CHUNK      ((size_t)64 << 10)
#define RATIO_FROM ((int64_t)16 << 20)

struct input {
    struct arena *arena;
    int fd;
    int64_t at, size;

    bool gzip, member; /* member: one of the file's is being unpacked */
    z_stream z;
    unsigned char *packed;
    int64_t unpacked; /* bytes so far, packed or not */

    enum encoding encoding;
    bool skip_mark;
    unsigned char *raw; /* what is still to be decoded, from raw_at to raw_length */
    size_t raw_at, raw_length;
};

/* --- the file --- */

static struct err *
read_file(struct input *in, void *to, size_t most, size_t *got)
{
    ssize_t n;
    do
        n = pread(in->fd, to, most, in->at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return BROKEN(in->arena, "import.read", strerror(errno));
    in->at += n;
    *got = (size_t)n;
    return NULL;
}

/* --- gzip --- */

static void
end_unpacking(void *arg)
{
    inflateEnd(arg);
}

static struct err *
damaged(struct input *in, const char *why)
{
    return err_new(in->arena, ERR_INVALID, "import.gzip", NULL,
                   "This packed file is damaged or cut off.", why, ERR_AT);
}

static struct err *
refill_packed(struct input *in)
{
    size_t got;
    if (in->z.avail_in)
        return NULL;
    TRY(read_file(in, in->packed, CHUNK, &got));
    in->z.next_in = in->packed;
    in->z.avail_in = (uInt)got;
    return NULL;
}

/* A file may have several members, one behind the other. */
static struct err *
unpack(struct input *in, void *to, size_t most, size_t *got)
{
    in->z.next_out = to;
    in->z.avail_out = (uInt)most;
    while (in->z.avail_out) {
        TRY(refill_packed(in));
        if (!in->z.avail_in) {
            if (in->member)
                return damaged(in, "it ends within a member");
            break;
        }
        if (!in->member && inflateReset(&in->z) != Z_OK)
            return damaged(in, "reset");
        in->member = true;
        int status = inflate(&in->z, Z_NO_FLUSH);
        if (status == Z_STREAM_END)
            in->member = false;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return damaged(in, in->z.msg ? in->z.msg : "inflate");
    }
    *got = most - in->z.avail_out;
    return NULL;
}

static bool
is_too_large(const struct input *in)
{
    return in->unpacked > INPUT_BYTES_MOST ||
           (in->gzip && in->unpacked > RATIO_FROM && in->unpacked / INPUT_RATIO_MOST > in->at);
}

static struct err *
read_raw(struct input *in, void *to, size_t most, size_t *got)
{
    TRY(in->gzip ? unpack(in, to, most, got) : read_file(in, to, most, got));
    in->unpacked += (int64_t)*got;
    if (is_too_large(in))
        return FAIL(in->arena, ERR_TOO_LARGE, "import.too_large",
                    "This file is too large, or unpacks to far more than it should.");
    return NULL;
}

/* --- encodings --- */

static size_t
put_character(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static size_t
put_none(char *to)
{
    to[0] = '\xff';
    return 1;
}

static size_t
decode_windows(struct input *in, char *to)
{
    static const uint16_t upper[32] = { 0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                        0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
                                        0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d,
                                        0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                        0x0153, 0,      0x017e, 0x0178 };
    unsigned char c = in->raw[in->raw_at++];
    if (c < 0x80 || c >= 0xa0)
        return put_character(to, c);
    return upper[c - 0x80] ? put_character(to, upper[c - 0x80]) : put_none(to);
}

static uint32_t
utf16_unit(const struct input *in, size_t at)
{
    const unsigned char *p = in->raw + at;
    return in->encoding == ENCODING_UTF16LE ? (uint32_t)(p[0] | p[1] << 8)
                                            : (uint32_t)(p[0] << 8 | p[1]);
}

/* There are two units at least, or the file ends. */
static size_t
decode_utf16(struct input *in, char *to)
{
    size_t left = in->raw_length - in->raw_at;
    if (left < 2) {
        in->raw_at = in->raw_length;
        return put_none(to);
    }
    uint32_t c = utf16_unit(in, in->raw_at);
    in->raw_at += 2;
    if (c < 0xd800 || c >= 0xe000)
        return put_character(to, c);
    uint32_t low = left < 4 ? 0 : utf16_unit(in, in->raw_at);
    if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
        return put_none(to);
    in->raw_at += 2;
    return put_character(to, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
}

/* More to decode, behind what is left of before. */
static struct err *
refill_raw(struct input *in)
{
    size_t left = in->raw_length - in->raw_at, got;
    memmove(in->raw, in->raw + in->raw_at, left);
    in->raw_at = 0;
    in->raw_length = left;
    do {
        TRY(read_raw(in, in->raw + in->raw_length, CHUNK - in->raw_length, &got));
        in->raw_length += got;
    } while (got && in->raw_length < 4);
    return NULL;
}

static struct err *
read_decoded(struct input *in, char *to, size_t most, size_t *got)
{
    bool ended = false;
    *got = 0;
    while (most - *got >= 4 && !ended) {
        if (in->raw_length - in->raw_at < 4) {
            TRY(refill_raw(in));
            ended = in->raw_length < 4;
        }
        while (most - *got >= 4 &&
               (in->raw_length - in->raw_at >= 4 || (ended && in->raw_at < in->raw_length)))
            *got += in->encoding == ENCODING_WINDOWS1252 ? decode_windows(in, to + *got)
                                                         : decode_utf16(in, to + *got);
    }
    return NULL;
}

static struct err *
read_text(void *arg, char *to, size_t most, size_t *got)
{
    struct input *in = arg;
    if (in->encoding != ENCODING_UTF8)
        TRY(read_decoded(in, to, most, got));
    else
        TRY(read_raw(in, to, most, got));
    if (in->skip_mark && *got >= 3 && !memcmp(to, "\xef\xbb\xbf", 3)) {
        memmove(to, to + 3, *got - 3);
        *got -= 3;
        in->skip_mark = false;
        if (!*got)
            return read_text(in, to, most, got);
    }
    in->skip_mark = false;
    return NULL;
}

struct input *
input_new(struct arena *a, int fd, const struct file_shape *shape)
{
    struct input *in = NEW(a, struct input);
    struct stat st;
    in->arena = a;
    in->fd = fd;
    in->size = fstat(fd, &st) ? 0 : (int64_t)st.st_size;
    in->gzip = shape->gzip;
    in->encoding = shape->encoding;
    in->skip_mark = shape->mark;
    in->raw = arena_alloc_raw(a, CHUNK);
    if (in->gzip) {
        in->packed = arena_alloc_raw(a, CHUNK);
        must(inflateInit2(&in->z, 15 + 16) == Z_OK); /* 16: gzip and nothing else */
        arena_defer(a, end_unpacking, &in->z);
    }
    return in;
}

struct table_source
input_source(struct input *in)
{
    return (struct table_source){ read_text, in };
}

int64_t
input_read(const struct input *in)
{
    return in->at;
}

int64_t
input_size(const struct input *in)
{
    return in->size;
}
