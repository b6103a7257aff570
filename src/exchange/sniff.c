/* One reading of the whole file says whether it is UTF-8 (a lone accent at its end would be found
 * out too late otherwise); the rest is judged by its first 256 KiB: each separator is tried, and
 * the one wins that gives most names of columns we know, then the most even rows. */
#include "exchange/sniff.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/columns.h"
#include "exchange/input.h"
#include "exchange/spool.h"

#define HEAD_MOST    ((size_t)256 << 10)
#define CHUNK        ((size_t)64 << 10)
#define ROWS_TRIED   60
#define HEADER_TRIED 5
#define EXACT_MOST   ((int64_t)1 << 20)

struct sniffer {
    struct arena *arena;
    int fd;
    struct file_shape *shape;

    char *head; /* the first bytes, unpacked but not decoded */
    size_t head_length;
    int64_t total;
    bool blank_only;

    /* UTF-8, byte by byte */
    char open[4]; /* of a character begun at the end of a chunk */
    size_t open_length;
    int64_t characters, broken; /* of more than one byte; bytes that are none */
};

/* --- what it is not --- */

static const struct {
    const char *magic;
    size_t length;
    bool office;
    const char *what;
} not_text[] = {
    { "PK\x03\x04", 4, true, "a workbook or a zip archive" },
    { "\xd0\xcf\x11\xe0", 4, true, "an old workbook" },
    { "%PDF", 4, false, "a PDF" },
    { "\x89PNG", 4, false, "a picture" },
    { "\xff\xd8\xff", 3, false, "a picture" },
    { "GIF8", 4, false, "a picture" },
    { "RIFF", 4, false, "a picture" },
    { "7z\xbc\xaf", 4, false, "an archive" },
    { "Rar!", 4, false, "an archive" },
    { "BZh", 3, false, "an archive" },
    { "\xfd"
      "7zXZ",
      5, false, "an archive" },
    { "\x28\xb5\x2f\xfd", 4, false, "an archive" },
    { "<?xml", 5, false, "XML" },
    { "<!DOCTYPE", 9, false, "HTML" },
    { "<html", 5, false, "HTML" },
    { "{\"", 2, false, "JSON" },
    { "[{", 2, false, "JSON" },
};

static struct err *
refuse_other_kinds(struct sniffer *s)
{
    for (size_t i = 0; i < COUNT(not_text); i++) {
        if (s->head_length < not_text[i].length ||
            memcmp(s->head, not_text[i].magic, not_text[i].length))
            continue;
        return err_new(
            s->arena, ERR_INVALID, not_text[i].office ? "import.workbook" : "import.not_text", NULL,
            not_text[i].office ? "This is a spreadsheet's own file. Save it as CSV and send that."
                               : "This is no text file with columns.",
            not_text[i].what, ERR_AT);
    }
    return NULL;
}

/* --- encoding --- */

/* Counts what is UTF-8 in the bytes; a character that goes on in the next chunk is kept for it. */
static void
count_utf8(struct sniffer *s, const char *at, size_t length)
{
    size_t bad = 0;
    while (!text_is_utf8(BYTES(at, length), &bad)) {
        size_t left = length - bad;
        unsigned char c = (unsigned char)at[bad];
        if (left < 4 && c >= 0xc2 && c < 0xf5 && left < (c < 0xe0 ? 2u : c < 0xf0 ? 3u : 4u)) {
            memcpy(s->open, at + bad, left);
            s->open_length = left;
            return;
        }
        s->broken += c != 0;
        at += bad + 1;
        length -= bad + 1;
    }
}

static void
count_characters(struct sniffer *s, const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        s->characters += ((unsigned char)at[i] & 0xc0) == 0xc0;
        s->blank_only = s->blank_only && strchr(" \t\r\n", at[i]) && at[i];
    }
}

