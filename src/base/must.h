/* For our own mistakes (a bug, never an input). Stays on in every build and ends the process; the
 * supervisor starts another in milliseconds, and one request was lost instead of the truth. */
#pragma once
#include <stddef.h>

#define must(cond)                                                                                 \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0))                                                          \
            must_failed(#cond, __FILE__, __LINE__);                                                \
    } while (0)

_Noreturn void must_failed(const char *cond, const char *file, int line);

/* Ends the process after one log line: `code` for programs, `why` for the operator. */
_Noreturn void process_end(const char *code, const char *why);

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MUST_CHECK   __attribute__((warn_unused_result))
