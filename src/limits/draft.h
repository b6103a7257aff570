/* A rule as somebody would have it: read from a form or a JSON body, tried before it is saved, and
 * refused when it would lock out who wants it. Inside of src/limits. */
#pragma once
#include "http/form.h"
#include "limits/inside.h"

/* Reads what is given over *rule. `whole`: of a page's form, where a box that is not ticked is not
 * sent; else what is missing stays. */
void draft_read(struct form *f, bool whole, struct limit_rule *rule);

/* A request that could come. */
struct limit_sample {
    const char *class_name, *path, *address;
    enum limit_class class;
    struct limit_person person; /* for any but strangers */
};
struct limit_left {
    const struct limit_rule *rule;
    int64_t limit, left; /* left: without taking any; 0 would refuse */
};
/* Which rules the sample meets with `draft` in the place of the rule of its name, and what is left
 * of them now. At most LIMIT_CHECKS_MAX. */
int draft_try(struct limits *l, struct work *w, const struct limit_rule *draft,
              const struct limit_sample *sample, struct limit_left *out);

/* INVALID limit.*: limit_rule_check(), and limit.locks_out when whoever asks could not log in or
 * come back to this page from where they are now. */
struct err *draft_check(struct limits *l, struct work *w,
                        const struct limit_rule *draft) MUST_CHECK;
