/* Work on foreign bytes in a process of its own, with limits: what a hostile file breaks is that
 * process, and the answer is that this file was refused. */
#pragma once
#include "base/work.h"

struct child_limits {
    uint64_t memory_bytes; /* of address space */
    unsigned cpu_s;
};
extern const struct child_limits child_limits_normal; /* 768 MiB, 10 s */

/* What the work came to: fixed in size, so that it travels through a pipe. */
struct child_failure {
    int kind; /* enum err_kind; 0: it worked */
    char code[64], say[256], log[256];
};

/* Runs fn(arena, arg, result) in a child; its `size` bytes of result come back. A failure of fn
 * comes back as itself; INVALID image.crashed when the child died: of memory, of time, or of the
 * file. */
struct err *run_in_child(struct arena *a, const struct child_limits *limits,
                         struct err *(*fn)(struct arena *a, void *arg, void *result), void *arg,
                         void *result, size_t size) MUST_CHECK;
