/* The table of statements. A file of its own, so that a changed statement compiles only this. */
#include "db/query.h"

const struct query_text query_texts[QUERIES] = {
#include "db/query_texts.h"
};
