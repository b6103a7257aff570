/* Two people saved one product: both versions side by side, field by field. */
#pragma once
#include "catalog/inside.h"
#include "http/form.h"

/* The page, with a choice for each field that differs; the form keeps what was typed. */
struct err *conflict_show(struct req *r, const struct product *stored, const struct product *typed,
                          const struct form *f) MUST_CHECK;
/* What was chosen there: fields named `take.FIELD` with "theirs" become what is stored. */
void conflict_take(const struct form *f, const struct product *stored, struct product *typed);
