#include "view/value.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "view/value_rows.h"

uint32_t
name_hash(const char *name, size_t length)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h;
}

static struct val *
val_new(struct arena *a, enum val_kind kind)
{
    struct val *v = NEW(a, struct val);
    v->kind = kind;
    v->arena = a;
    return v;
}

struct val *
val_map(struct arena *a)
{
    return val_new(a, VAL_MAP);
}

struct val *
val_list(struct arena *a)
{
    return val_new(a, VAL_LIST);
}

struct val *
val_text(struct arena *a, const char *text)
{
    struct val *v = val_new(a, text ? VAL_TEXT : VAL_NULL);
    v->text = text;
    return v;
}

struct val *
val_html(struct arena *a, const char *html)
{
    struct val *v = val_new(a, VAL_HTML);
    v->text = html;
    return v;
}

/* Members are few; comparing hashes one by one beats any table at this size. */
struct val *
val_find(const struct val *map, const char *name, uint32_t hash)
{
    for (uint32_t i = 0; i < map->count; i++)
        if (map->members[i].hash == hash && strcmp(map->members[i].name, name) == 0)
            return map->members[i].value;
    return NULL;
}

struct val *
val_get(const struct val *map, const char *name)
{
    return map && map->kind == VAL_MAP ? val_find(map, name, name_hash(name, strlen(name))) : NULL;
}

static void *
grown(struct val *v, void *old, size_t size)
{
    uint32_t room = v->room ? v->room * 2 : 8;
    void *bigger = arena_alloc_array(v->arena, room, size);
    if (v->count)
        memcpy(bigger, old, v->count * size);
    v->room = room;
    return bigger;
}

void
val_set(struct val *map, const char *name, struct val *value)
{
    must(map->kind == VAL_MAP);
    uint32_t hash = name_hash(name, strlen(name));
    for (uint32_t i = 0; i < map->count; i++)
        if (map->members[i].hash == hash && strcmp(map->members[i].name, name) == 0) {
            map->members[i].value = value;
            return;
        }
    if (map->count == map->room)
        map->members = grown(map, map->members, sizeof(*map->members));
    map->members[map->count++] = (struct member){ name, hash, value };
}

void
val_add(struct val *list, struct val *value)
{
    must(list->kind == VAL_LIST);
    if (list->count == list->room)
        list->items = grown(list, list->items, sizeof(*list->items));
    list->items[list->count++] = value;
}

void
val_set_null(struct val *map, const char *name)
{
    val_set(map, name, val_new(map->arena, VAL_NULL));
}

static void
set_number(struct val *map, const char *name, enum val_kind kind, int64_t n)
{
    struct val *v = val_new(map->arena, kind);
    v->number = n;
    val_set(map, name, v);
}

void
val_set_bool(struct val *map, const char *name, bool b)
{
    set_number(map, name, VAL_BOOL, b);
}

void
val_set_text(struct val *map, const char *name, const char *text)
{
    val_set(map, name, val_text(map->arena, text));
}

void
val_set_i64(struct val *map, const char *name, int64_t n)
{
    set_number(map, name, VAL_I64, n);
}

void
val_set_count(struct val *map, const char *name, int64_t n)
{
    set_number(map, name, VAL_COUNT, n);
}

void
val_set_bytes(struct val *map, const char *name, int64_t n)
{
    set_number(map, name, VAL_BYTES, n);
}

void
val_set_time(struct val *map, const char *name, int64_t at_us)
{
    set_number(map, name, VAL_TIME, at_us);
}

void
val_set_double(struct val *map, const char *name, double n)
{
    struct val *v = val_new(map->arena, VAL_DOUBLE);
    v->real = n;
    val_set(map, name, v);
}

void
val_set_money(struct val *map, const char *name, struct money m)
{
    struct val *v = val_new(map->arena, VAL_MONEY);
    v->money = m;
    val_set(map, name, v);
}

void
val_set_word(struct val *map, const char *name, const char *key)
{
    struct val *v = val_new(map->arena, VAL_WORD);
    v->text = key;
    val_set(map, name, v);
}

struct val *
val_set_map(struct val *map, const char *name)
{
    struct val *v = val_map(map->arena);
    val_set(map, name, v);
    return v;
}

struct val *
val_set_list(struct val *map, const char *name)
{
    struct val *v = val_list(map->arena);
    val_set(map, name, v);
    return v;
}

struct val *
val_add_map(struct val *list)
{
    struct val *v = val_map(list->arena);
    val_add(list, v);
    return v;
}

void
val_add_text(struct val *list, const char *text)
{
    val_add(list, val_text(list->arena, text));
}

struct val *
val_path(struct val *map, const char *dotted)
{
    while (*dotted) {
        size_t n = strcspn(dotted, ".");
        char *name = text_copy_n(map->arena, dotted, n);
        struct val *below = val_get(map, name);
        if (!below || below->kind != VAL_MAP)
            below = val_set_map(map, name);
        map = below;
        dotted += n + (dotted[n] == '.');
    }
    return map;
}
