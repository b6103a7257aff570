/* multipart/form-data (RFC 7578) as it comes, through one buffer: what can be the beginning of a
 * delimiter stays in the buffer, all before it belongs to the part. A file part is written and
 * hashed on the way; nothing of a size that a client chooses is held in memory. */
#include "http/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/route.h"
#include "http/site.h"

#define BUFFER      ((size_t)64 * 1024)
#define HEADER_MOST ((size_t)8 * 1024)
#define FIELDS_MOST ((size_t)64 * 1024)
#define PARTS_MAX   200

struct reader {
    struct req *r;
    struct arena *arena;
    char delimiter[80]; /* CR LF "--" boundary */
    size_t delimiter_length;
    unsigned char *buffer;
    size_t have, at;      /* bytes in the buffer; first not yet used */
    uint64_t left, taken; /* of the body: still to come; used before the buffer's begin */
    uint64_t most_bytes;
    size_t field_bytes;
    struct upload *upload;
    struct pair fields[PARTS_MAX];
};

static struct err *
broken(struct reader *m, const char *what)
{
    return FAIL(m->arena, ERR_MALFORMED, "upload.malformed",
                text_printf(m->arena, "The upload is not well-formed at byte %llu: %s.",
                            (unsigned long long)(m->taken + m->at + 1), what));
}

/* Makes room and reads on. *ended when nothing more comes. */
static struct err *
read_more(struct reader *m, bool *ended)
{
    if (m->at) {
        memmove(m->buffer, m->buffer + m->at, m->have - m->at);
        m->taken += m->at;
        m->have -= m->at;
        m->at = 0;
    }
    size_t room = BUFFER - m->have;
    *ended = m->left == 0 || !room;
    if (*ended)
        return NULL;
    if (room > m->left)
        room = (size_t)m->left;
    ptrdiff_t n = m->r->source->read(m->r->source->arg, m->buffer + m->have, room);
    if (n <= 0)
        return FAIL(m->arena, ERR_MALFORMED, "request.body_short",
                    "The request ended before all of it had come.");
    m->have += (size_t)n;
    m->left -= (uint64_t)n;
    return NULL;
}

/* ---- Parts ---- */

struct part {
    const char *name, *file_name; /* file_name NULL: a plain field */
    struct buf text;              /* of a plain field */
    struct upload_file *file;
    struct sha256_run *hash;
    int fd;
};

/* name="…" in a Content-Disposition; backslash escapes a quote. NULL when it is not there. */
static const char *
disposition_value(struct arena *a, const char *line, const char *name)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "%s=\"", name);
    const char *at = line;
    while ((at = strstr(at, wanted))) {
        if (at == line || at[-1] == ' ' || at[-1] == ';')
            break;
        at++;
    }
    if (!at)
        return NULL;
    struct buf b = buf_new(a, 64);
    for (at += strlen(wanted); *at && *at != '"'; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        buf_char(&b, *at);
    }
    return *at == '"' ? b.at : NULL;
}

static struct err *
read_headers(struct reader *m, struct part *part)
{
    const unsigned char *end;
    for (bool ended = false; !(end = memmem(m->buffer + m->at, m->have - m->at, "\r\n\r\n", 4));) {
        if (m->have - m->at > HEADER_MOST || ended)
            return broken(m, "a part has no end of its headers");
        TRY(read_more(m, &ended));
    }
    size_t length = (size_t)(end - (m->buffer + m->at));
    if (length > HEADER_MOST)
        return broken(m, "the headers of a part are too long");
    struct bytes raw = BYTES(m->buffer + m->at, length);
    if (!text_is_utf8(raw, NULL))
        return broken(m, "the headers of a part are not UTF-8");

    char *headers = text_copy_n(m->arena, raw.at, raw.length);
    char *rest = NULL;
    for (char *line = strtok_r(headers, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest))
        if (strncasecmp(line, "content-disposition:", 20) == 0) {
            part->name = disposition_value(m->arena, line, "name");
            part->file_name = disposition_value(m->arena, line, "filename");
        }
    if (!part->name)
        return broken(m, "a part has no name");
    m->at += length + 4;
    return NULL;
}

