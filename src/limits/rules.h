/* The rules as they are delivered, and what a rule must keep to. Inside of src/limits. */
#pragma once
#include "limits/limits.h"

/* A rule's place, the same in every worker: what is counted of it in shared memory goes by that. */
#define LIMIT_RULES 14

/* Fills rules[LIMIT_RULES], by the settings where these have a say. */
void limit_rules_fill(struct limit_rule *rules, const struct settings *s);
/* One of them, as it was delivered; name, version and time stay. */
void limit_rule_reset(struct limit_rule *rule, const struct settings *s);
/* The setting that has a say in a rule's requests ("SOUK_API_PER_MINUTE"); NULL: none. */
const char *limit_rule_setting(int place);
/* The place of the rule of this name; -1: none. */
int limit_rule_place(const char *name);
/* Does the rule hold for this class of routes, or for this path? */
bool limit_rule_names(const struct limit_rule *rule, const char *class_name, const char *path);

/* All classes of routes, in the order of pages. */
const char *const *limit_route_classes(size_t *n);

extern const char *const limit_by_names[];    /* "network", "user" …, by enum limit_by; [0] "" */
extern const char *const limit_class_names[]; /* "stranger", "new" … */

/* INVALID limit.* with its field: a rule that nobody could mean. */
struct err *limit_rule_check(struct arena *a, const struct limit_rule *rule) MUST_CHECK;
