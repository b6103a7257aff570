/* A cell is copied in runs: up to the next byte that means something (separator, quote, line end,
 * NUL) nothing is decided byte by byte. The row is one buffer, its cells are places in it until the
 * row is whole, for the buffer may move while it grows. */
#include "base/table.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define CHUNK ((size_t)64 << 10)

struct table {
    struct table_source source;
    char separator;
    bool ends_plain[256], ends_quoted[256]; /* bytes that end a run */

    char *in; /* a chunk of the source */
    size_t in_at, in_length;
    bool ended;       /* the source is, or what is wrong lets nobody read on */
    struct err *fail; /* of the source */

    int64_t line, number;
    struct buf bytes; /* the row's cells, a NUL behind each */
    size_t *starts;   /* of each cell in `bytes`, and where the next one would be */
    struct cell *cells;
    struct row row;
};

struct table *
table_new(struct arena *a, struct table_source source, char separator)
{
    struct table *t = NEW(a, struct table);
    t->source = source;
    t->separator = separator;
    t->in = arena_alloc_raw(a, CHUNK);
    t->bytes = buf_new(a, CHUNK);
    t->starts = NEW_ARRAY(a, size_t, TABLE_CELLS_MOST + 2);
    t->cells = NEW_ARRAY(a, struct cell, TABLE_CELLS_MOST);
    t->line = 1;
    t->ends_plain[(unsigned char)separator] = true;
    t->ends_plain[0] = t->ends_plain['\n'] = t->ends_plain['\r'] = true;
    t->ends_quoted[0] = t->ends_quoted['\n'] = t->ends_quoted['\r'] = t->ends_quoted['"'] = true;
    return t;
}

/* The next byte without taking it; -1 at the end. */
static int
next_byte(struct table *t)
{
    if (t->in_at == t->in_length) {
        if (t->ended)
            return -1;
        t->in_at = t->in_length = 0;
        t->fail = t->source.read(t->source.arg, t->in, CHUNK, &t->in_length);
        if (t->fail || !t->in_length) {
            t->in_length = 0;
            t->ended = true;
            return -1;
        }
    }
    return (unsigned char)t->in[t->in_at];
}

/* Takes a line end if one comes next: LF, CRLF or CR, the bytes of it added to the cell if kept. */
static bool
take_line_end(struct table *t, bool keep)
{
    int c = next_byte(t);
    if (c != '\n' && c != '\r')
        return false;
    t->in_at++;
    if (keep)
        buf_char(&t->bytes, (char)c);
    if (c == '\r' && next_byte(t) == '\n') {
        t->in_at++;
        if (keep)
            buf_char(&t->bytes, '\n');
    }
    t->line++;
    return true;
}

static bool
take(struct table *t, char c)
{
    if (next_byte(t) != (unsigned char)c)
        return false;
    t->in_at++;
    return true;
}

/* The first fault is the one that is told. */
static void
fault(struct table *t, enum table_fault_kind kind, int64_t line)
{
    if (t->row.fault)
        return;
    t->row.fault = kind;
    t->row.fault_line = line;
    t->row.fault_cell = (int)t->row.count + 1;
}

/* Nothing can be read behind this one, so it is told whatever was found before it. */
static void
last_fault(struct table *t, enum table_fault_kind kind, int64_t line)
{
    t->row.fault = 0;
    fault(t, kind, line);
    t->ended = true;
    t->in_at = t->in_length;
}

/* Adds bytes to the cell, as far as it may grow. */
static void
grow(struct table *t, const char *bytes, size_t length)
{
    size_t has = t->bytes.length - t->starts[t->row.count];
    if (has + length > TABLE_CELL_MOST) {
        fault(t, TABLE_FAULT_CELL, t->line);
        length = has < TABLE_CELL_MOST ? TABLE_CELL_MOST - has : 0;
    }
    if (t->bytes.length + length > TABLE_ROW_MOST)
        last_fault(t, TABLE_FAULT_ROW, t->line);
    else
        buf_add(&t->bytes, bytes, length);
}

/* Adds what comes up to a byte that ends a run; that byte, or -1. */
static int
take_run(struct table *t, const bool *ends)
{
    int c;
    while ((c = next_byte(t)) >= 0 && !ends[c]) {
        size_t from = t->in_at;
        while (t->in_at < t->in_length && !ends[(unsigned char)t->in[t->in_at]])
            t->in_at++;
        grow(t, t->in + from, t->in_at - from);
    }
    return c;
}

