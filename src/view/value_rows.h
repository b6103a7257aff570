/* How a value is made: for the files of view/ only. */
#pragma once
#include "view/value.h"

enum val_kind {
    VAL_NULL = 1,
    VAL_BOOL,
    VAL_TEXT,
    VAL_HTML,
    VAL_I64,
    VAL_COUNT,
    VAL_DOUBLE,
    VAL_BYTES,
    VAL_MONEY,
    VAL_TIME,
    VAL_WORD,
    VAL_MAP,
    VAL_LIST
};

struct member {
    const char *name;
    uint32_t hash;
    struct val *value;
};

struct val {
    enum val_kind kind;
    struct arena *arena;
    union {
        const char *text; /* TEXT, HTML, WORD */
        int64_t number;   /* BOOL, I64, COUNT, BYTES, TIME */
        double real;
        struct money money;
        struct {
            struct member *members; /* MAP */
            struct val **items;     /* LIST */
            uint32_t count, room;
        };
    };
};

uint32_t name_hash(const char *name, size_t length); /* FNV-1a */
struct val *val_find(const struct val *map, const char *name, uint32_t hash);
struct val *val_html(struct arena *a, const char *html); /* of our own making only */
