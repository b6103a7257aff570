/* The statements of sql/queries/, one row each, made by sql/embed.awk. For src/db and for tests
 * that walk them; rooms name a statement by its Q_ and never see its text. */
#pragma once
#include "db/query_ids.h"

enum query_shape { SHAPE_ONE = 1, SHAPE_MAYBE, SHAPE_MANY, SHAPE_EXEC };

struct query_text {
    const char *name;
    const char *text; /* without comments, lines kept */
    const char *file; /* "sql/queries/billing.sql" */
    int line;         /* of its `-- name:` */
    int nargs;        /* the highest $n */
    enum query_shape shape;
};

extern const struct query_text query_texts[QUERIES];
