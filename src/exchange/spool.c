/* A record is a head and the row's bytes as the table had them, cells ended by NUL. Records are
 * written one behind the other through a buffer, and read back each by itself: what belongs
 * together mostly stands together, and the pages are warm. */
#include "exchange/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/must.h"
#include "base/text.h"

#define BUFFER ((size_t)256 << 10)

struct record {
    int64_t line, number, fault_line;
    uint32_t count, length; /* cells; bytes behind this head */
    int32_t fault, fault_cell;
};

struct place {
    uint32_t group, order; /* order: of the row among all */
    int64_t at;
};

struct spool {
    struct arena *arena;
    int fd;
    int64_t end; /* of the file, what is still in the buffer included */
    struct buf out;
    size_t count, room, next;
    struct place *places;
    size_t joined_count;
    struct {
        uint32_t from, to;
    } * joined;
    size_t joined_room;
};

static void
end_file(void *fd)
{
    close(*(int *)fd);
}

static struct err *
no_file(struct arena *a)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return FAIL(a, ERR_FULL, "import.no_room", "There is no room on the disk for this file.");
    return BROKEN(a, "import.spool", strerror(errno));
}

static int
open_unnamed(struct arena *a, const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    char *name = text_join(a, folder, "/import-XXXXXX", NULL);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

struct err *
spool_new(struct arena *a, const char *folder, int64_t about, struct spool **out)
{
    struct spool *s = NEW(a, struct spool);
    s->arena = a;
    s->fd = open_unnamed(a, folder);
    if (s->fd < 0)
        return no_file(a);
    arena_defer(a, end_file, &s->fd);
    s->out = buf_new(a, BUFFER);
    s->room = about > 1000 ? (size_t)about + (size_t)about / 4 : 1000;
    s->places = NEW_ARRAY(a, struct place, s->room);
    *out = s;
    return NULL;
}

static struct err *
flush(struct spool *s)
{
    for (size_t at = 0; at < s->out.length;) {
        ssize_t n = write(s->fd, s->out.at + at, s->out.length - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return no_file(s->arena);
        at += (size_t)n;
    }
    s->out.length = 0;
    return NULL;
}

static struct place *
new_place(struct spool *s)
{
    if (s->count == s->room) {
        struct place *more = NEW_ARRAY(s->arena, struct place, s->room * 2);
        memcpy(more, s->places, s->count * sizeof(*more));
        s->places = more;
        s->room *= 2;
    }
    return &s->places[s->count++];
}

uint32_t
row_bytes(const struct row *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += r->cells[i].length + 1;
    must(n <= TABLE_ROW_MOST + TABLE_CELLS_MOST);
    return (uint32_t)n;
}

struct err *
spool_put(struct spool *s, uint32_t group, const struct row *r)
{
    struct record head = { .line = r->line,
                           .number = r->number,
                           .fault_line = r->fault_line,
                           .count = (uint32_t)r->count,
                           .length = row_bytes(r),
                           .fault = (int32_t)r->fault,
                           .fault_cell = r->fault_cell };
    struct place *p = new_place(s);
    *p = (struct place){ group, (uint32_t)s->count, s->end };
    buf_add(&s->out, &head, sizeof(head));
    for (size_t i = 0; i < r->count; i++)
        buf_add(&s->out, r->cells[i].text, r->cells[i].length + 1);
    s->end += (int64_t)(sizeof(head) + head.length);
    return s->out.length < BUFFER - sizeof(head) ? NULL : flush(s);
}

void
spool_join(struct spool *s, uint32_t from, uint32_t to)
{
    must(to < from);
    if (s->joined_count == s->joined_room) {
        size_t room = s->joined_room ? s->joined_room * 2 : 16;
        void *more = arena_alloc_array(s->arena, room, sizeof(*s->joined));
        if (s->joined_count)
            memcpy(more, s->joined, s->joined_count * sizeof(*s->joined));
        s->joined = more;
        s->joined_room = room;
    }
    s->joined[s->joined_count].from = from;
    s->joined[s->joined_count++].to = to;
}

/* Each group's number becomes that of the smallest one it was joined to. */
static void
follow_joins(struct spool *s)
{
    uint32_t most = 0;
    for (size_t i = 0; i < s->count; i++)
        most = s->places[i].group > most ? s->places[i].group : most;
    if (!s->joined_count)
        return;
    uint32_t *to = NEW_ARRAY(s->arena, uint32_t, most + 1);
    for (uint32_t g = 0; g <= most; g++)
        to[g] = g;
    for (size_t i = 0; i < s->joined_count; i++) {
        uint32_t a = s->joined[i].from, b = s->joined[i].to;
        if (a > most || b > most)
            continue;
        while (to[a] != a)
            a = to[a];
        while (to[b] != b)
            b = to[b];
        to[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t i = 0; i < s->count; i++) {
        uint32_t g = s->places[i].group;
        while (to[g] != g)
            g = to[g];
        s->places[i].group = g;
    }
}

static int
by_group(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->group != q->group)
        return p->group < q->group ? -1 : 1;
    return p->order < q->order ? -1 : p->order > q->order;
}

struct err *
spool_rewind(struct spool *s)
{
    TRY(flush(s));
    follow_joins(s);
    qsort(s->places, s->count, sizeof(s->places[0]), by_group);
    return NULL;
}

static struct err *
read_at(struct spool *s, void *to, size_t length, int64_t at)
{
    for (size_t got = 0; got < length;) {
        ssize_t n = pread(s->fd, (char *)to + got, length - got, at + (int64_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return BROKEN(s->arena, "import.spool", n ? strerror(errno) : "cut off");
        got += (size_t)n;
    }
    return NULL;
}

/* The cells of bytes that are ended by NUL. */
static void
cut_cells(struct arena *a, struct row *r, const char *bytes)
{
    struct cell *cells = NEW_ARRAY(a, struct cell, r->count + 1);
    for (size_t i = 0; i < r->count; i++) {
        cells[i].text = bytes;
        cells[i].length = strlen(bytes);
        bytes += cells[i].length + 1;
    }
    r->cells = cells;
}

static struct err *
read_record(struct spool *s, struct arena *a, const struct place *p, struct row *out)
{
    struct record head;
    TRY(read_at(s, &head, sizeof(head), p->at));
    char *bytes = arena_alloc_raw(a, head.length + 1);
    TRY(read_at(s, bytes, head.length, p->at + (int64_t)sizeof(head)));
    *out = (struct row){ .line = head.line,
                         .number = head.number,
                         .count = head.count,
                         .fault = (enum table_fault_kind)head.fault,
                         .fault_line = head.fault_line,
                         .fault_cell = head.fault_cell };
    cut_cells(a, out, bytes);
    return NULL;
}

struct err *
spool_next(struct spool *s, struct arena *a, size_t most, struct row **rows, size_t *count,
           size_t *left)
{
    size_t n = 0, bytes = 0, i;
    while (s->next + n < s->count && s->places[s->next + n].group == s->places[s->next].group)
        n++;
    *rows = NEW_ARRAY(a, struct row, (n < most ? n : most) + 1);
    for (i = 0; i < n && i < most && bytes < SPOOL_GROUP_MOST; i++) {
        TRY(read_record(s, a, &s->places[s->next + i], &(*rows)[i]));
        bytes += row_bytes(&(*rows)[i]);
    }
    *count = i;
    *left = n - i;
    s->next += n;
    return NULL;
}

int64_t
spool_rows(const struct spool *s)
{
    return (int64_t)s->count;
}

int64_t
spool_rows_back(const struct spool *s)
{
    return (int64_t)s->next;
}

struct row
row_copy(struct arena *a, const struct row *r)
{
    struct row copy = *r;
    char *bytes = arena_alloc_raw(a, row_bytes(r) + 1), *to = bytes;
    for (size_t i = 0; i < r->count; i++) {
        memcpy(to, r->cells[i].text, r->cells[i].length + 1);
        to += r->cells[i].length + 1;
    }
    cut_cells(a, &copy, bytes);
    return copy;
}
