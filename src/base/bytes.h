/* Foreign bytes: a pointer and a length, not text until a reader has checked it. */
#pragma once
#include <stddef.h>

struct bytes {
    const unsigned char *at;
    size_t length;
};

#define BYTES(p, n) ((struct bytes){ .at = (const unsigned char *)(p), .length = (n) })
