/* What is wrong in a file, said so that a person finds the place and knows how to mend it. Every
 * code is a row in check.c and has words in all languages: `err.<code>`. */
#pragma once
#include "base/text.h"

struct language;

/* Lives in the arena of the product or order it belongs to. */
struct finding {
    const char *code;   /* "import.price_format" */
    bool refuses;       /* the product (order) is not written; else it is, as the words say */
    int64_t line, row;  /* of the file, from 1; 0: about the whole file */
    int column;         /* from 1; 0: about the whole row */
    const char *header; /* the column's name; "" */
    const char *value;  /* as it stands there, cut at 200 characters; "" */
    const char *other;  /* what the words name besides: "line 17", "USD", "2,000"; "" */
};

struct findings {
    struct arena *arena;
    size_t count, room;
    struct finding *at;
    bool refused; /* one of them refuses */
};

/* Adds one. `f` gives the place and what the words need; its `refuses` is set from the code's row,
 * and the texts are copied to the arena of `fs`, cut. The code must have a row. `lenient`: what is
 * optional does not refuse (reader.h). */
void finding_add(struct findings *fs, struct finding f, bool lenient);

/* The sentence for a person. */
const char *finding_say(struct arena *a, const struct language *l, const struct finding *f);

/* All codes there are, for filters and tests. */
size_t finding_codes(const char *const **out);
