/* The rules in force in this worker, ready to be asked. Inside of src/limits.
 *
 * A change reaches a worker without a message to it: once a second, whichever worker of a host
 * notices first reads the version of the rules from PostgreSQL and writes it into the shared page;
 * each worker compares before each decision and reads the rules anew when they differ. That is one
 * small statement a second and host, and nothing at all for the other requests. */
#pragma once
#include "limits/gcra.h"
#include "limits/shared.h"

/* A rule's numbers for one class of visitors, with the texts that the script and the headers want.
 */
struct limit_form {
    struct gcra g;
    int64_t limit;
    char interval[21], burst[21];
    const char *policy; /* "api-ip";q=200;w=60 */
};

#define SET_FORMS   (2 * LIMIT_CLASSES) /* for the /48 around an IPv6 network: behind the others */
#define WIDE_TIMES  8
#define SET_ANSWERS 256

/* Process-long; what it holds lives until the next change, which comes between requests. */
struct rule_set {
    struct arena *arena;
    int64_t version;   /* 0: as delivered */
    int64_t failed_us; /* when it could not be read */
    struct limit_rule rules[LIMIT_RULES];
    struct limit_form forms[LIMIT_RULES][SET_FORMS];
    const char *codes[LIMIT_RULES]; /* "limit.login-ip" */
    struct set_answer { /* which rules a row of the route table meets, once it was asked */
        const char *class_name, *path;
        bool strict; /* one of them is */
        int n;
        unsigned char places[LIMIT_RULES];
    } answers[SET_ANSWERS];
};

struct rule_set *set_new(struct arena *process, const struct settings *s);
void set_free(struct rule_set *set);
/* From set->rules, texts in set->arena. */
void set_make_ready(struct rule_set *set);
/* Called before the first question of a request, with nothing open. */
void set_refresh(struct rule_set *set, struct shared *shared, struct work *w);

const struct set_answer *set_ask(struct rule_set *set, const char *class_name, const char *path);
