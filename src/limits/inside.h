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
