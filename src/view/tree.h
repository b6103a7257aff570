/* A compiled template: for the files of view/ only. */
#pragma once
#include "view/mustache.h"
#include "view/value_rows.h"

enum node_kind {
    NODE_TEXT = 1,
    NODE_VALUE,
    NODE_RAW,
    NODE_WORD,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT,
    NODE_BLOCK
};

struct name_part {
    const char *text;
    uint32_t hash;
};

/* Nodes lie in one array in the order of the text; a node's children follow it up to `end`. */
struct node {
    enum node_kind kind;
    uint32_t end;     /* index behind its last child */
    bool dynamic;     /* {{>*name}}: the partial's name is the value of `parts` */
    const char *text; /* TEXT: bytes; WORD: key; PARTIAL, PARENT, BLOCK: name */
    size_t length;
    struct name_part *parts; /* of a dotted name; none for the implicit iterator */
    uint32_t part_count;
    uint32_t hash;      /* BLOCK: of its name */
    const char *indent; /* PARTIAL, PARENT, BLOCK: added to each line of what is put there */
    const struct template
        *target; /* PARTIAL, PARENT: found at first use, since names may come later */
};

struct template
{
    const char *name;
    bool escape;
    struct node *nodes;
    uint32_t count;
};

struct template_set {
    struct arena *arena;
    struct template **slots;
    uint32_t count, room; /* room: a power of two */
};
