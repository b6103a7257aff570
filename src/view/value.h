/* What a template is filled with: a tree of values in the request's arena. A handler fills it, a
 * template only shows, loops and chooses.
 *
 * In sections false, null, the empty list, the empty text and unknown are false; all else, 0
 * included, is true (as the mustache specification has it). Texts are kept as given, not copied. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/money.h"

struct val;

struct val *val_map(struct arena *a);
struct val *val_list(struct arena *a);
struct val *val_text(struct arena *a, const char *text);

/* Each sets the member `name` of the map, replacing one of that name; `name` is kept as given. */
void val_set(struct val *map, const char *name, struct val *v);
void val_set_null(struct val *map, const char *name);
void val_set_bool(struct val *map, const char *name, bool b);
void val_set_text(struct val *map, const char *name, const char *text); /* NULL is null */
void val_set_i64(struct val *map, const char *name,
                 int64_t n); /* plain digits: for attributes and programs */
void val_set_count(struct val *map, const char *name,
                   int64_t n); /* for people: grouped as the language does */
void val_set_double(struct val *map, const char *name,
                    double n); /* shortest digits that read back the same */
void val_set_bytes(struct val *map, const char *name, int64_t n); /* a size: "3.2 MB" */
/* {{price}} "€49.95"; {{price.decimal}} "49.95", {{price.currency}} "EUR". */
void val_set_money(struct val *map, const char *name, struct money m);
/* {{at}} "today 10:15", else date and time; {{at.iso}} RFC 3339; {{at.full}} date and time in full;
 * {{at.date}} the day alone, "15 January 2026"; {{at.clock}} "10:15:04". */
void val_set_time(struct val *map, const char *name, int64_t at_us);
/* The words of a key of the language files, filled from where it is shown. `key` is kept as given.
 */
void val_set_word(struct val *map, const char *name, const char *key);

struct val *val_set_map(struct val *map, const char *name);  /* a new map, to be filled */
struct val *val_set_list(struct val *map, const char *name); /* a new list, to be filled */
struct val *val_add_map(struct val *list);                   /* a new map at its end */
void val_add_text(struct val *list, const char *text);
void val_add(struct val *list, struct val *v);

/* The member; NULL when it is not there or `map` is no map. */
struct val *val_get(const struct val *map, const char *name);
/* A dotted name ("field.title.en.value") below the map: missing maps are made. For the last part
 * use the setters on what val_path gives for the part before. */
struct val *val_path(struct val *map, const char *dotted);
