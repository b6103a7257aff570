/* Rows drawn together to products: as they pass, where a product's rows stand together, or by way
 * of a spool, where they may stand anywhere. */
#pragma once
#include "exchange/input.h"
#include "exchange/reader.h"

#define GROUP_ROWS_MOST 5000

enum grouping {
    GROUP_ALONE = 1, /* each row is a product */
    GROUP_TOGETHER,  /* rows of one key, one behind the other */
    GROUP_ANYWHERE,  /* rows of one key, anywhere */
    GROUP_PARENTS    /* variations name their product by SKU or id, anywhere */
};

/* Where each field's columns are. */
struct columns {
    const struct mapping *mapping;
    int first[FIELDS];       /* by their n, then as in the file; −1: none */
    int *next;               /* the next column of the same field, −1: none */
    int *partner;            /* of an option's value its name, of an image its description; −1 */
    const char **language;   /* of texts: in its usual spelling; NULL: the row's or the shop's */
    enum currency *currency; /* of prices: CUR_NONE: the row's or the shop's */
};

/* Lives in the arena, as the mapping must. Columns for a language that is none are aside. */
struct columns *columns_new(struct arena *a, const struct mapping *m);
bool columns_have(const struct columns *c, enum import_field field);

/* The text of the field's first column that has one in the row, blanks around it left out in
 * passing: a copy in the arena, or "". */
const char *columns_text(const struct columns *c, struct arena *a, const struct row *r,
                         enum import_field field);

enum grouping grouping_of(const struct import_plan *plan, const struct columns *c);

struct groups;

/* Fails as import_open does. */
struct err *groups_new(struct arena *a, int fd, const struct import_plan *plan,
                       const struct columns *c, enum grouping grouping, const char *spool,
                       struct groups **out) MUST_CHECK;

struct group {
    struct row *rows;
    size_t count;       /* 0: the end */
    size_t left;        /* rows of it above GROUP_ROWS_MOST, left out */
    bool too_many_rows; /* the file goes on above IMPORT_ROWS_MOST: this is its last group */
};

/* The next group, in arena `a`. */
struct err *groups_next(struct groups *g, struct arena *a, struct group *out) MUST_CHECK;
void groups_progress(const struct groups *g, int64_t *done, int64_t *of);
