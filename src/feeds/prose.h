/* Texts as channels want them: plain, calm, and no longer than they take. All are UTF-8. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

/* Without HTML, references and control characters; blanks drawn together. `lines`: line ends stay,
 * at most two in a row; else they are blanks too. */
char *prose_plain(struct arena *a, const char *text, bool lines);

/* Is all of it in capitals? Fewer than four letters with case say nothing. */
bool prose_shouts(const char *text);
/* Words of more than three letters keep their first capital only; codes with digits stay. */
char *prose_calm(struct arena *a, const char *text);

/* How long it is as channels may count it: in UTF-16 units, so that those who count characters find
 * no more. */
size_t prose_length(const char *text);
/* How many bytes of it are at most so long: up to the end of a word where there is one in the
 * second half, never inside a character or before its accents. */
size_t prose_cut(const char *text, size_t most);
