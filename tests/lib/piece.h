/* A source for base/table.h that gives `step` bytes at a time. */
#pragma once
#include <string.h>

#include "base/table.h"

struct piece {
    const void *at;
    size_t left, step;
};

static inline struct err *
read_piece(void *arg, char *to, size_t most, size_t *got)
{
    struct piece *p = arg;
    size_t n = p->left < p->step ? p->left : p->step;
    n = n < most ? n : most;
    memcpy(to, p->at, n);
    p->at = (const char *)p->at + n;
    p->left -= n;
    *got = n;
    return NULL;
}