static void
drop_file(void *path)
{
    unlink(path); /* gone already when somebody took it */
}

static struct err *
open_file(struct reader *m, struct part *part)
{
    const char *directory = m->r->site->settings->uploads;
    if (m->upload->count == UPLOAD_FILES_MAX)
        return FAIL(m->arena, ERR_TOO_LARGE, "upload.too_many", "At most 50 files at once.");
    TRY(file_make_dirs(m->arena, directory));
    char *path = text_printf(m->arena, "%s/%s", directory, random_token(m->arena, 18));
    part->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (part->fd < 0)
        return BROKEN(m->arena, "upload.open",
                      text_printf(m->arena, "%s: %s", path, strerror(errno)));
    arena_defer(m->arena, drop_file, path);
    part->hash = sha256_begin(m->arena);
    part->file = &m->upload->files[m->upload->count++];
    *part->file =
        (struct upload_file){ .field = part->name, .name = part->file_name, .path = path };
    return NULL;
}

static struct err *
write_file(struct reader *m, struct part *part, const unsigned char *from, size_t length)
{
    struct upload_file *file = part->file;
    file->bytes += length;
    if (file->bytes > m->most_bytes) {
        if (!file->refused) {
            file->path = NULL;
            file->refused = FAIL(m->arena, ERR_TOO_LARGE, "upload.too_large",
                                 text_printf(m->arena, "The file is larger than %llu MiB.",
                                             (unsigned long long)(m->most_bytes >> 20)));
        }
        return NULL; /* its rest is read and forgotten; the other files go on */
    }
    sha256_more(part->hash, BYTES(from, length));
    for (size_t done = 0; done < length;) {
        ssize_t n = write(part->fd, from + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == ENOSPC || errno == EDQUOT))
            return FAIL(m->arena, ERR_FULL, "file.no_room", "There is no room left to store this.");
        if (n < 0)
            return BROKEN(m->arena, "upload.write", strerror(errno));
        done += (size_t)n;
    }
    return NULL;
}

static struct err *
take(struct reader *m, struct part *part, const unsigned char *from, size_t length)
{
    if (part->file)
        return write_file(m, part, from, length);
    m->field_bytes += length;
    if (m->field_bytes > FIELDS_MOST)
        return FAIL(m->arena, ERR_TOO_LARGE, "upload.fields_too_large",
                    "The fields are larger than 64 KiB.");
    buf_add(&part->text, from, length);
    return NULL;
}

/* Up to the next delimiter, which is used up too. */
static struct err *
read_content(struct reader *m, struct part *part)
{
    for (;;) {
        const unsigned char *begin = m->buffer + m->at;
        size_t there = m->have - m->at;
        const unsigned char *stop = memmem(begin, there, m->delimiter, m->delimiter_length);
        if (stop) {
            TRY(take(m, part, begin, (size_t)(stop - begin)));
            m->at += (size_t)(stop - begin) + m->delimiter_length;
            return NULL;
        }
        if (there >= m->delimiter_length) {
            size_t sure = there - m->delimiter_length + 1;
            TRY(take(m, part, begin, sure));
            m->at += sure;
        }
        bool ended;
        TRY(read_more(m, &ended));
        if (ended)
            return broken(m, "the last part has no end");
    }
}

static struct err *
read_part(struct reader *m)
{
    struct part part = { .fd = -1, .text = buf_new(m->arena, 64) };
    TRY(read_headers(m, &part));
    if (part.file_name)
        TRY(open_file(m, &part));
    SCOPED(close_fd) int fd = part.fd;
    TRY(read_content(m, &part));
    if (fd >= 0) {
        part.file->hash = sha256_end(part.hash);
        return NULL;
    }
    if (!text_is_utf8(BYTES(part.text.at, part.text.length), NULL))
        return broken(m, "a field is not UTF-8");
    m->fields[m->upload->fields.count++] = (struct pair){ part.name, part.text.at };
    return NULL;
}

