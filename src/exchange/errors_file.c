/* The file's rows and what was found are both read in the file's order, side by side, so neither
 * is ever in memory as a whole. Cells are copied as they are: they are the person's own, and what
 * our format has put a ' in front of has it still. */
#include "exchange/errors_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/outfile.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/import_store.h"
#include "exchange/input.h"

#define ROWS_AT_ONCE  500
#define ARENA_CEILING ((size_t)64 << 20)
#define COLUMN        "souk: error"

struct writing {
    struct work *w;
    const struct import *import;
    const struct language *language;
    struct import_plan plan;
    size_t columns; /* theirs */
    struct table *table;
    struct outfile *out;
    struct arena *round; /* of the refused rows in hand */
    struct import_refused *refused;
    size_t count, at;
};

/* Not by csv_cell(), which would put a ' in front of some. */
static void
add_cell(struct buf *b, const char *text)
{
    if (!strpbrk(text, "\",;\t|\r\n")) {
        buf_text(b, text);
        return;
    }
    buf_char(b, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(b, '"');
        buf_char(b, *text);
    }
    buf_char(b, '"');
}

static bool
has_ours(const struct mapping *m)
{
    return m->count && text_is(m->columns[m->count - 1].header, COLUMN);
}

static void
end_arena(void *a)
{
    arena_free(a);
}

/* Ends with the other. */
static struct arena *
arena_within(struct arena *a)
{
    struct arena *inner = arena_new(ARENA_CEILING);
    arena_defer(a, end_arena, inner);
    return inner;
}

/* The row as wide as the header, and one cell more. */
static struct err *
write_row(struct writing *s, struct arena *a, const struct row *row, const char *last)
{
    struct buf b = buf_new(a, 1024);
    for (size_t i = 0; i < s->columns; i++) {
        add_cell(&b, row_text(row, i));
        buf_char(&b, ',');
    }
    add_cell(&b, last);
    buf_char(&b, '\n');
    return outfile_add(s->out, BYTES(b.at, b.length));
}

static struct err *
load_more(struct writing *s, int64_t behind)
{
    struct work *w = s->w;
    struct arena *own = w->arena;
    arena_reset(s->round);
    w->arena = s->round;
    tx_open(w, TX_READ);
    struct err *e =
        import_store_refused_rows(w, s->import->id, behind, ROWS_AT_ONCE, &s->refused, &s->count);
    tx_rollback(w);
    w->arena = own;
    s->at = 0;
    return e;
}

/* What is wrong with the row at hand, sentence behind sentence; goes on to the next. */
static const char *
say(struct writing *s, struct arena *a, int64_t row)
{
    struct buf b = buf_new(a, 200);
    for (; s->at < s->count && s->refused[s->at].row == row; s->at++) {
        const struct finding *f = &s->refused[s->at].finding;
        if (!f->code)
            continue;
        if (b.length)
            buf_char(&b, ' ');
        if (*f->header)
            buf_printf(&b, "%s: ", f->header);
        buf_text(&b, finding_say(a, s->language, f));
    }
    return b.length ? b.at : "";
}

static struct err *
write_rows(struct writing *s, struct arena *a)
{
    struct row row;
    bool more;
    TRY(load_more(s, 0));
    for (;;) {
        TRY(table_next(s->table, &row, &more));
        if (!more || !s->count)
            return NULL;
        if (row.number == s->plan.shape.header_row)
            TRY(write_row(s, a, &row, COLUMN));
        else if (row.number == s->refused[s->at].row) {
            TRY(write_row(s, a, &row, say(s, a, row.number)));
            if (s->at == s->count)
                TRY(load_more(s, row.number));
        }
        arena_reset(a);
    }
}

struct err *
errors_file_write(struct work *w, const struct import *i, const struct language *l,
                  const char **path)
{
    struct writing s = { .w = w, .import = i, .language = l };
    int64_t bytes;
    TRY(plan_from_json(w->arena, i->plan, &s.plan));
    SCOPED(close_fd) int fd = open(exchange_path(w, i->path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return BROKEN(w->arena, "import.open", i->path);
    s.table = table_new(w->arena, input_source(input_new(w->arena, fd, &s.plan.shape)),
                        s.plan.shape.separator);
    const char *name = text_join(w->arena, i->path, ".errors", NULL);
    TRY(outfile_open(w->arena, exchange_path(w, name), &s.out));

    s.columns = s.plan.mapping.count - has_ours(&s.plan.mapping);
    s.round = arena_within(w->arena);
    TRY(write_rows(&s, arena_within(w->arena)));
    TRY(outfile_close(s.out, &bytes, NULL));
    *path = name;
    return NULL;
}

void
errors_file_plan(struct arena *a, struct import_plan *plan)
{
    struct mapping *m = &plan->mapping;
    plan->shape.gzip = plan->shape.mark = false;
    plan->shape.encoding = ENCODING_UTF8;
    plan->shape.line_end = LINE_END_LF;
    plan->shape.separator = ',';
    plan->shape.header_row = 1;
    struct mapped_column *columns = NEW_ARRAY(a, struct mapped_column, m->count + 1);
    memcpy(columns, m->columns, m->count * sizeof(*columns));
    if (!has_ours(m))
        columns[m->count++] = (struct mapped_column){ .header = COLUMN, .field = FIELD_ASIDE };
    m->columns = columns;
}

struct err *
errors_file_copy(struct work *w, const char *from, const char *to, int64_t *bytes,
                 struct sha256 *hash)
{
    struct outfile *out;
    char *buffer = arena_alloc_raw(w->arena, (size_t)64 << 10);
    SCOPED(close_fd) int fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return BROKEN(w->arena, "import.open", from);
    TRY(outfile_open(w->arena, to, &out));
    for (;;) {
        ssize_t n = read(fd, buffer, (size_t)64 << 10);
        if (n < 0)
            return BROKEN(w->arena, "import.read", from);
        if (!n)
            break;
        TRY(outfile_add(out, BYTES(buffer, (size_t)n)));
    }
    return outfile_close(out, bytes, hash);
}
