/* Templates by name: a table that is filled at start and read for every page. */
#include <string.h>

#include "view/tree.h"

struct template_set *
template_set_new(struct arena *a)
{
    struct template_set *set = NEW(a, struct template_set);
    set->arena = a;
    return set;
}

static uint32_t
slot_of(const struct template_set *set, const char *name)
{
    uint32_t i = name_hash(name, strlen(name)) & (set->room - 1);
    while (set->slots[i] && strcmp(set->slots[i]->name, name) != 0)
        i = (i + 1) & (set->room - 1);
    return i;
}

static void
grow(struct template_set *set)
{
    struct template **old = set->slots;
    uint32_t room = set->room;
    set->room = room ? room * 2 : 64;
    set->slots = NEW_ARRAY(set->arena, struct template *, set->room);
    for (uint32_t i = 0; i < room; i++)
        if (old[i])
            set->slots[slot_of(set, old[i]->name)] = old[i];
}

struct err *
template_add(struct template_set *set, const char *name, const char *text, size_t length,
             bool escape)
{
    struct template *t;
    TRY(template_compile(set->arena, name, text, length, escape, &t));
    if (set->count * 2 >= set->room)
        grow(set);
    uint32_t i = slot_of(set, name);
    set->count += !set->slots[i];
    set->slots[i] = t;
    return NULL;
}

const struct template *
template_find(const struct template_set *set, const char *name)
{
    return set->room ? set->slots[slot_of(set, name)] : NULL;
}