/* ---- The whole ---- */

/* Behind a delimiter: CR LF and another part follows, "--" ends it all. */
static struct err *
another_part(struct reader *m, bool *more)
{
    for (bool ended = false; m->have - m->at < 2;) {
        if (ended)
            return broken(m, "it ends behind a boundary");
        TRY(read_more(m, &ended));
    }
    const unsigned char *next = m->buffer + m->at;
    m->at += 2;
    *more = memcmp(next, "\r\n", 2) == 0;
    if (!*more && memcmp(next, "--", 2) != 0)
        return broken(m, "a boundary is followed by something else");
    return NULL;
}

static struct err *
read_boundary(struct reader *m)
{
    const char *type = header_text(m->r, "CONTENT_TYPE");
    const char *at = type && strncasecmp(type, "multipart/form-data", 19) == 0
                         ? strstr(type, "boundary=")
                         : NULL;
    if (!at)
        return FAIL(m->arena, ERR_UNSUPPORTED, "request.content_type",
                    "The request's content type must be multipart/form-data with a boundary.");
    at += 9;
    bool quoted = *at == '"';
    at += quoted;
    size_t n = strcspn(at, quoted ? "\"" : "; \t");
    if (!n || n > 70)
        return FAIL(m->arena, ERR_MALFORMED, "upload.boundary",
                    "A boundary has 1 to 70 characters.");
    int length = snprintf(m->delimiter, sizeof(m->delimiter), "\r\n--%.*s", (int)n, at);
    m->delimiter_length = (size_t)length;
    return NULL;
}

static struct err *
read_all(struct reader *m)
{
    /* The first delimiter has no line end before it: one is put there. */
    memcpy(m->buffer, "\r\n", 2);
    m->have = 2;
    struct part preamble = { .fd = -1, .text = buf_new(m->arena, 64) };
    TRY(read_content(m, &preamble));
    for (int parts = 0;; parts++) {
        bool more = false;
        TRY(another_part(m, &more));
        if (!more)
            break;
        if (parts == PARTS_MAX)
            return FAIL(m->arena, ERR_TOO_LARGE, "upload.too_many", "At most 200 parts at once.");
        TRY(read_part(m));
    }
    for (bool ended = false;
         !ended;) { /* what follows the end is read, so that the answer arrives */
        m->at = m->have;
        TRY(read_more(m, &ended));
    }
    return NULL;
}

struct err *
upload_read(struct req *r, uint64_t most_bytes, struct upload *out)
{
    if (!r->upload) {
        int64_t length;
        const char *text = header_text(r, "CONTENT_LENGTH");
        struct arena *a = r->work->arena;
        if (!text || !text_to_i64(text, &length) || length < 0)
            return FAIL(a, ERR_MALFORMED, "request.length", "Content-Length is missing.");
        if ((uint64_t)length > body_ceiling(r))
            return FAIL(a, ERR_TOO_LARGE, "request.too_large", "The request is too large.");

        struct reader *m = NEW(a, struct reader);
        struct upload *upload = NEW(a, struct upload);
        m->r = r;
        m->arena = a;
        m->left = (uint64_t)length;
        m->most_bytes = most_bytes;
        m->buffer = arena_alloc_raw(a, BUFFER);
        m->upload = upload;
        upload->files = NEW_ARRAY(a, struct upload_file, UPLOAD_FILES_MAX);
        upload->fields.at = m->fields;
        TRY(read_boundary(m));
        TRY(read_all(m));
        r->upload = upload;
    }
    *out = *r->upload;
    return NULL;
}
