/* Cuts a file of SQL into its statements. For migrations: src/db only. */
#pragma once
#include <stdbool.h>

#include "base/arena.h"

/* The statement that begins at or behind *at, without its semicolon, and the line it is on; *at
 * moves behind it. False when only blanks and comments are left. *line counts from the text's
 * beginning and is 1 at the first call. Quotation marks, dollar quotes and both kinds of comments
 * are understood; an open one reaches to the end of the text. */
bool split_next(struct arena *a, const char **at, int *line, char **statement, int *statement_line);