static struct err *
read_all(struct sniffer *s)
{
    struct file_shape raw = { .gzip = s->shape->gzip, .encoding = ENCODING_UTF8 };
    struct table_source source = input_source(input_new(s->arena, s->fd, &raw));
    char *chunk = arena_alloc_raw(s->arena, CHUNK + sizeof(s->open));
    size_t got;
    s->head = arena_alloc_raw(s->arena, HEAD_MOST);
    s->blank_only = true;
    for (;;) {
        size_t kept = s->open_length;
        memcpy(chunk, s->open, kept);
        s->open_length = 0;
        TRY(source.read(source.arg, chunk + kept, CHUNK, &got));
        if (!got) {
            s->broken += (int64_t)kept;
            return NULL;
        }
        size_t more = HEAD_MOST - s->head_length < got ? HEAD_MOST - s->head_length : got;
        memcpy(s->head + s->head_length, chunk + kept, more);
        s->head_length += more;
        s->total += (int64_t)got;
        count_characters(s, chunk + kept, got);
        count_utf8(s, chunk, kept + got);
    }
}

/* Which half of the pairs of bytes is empty, as in Latin text in UTF-16. */
static enum encoding
utf16_without_mark(const struct sniffer *s)
{
    size_t empty[2] = { 0 }, n = s->head_length < 4096 ? s->head_length : 4096;
    for (size_t i = 0; i < n; i++)
        empty[i % 2] += !s->head[i];
    if (empty[1] * 4 > n && empty[0] * 20 < n)
        return ENCODING_UTF16LE;
    if (empty[0] * 4 > n && empty[1] * 20 < n)
        return ENCODING_UTF16BE;
    return 0;
}

static bool
head_starts(const struct sniffer *s, const char *bytes, size_t length)
{
    return s->head_length >= length && !memcmp(s->head, bytes, length);
}

/* UTF-8 with a few broken bytes stays UTF-8, and each is told with its place; mostly broken, it was
 * never meant to be. */
static void
find_encoding(struct sniffer *s)
{
    struct file_shape *shape = s->shape;
    shape->mark = true;
    if (head_starts(s, "\xef\xbb\xbf", 3)) {
        shape->encoding = ENCODING_UTF8;
    } else if (head_starts(s, "\xff\xfe", 2)) {
        shape->encoding = ENCODING_UTF16LE;
    } else if (head_starts(s, "\xfe\xff", 2)) {
        shape->encoding = ENCODING_UTF16BE;
    } else {
        shape->mark = false;
        shape->encoding = utf16_without_mark(s);
        if (!shape->encoding)
            shape->encoding = s->broken > 0 && s->broken * 4 > s->characters ? ENCODING_WINDOWS1252
                                                                             : ENCODING_UTF8;
    }
}

/* --- rows --- */

struct tried {
    struct row rows[ROWS_TRIED]; /* copies */
    size_t count;
    size_t header; /* which of them */
    size_t known;  /* names we know in it */
    size_t even;   /* rows as wide as it */
};

static struct err *
try_separator(struct sniffer *s, char separator, struct tried *out)
{
    struct table *t =
        table_new(s->arena, input_source(input_new(s->arena, s->fd, s->shape)), separator);
    bool more = true;
    *out = (struct tried){ 0 };
    while (out->count < ROWS_TRIED) {
        struct row r;
        TRY(table_next(t, &r, &more));
        if (!more)
            break;
        out->rows[out->count++] = row_copy(s->arena, &r);
    }
    for (size_t i = 0; i < out->count && i < HEADER_TRIED; i++) {
        size_t known = columns_known(&out->rows[i]);
        if (known > out->known) {
            out->known = known;
            out->header = i;
        }
    }
    for (size_t i = out->header; i < out->count; i++)
        out->even += out->rows[i].count > 1 && out->rows[i].count == out->rows[out->header].count;
    return NULL;
}

static bool
is_better(const struct tried *a, const struct tried *b)
{
    return a->known != b->known ? a->known > b->known : a->even > b->even;
}

static struct err *
find_separator(struct sniffer *s, struct tried *best)
{
    static const char separators[] = { ',', ';', '\t', '|' };
    struct tried *tried = NEW(s->arena, struct tried);
    s->shape->separator = separators[0];
    for (size_t i = 0; i < COUNT(separators); i++) {
        TRY(try_separator(s, separators[i], tried));
        if (i && !is_better(tried, best))
            continue;
        *best = *tried;
        s->shape->separator = separators[i];
    }
    return NULL;
}