static void
skip_nul(struct table *t)
{
    fault(t, TABLE_FAULT_NUL, t->line);
    t->in_at++;
}

static void
read_plain(struct table *t)
{
    while (take_run(t, t->ends_plain) == 0)
        skip_nul(t);
}

/* Blanks behind a closing quote are nobody's; anything else there is a fault, and read as it is. */
static void
read_behind_quote(struct table *t)
{
    while (t->separator != ' ' && next_byte(t) == ' ')
        t->in_at++;
    int c = next_byte(t);
    if (c < 0 || t->ends_plain[c])
        return;
    fault(t, TABLE_FAULT_QUOTE, t->line);
    read_plain(t);
}

static void
read_quoted(struct table *t)
{
    int64_t opened = t->line;
    for (;;) {
        int c = take_run(t, t->ends_quoted);
        if (c < 0) {
            if (t->row.fault != TABLE_FAULT_ROW && !t->fail)
                last_fault(t, TABLE_FAULT_OPEN, opened);
            return;
        }
        if (c == 0) {
            skip_nul(t);
        } else if (c == '"') {
            t->in_at++;
            if (!take(t, '"'))
                break;
            grow(t, "\"", 1);
        } else {
            take_line_end(t, true);
        }
    }
    read_behind_quote(t);
}

static void
end_cell(struct table *t)
{
    if (t->row.count == TABLE_CELLS_MOST) {
        fault(t, TABLE_FAULT_CELLS, t->line);
        t->bytes.length = t->starts[t->row.count]; /* left out */
        return;
    }
    buf_char(&t->bytes, 0);
    t->starts[++t->row.count] = t->bytes.length;
}

static size_t
line_ends_in(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    return n;
}

/* What is not UTF-8 becomes a question mark, and the row says where it was. */
static void
mend_utf8(struct table *t, size_t at)
{
    const struct cell *cell = &t->cells[at];
    char *text = t->bytes.at + t->starts[at];
    size_t bad;
    for (size_t from = 0; !text_is_utf8(BYTES(text + from, cell->length - from), &bad);) {
        from += bad;
        if (!t->row.fault) {
            t->row.fault = TABLE_FAULT_UTF8;
            t->row.fault_cell = (int)at + 1;
            t->row.fault_line =
                t->row.line + (int64_t)line_ends_in(t->bytes.at, t->starts[at] + from);
        }
        text[from] = '?';
    }
}

static void
end_row(struct table *t)
{
    for (size_t i = 0; i < t->row.count; i++) {
        t->cells[i].text = t->bytes.at + t->starts[i];
        t->cells[i].length = t->starts[i + 1] - t->starts[i] - 1;
        mend_utf8(t, i);
    }
    t->row.cells = t->cells;
    t->row.number = ++t->number;
}

static void
read_row(struct table *t)
{
    t->row = (struct row){ .line = t->line };
    t->bytes.length = 0;
    t->starts[0] = 0;
    do {
        if (take(t, '"'))
            read_quoted(t);
        else
            read_plain(t);
        end_cell(t);
    } while (take(t, t->separator));
    take_line_end(t, false);
    end_row(t);
}

struct err *
table_next(struct table *t, struct row *out, bool *more)
{
    while (take_line_end(t, false))
        ;
    *more = next_byte(t) >= 0;
    if (*more)
        read_row(t);
    if (t->fail)
        return t->fail;
    if (*more)
        *out = t->row;
    return NULL;
}

const char *
row_text(const struct row *r, size_t at)
{
    return at < r->count ? r->cells[at].text : "";
}

const char *
table_fault_code(enum table_fault_kind kind)
{
    static const char *const codes[] = {
        [TABLE_FAULT_QUOTE] = "table.quote", [TABLE_FAULT_OPEN] = "table.open",
        [TABLE_FAULT_NUL] = "table.nul",     [TABLE_FAULT_UTF8] = "table.utf8",
        [TABLE_FAULT_CELL] = "table.cell",   [TABLE_FAULT_ROW] = "table.row",
        [TABLE_FAULT_CELLS] = "table.cells",
    };
    must(kind > 0 && kind < COUNT(codes));
    return codes[kind];
}
