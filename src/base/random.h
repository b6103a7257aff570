/* Randomness from the kernel; for ids, tokens, keys and jitter alike. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

void random_fill(void *to, size_t length); /* never fails: without randomness the process ends */
uint64_t random_u64(void);
char *random_token(struct arena *a,
                   size_t bytes); /* base64url without padding: 32 bytes give 43 characters */
