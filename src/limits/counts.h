/* How often each rule was asked and refused, by the minute, on this host. Inside of src/limits. */
#pragma once
#include "limits/shared.h"

struct limit_count {
    int64_t passed, refused, would; /* would: what a dry run let pass */
};

enum count_kind { COUNT_PASSED, COUNT_REFUSED, COUNT_WOULD };
void counts_add(struct shared *s, int place, enum count_kind kind, int64_t now_us);
struct limit_count counts_of_hour(struct shared *s, int place, int64_t now_us);
