/* What the files of this room share. Inside of src/limits. */
#pragma once
#include "limits/seen.h"
#include "limits/set.h"

/* Process-long. */
struct limits {
    struct cache *cache;
    struct cache_script *script;
    struct bytes key;
    unsigned char tag_key[16];
    int64_t hosts; /* that share the limits when Redis is away */
    struct shared *shared;
    struct rule_set *set;
    struct shared_worker *me; /* NULL: not counted */
};

/* Which rules the call's visitor (class_name, path, who.address, class and person are filled)
 * meets, and what is left of each: nothing is taken and nobody counted. How many. */
struct limit_left;
int limits_peek(struct limits *l, struct work *w, struct limits_call *call, struct limit_left *out);
