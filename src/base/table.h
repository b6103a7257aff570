/* Rows of cells out of CSV (RFC 4180; TSV and the like by their separator), as they stream by: of a
 * file of any size only one row is in memory. The one reader of CSV in the program; cells are
 * written by base/csv.h.
 *
 * Line ends are LF, CRLF or CR, also mixed. A quoted cell may hold separators, line ends and ""
 * for a quote. A quote inside a cell that does not begin with one is an ordinary character, as
 * every spreadsheet reads it. Blank lines are no rows. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define TABLE_CELL_MOST  ((size_t)1 << 20) /* bytes */
#define TABLE_ROW_MOST   ((size_t)4 << 20)
#define TABLE_CELLS_MOST 1000

/* Where the bytes come from: UTF-8, at most `most` of them; *got 0 at the end. */
struct table_source {
    struct err *(*read)(void *arg, char *to, size_t most, size_t *got);
    void *arg;
};

struct cell {
    const char *text; /* followed by a NUL */
    size_t length;
};

enum table_fault_kind {
    TABLE_FAULT_QUOTE = 1, /* text behind a closing quote */
    TABLE_FAULT_OPEN,      /* a quote that is opened and never closed; ends the table */
    TABLE_FAULT_NUL,       /* a NUL byte */
    TABLE_FAULT_UTF8,      /* bytes that are not UTF-8 */
    TABLE_FAULT_CELL,      /* above TABLE_CELL_MOST; the rest of the cell is left out */
    TABLE_FAULT_ROW,       /* above TABLE_ROW_MOST; ends the table */
    TABLE_FAULT_CELLS      /* more than TABLE_CELLS_MOST; the others are left out */
};

/* Valid until the next row is read. */
struct row {
    int64_t line;   /* of the file, from 1, where the row begins */
    int64_t number; /* of the row, from 1, the header being one too */
    size_t count;
    const struct cell *cells;
    enum table_fault_kind fault; /* 0: none. The first of the row; its cells are there as far as
                                  * they could be read, in valid UTF-8 all the same */
    int64_t fault_line;
    int fault_cell; /* from 1 */
};

struct table;

/* Lives in the arena. `separator` is one ASCII character. */
struct table *table_new(struct arena *a, struct table_source source, char separator);

/* *more false: there was no further row, and `out` is not written. Fails only as the source does:
 * what is wrong with the bytes is said in the row. */
struct err *table_next(struct table *t, struct row *out, bool *more) MUST_CHECK;

/* "" for a cell that the row does not have; at from 0. */
const char *row_text(const struct row *r, size_t at);

const char *table_fault_code(enum table_fault_kind kind); /* "table.quote" */