/* By the first line end outside of quotes that the head has. */
static enum line_end
line_end_in(const struct sniffer *s)
{
    size_t lf = 0, crlf = 0, cr = 0;
    bool quoted = false;
    char before = 0;
    for (size_t i = 0; i < s->head_length; i++) {
        char c = s->head[i];
        if (!c) /* half of a character in UTF-16 */
            continue;
        quoted ^= c == '"';
        lf += !quoted && c == '\n' && before != '\r';
        crlf += !quoted && c == '\n' && before == '\r';
        cr += !quoted && c == '\r';
        before = c;
    }
    cr -= crlf;
    return crlf >= lf && crlf >= cr && crlf ? LINE_END_CRLF : cr > lf ? LINE_END_CR : LINE_END_LF;
}

/* Exact for a small file, else as the head has it. */
static struct err *
count_rows(struct sniffer *s, int64_t *out)
{
    struct table *t = table_new(s->arena, input_source(input_new(s->arena, s->fd, s->shape)),
                                s->shape->separator);
    struct row r;
    bool more = true;
    int64_t rows = 0;
    size_t seen = 0;
    while (s->total <= EXACT_MOST || seen < HEAD_MOST) {
        TRY(table_next(t, &r, &more));
        if (!more)
            break;
        rows++;
        for (size_t i = 0; i < r.count; i++)
            seen += r.cells[i].length + 1;
    }
    *out = more && seen ? (int64_t)((double)rows * (double)s->total / (double)seen) : rows;
    return NULL;
}

/* --- decimals --- */

/* What stands before one or two last digits; 0: nothing does. */
static char
decimal_in(const char *text)
{
    const char *digit = text + strlen(text);
    size_t digits = 0;
    while (digit > text && (digit[-1] < '0' || digit[-1] > '9')) /* a unit or a currency */
        digit--;
    while (digit > text && digit[-1] >= '0' && digit[-1] <= '9') {
        digit--;
        digits++;
    }
    if (digit == text || digits < 1 || digits > 2)
        return 0;
    return digit[-1] == '.' || digit[-1] == ',' ? digit[-1] : 0;
}

static bool
is_amount(enum import_field field)
{
    return field == FIELD_PRICE || field == FIELD_SALE_PRICE || field == FIELD_COMPARE_AT ||
           field == FIELD_ORDER_UNIT_PRICE || field == FIELD_WEIGHT;
}

static char
find_decimal(struct sniffer *s, const struct tried *t)
{
    struct mapping m = mapping_of(s->arena, &t->rows[t->header], s->shape->dialect);
    size_t points = 0, commas = 0;
    for (size_t i = t->header + 1; i < t->count; i++)
        for (size_t k = 0; k < m.count; k++) {
            char c = is_amount(m.columns[k].field) ? decimal_in(row_text(&t->rows[i], k)) : 0;
            points += c == '.';
            commas += c == ',';
        }
    return points && !commas ? '.' : commas && !points ? ',' : 0;
}

struct err *
sniff_file(struct arena *a, int fd, struct file_shape *out)
{
    struct file_shape shape = { 0 };
    struct sniffer s = { .arena = a, .fd = fd, .shape = &shape };
    struct tried *best = NEW(a, struct tried);
    struct input *in = input_new(a, fd, &(struct file_shape){ .encoding = ENCODING_UTF8 });
    struct table_source bytes = input_source(in);
    char magic[2] = "";
    size_t got;

    TRY(bytes.read(bytes.arg, magic, sizeof(magic), &got));
    shape.gzip = got == 2 && !memcmp(magic, "\x1f\x8b", 2);
    shape.bytes = input_size(in);
    TRY(read_all(&s));
    TRY(refuse_other_kinds(&s));
    if (s.blank_only)
        return FAIL(a, ERR_INVALID, "import.empty", "There is nothing in this file.");
    find_encoding(&s);
    TRY(find_separator(&s, best));
    if (!best->count)
        return FAIL(a, ERR_INVALID, "import.empty", "There is nothing in this file.");
    shape.line_end = line_end_in(&s);
    shape.header_row = best->rows[best->header].number;
    shape.dialect = dialect_of(&best->rows[best->header]);
    shape.decimal = find_decimal(&s, best);
    TRY(count_rows(&s, &shape.rows));
    *out = shape;
    return NULL;
}
