/* The file of errors: the rows that were refused, as they came, each with what is wrong with it in
 * a column behind the others. It is mended and imported like any file; our column is left aside. */
#pragma once
#include "exchange/import.h"

struct language;

/* Writes it for an import whose pass is through, in the language; *path is its name below
 * SOUK_EXCHANGE. Opens transactions of its own, and reads the whole file once more. */
struct err *errors_file_write(struct work *w, const struct import *i, const struct language *l,
                              const char **path) MUST_CHECK;

/* How the file is to be read, given how the one was that its rows are from. */
void errors_file_plan(struct arena *a, struct import_plan *plan);

/* A copy that is durable. */
struct err *errors_file_copy(struct work *w, const char *from, const char *to, int64_t *bytes,
                             struct sha256 *hash) MUST_CHECK;
