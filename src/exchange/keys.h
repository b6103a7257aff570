/* Which keys a file has shown so far, each with a number (the line where it was, or the product it
 * belongs to). Keys are kept as 64-bit hashes only, 12 bytes for each in a table at most half full;
 * ASCII case does not count. Two keys of one hash among a million are one in forty million files.
 */
#pragma once
#include <stdint.h>

#include "base/arena.h"

struct keys;

/* `about`: how many keys are expected; it grows when there are more. Lives in the arena. */
struct keys *keys_new(struct arena *a, int64_t about);

/* `kind` keeps keys of different sorts apart. The number that the key has; if it has none yet, it
 * gets `number` (above 0) and 0 is returned. */
uint32_t keys_put(struct keys *k, char kind, const char *key, uint32_t number);
uint32_t keys_find(const struct keys *k, char kind, const char *key); /* 0: none */
