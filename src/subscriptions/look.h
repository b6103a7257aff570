/* What pages and the API read alike: inputs, one issued document, the use of the limits. */
#pragma once
#include "http/form.h"
#include "subscriptions/act.h"
#include "subscriptions/inside.h"

enum interval look_interval(struct form *f, const char *name); /* 0: not given */
enum when look_when(struct form *f, const char *name);         /* "now", "period_end" */

/* Is there such a tier or add-on at all? For what an address names: NOT_FOUND. */
struct err *look_offer(struct work *w, const char *code) MUST_CHECK;

/* By its number. NOT_FOUND subscriptions.not_found. */
struct issued {
    struct book book; /* paper_seller and paper_buyer are the document's */
    struct document *document;
};
struct err *issued_load(struct work *w, const char *number, struct issued *out) MUST_CHECK;

struct usage {
    struct span window; /* in which orders are counted */
    bool known;         /* false: nothing limits this shop */
    struct entitle_use uses[ENTITLE_LIMITS];
};
/* With the newest of what a tier that is sold would be too small for. */
struct err *usage_load(struct work *w, const struct book *b, struct usage *out) MUST_CHECK;
/* Which limits would be passed once the change is made, and by what. */
struct err *look_impact(struct work *w, const struct book *b, const struct change *wanted,
                        struct entitle_over out[ENTITLE_LIMITS], size_t *count) MUST_CHECK;
