/* The statements of this room. Each opens and ends a transaction of its own, but where it says that
 * it runs inside the caller's. Inside of src/limits. */
#pragma once
#include "limits/days.h"
#include "limits/people.h"

/* A number that differs after each change of a rule. */
struct err *limits_load_version(struct work *w, int64_t *out) MUST_CHECK;
/* The operator's rows over rules[LIMIT_RULES], which come filled as delivered; a row that still is
 * as delivered leaves the settings' say. Texts live in `a`. */
struct err *limits_load_rules(struct work *w, struct arena *a, struct limit_rule *rules,
                              int64_t *version) MUST_CHECK;
/* Class and tier of who logged in; *used: API requests of this day, as PostgreSQL was last told. */
struct err *limits_load_person(struct work *w, const struct limit_person *who, int64_t day,
                               struct person *out, int64_t *used) MUST_CHECK;

/* What this host tells the others: requests of vendors on a day, and what it is itself. */
struct told {
    const char *host;
    int64_t version, workers, in_force;
    const char *counts; /* JSON: {"login-ip": [passed, refused, would]} of the last hour */
    int64_t day;
    const char *const *vendors, *const *used; /* one text each */
    size_t n;
};
struct err *limits_tell_others(struct work *w, const struct told *t) MUST_CHECK;
