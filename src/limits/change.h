/* Rules as the operator sees and changes them: inside the request's transaction. Inside of
 * src/limits. */
#pragma once
#include "http/json.h"
#include "limits/rules.h"

#define CHANGED_FIELDS 10

/* The rules as PostgreSQL has them now, which may be newer than this worker's. */
struct err *limits_load_all(struct work *w, struct limit_rule *rules, int64_t *version) MUST_CHECK;

struct limits_change {
    const char *by;                     /* address of who changed it last; "" */
    const char *before[CHANGED_FIELDS]; /* its fields before, in the order of limits_fields; ""
                                           where nothing is known */
};
/* NOT_FOUND limit.unknown. */
struct err *limits_load_one(struct work *w, const char *name, struct limit_rule *out,
                            struct limits_change *change, int64_t *version) MUST_CHECK;

/* Names of the fields that can be changed, and their values as texts. */
extern const char *const limits_fields[CHANGED_FIELDS];
void limits_field_texts(struct arena *a, const struct limit_rule *rule,
                        const char *out[CHANGED_FIELDS]);

/* Saves `rule` over `was`, audits it, and has every worker of this host look. STALE request.stale
 * when it was changed meanwhile. `to_default`: it goes back to what was delivered. */
struct err *limits_save(struct work *w, const struct limit_rule *was, const struct limit_rule *rule,
                        bool to_default) MUST_CHECK;

/* The members of a rule, into an object that is open. */
void limits_put_fields(struct json *j, const struct limit_rule *rule);
