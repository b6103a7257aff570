/* Where a page of a list ends, as clients carry it to the next one: the sort keys of its last row,
 * under a MAC. A list's order is total (its last key is an id), so pages neither miss nor repeat a
 * row that stays where it is, whatever comes and goes meanwhile.
 *
 * A cursor belongs to the address it was given on: path, shop, and every parameter (filters, sort)
 * but `cursor`, `limit`, `done` and `failed`; their order and empty ones do not matter. Anywhere
 * else, or changed by a byte, it is refused. The keys can be read by who holds it, who has seen
 * them in the row anyway. */
#pragma once
#include "http/request.h"

#define CURSOR_KEYS_MAX 6

/* Behind a row with these sort keys, as text; none is NULL. Lives in the arena. */
const char *cursor_make(const struct req *r, const char *const *keys, size_t n);
/* The `n` keys of the parameter `cursor`; *given is false, and no key is set, when there is none.
 * MALFORMED request.cursor: not one of ours, or of another list. */
struct err *cursor_read(const struct req *r, const char **keys, size_t n, bool *given) MUST_CHECK;

/* The same for lists in the order of an id (1 …), which is their only key: 0 is the first page. */
const char *cursor_make_id(const struct req *r, int64_t id);
struct err *cursor_read_id(const struct req *r, int64_t *behind) MUST_CHECK;
/* MALFORMED request.cursor, for a list whose keys turn out to be none of its kind. */
struct err *cursor_refused(const struct req *r) MUST_CHECK;
