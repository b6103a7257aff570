/* Documents for tests of paper: some made by the rules themselves, some by hand. */
#pragma once
#include "billing/command.h"
#include "paper/paper.h"

#define DAY_1 INT64_C(1767225600) /* 2026-01-01 */
#define FONTS "/usr/share/fonts/truetype/dejavu"

enum example {
    MIXED,    /* by card: an invoice of AE that gives back two lines of S */
    OUTSIDE,  /* by card: O */
    TRANSFER, /* open: S */
    EXAMPLES
};

/* On the first day it has bought "large" and three of "more"; S, 17 %, by card. */
struct account vendor(struct arena *a);
/* One that no rule has made: n lines of these amounts, of January, on the tax given; open. */
struct document *by_hand(struct arena *a, const int64_t *amounts, size_t n, struct vat vat);
struct document *example(struct arena *a, enum example which);
/* In English and EUR, with a number when it had none. */
struct paper paper_of(struct arena *a, struct document *d);
