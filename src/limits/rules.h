/* The rules and the classes of routes that name them. Inside of src/limits. */
#pragma once
#include "limits/limits.h"

enum limit_by { LIMIT_BY_NETWORK = 1, LIMIT_BY_CREDENTIAL, LIMIT_BY_ACCOUNT, LIMIT_BY_VENDOR };

#define LIMIT_RULES      6
#define CLASS_RULES_MOST 3

struct limit_class {
    const char *name;
    struct {
        const char *rule; /* NULL: no more */
        enum limit_by by;
    } asks[CLASS_RULES_MOST];
};

/* Fills rules[LIMIT_RULES], by the settings where these have a say. */
void limit_rules_fill(struct limit_rule *rules, const struct settings *s);
/* NULL when there is none of this name. */
const struct limit_rule *limit_rule_named(const struct limit_rule *rules, const char *name);
const struct limit_class *limit_class_named(const char *name);
