/* What both forms of a document ask of it; not for other rooms. */
#pragma once
#include <stddef.h>

#include "billing/account.h"
#include "paper/words.h"

/* The next document that the lines from *at on credit, each once; *at moves behind it. NULL: no
 * more of them. */
const struct document *paper_credited(const struct document *d, size_t *at);
/* Why a category has no tax, or WORD_NONE. */
enum paper_word paper_exemption(enum vat_category category);
/* How it is or will be settled, where no day is due; or WORD_NONE. */
enum paper_word paper_terms(const struct document *d);
