/* The two ways a process ends itself. Both write with plain system calls: memory may be gone. */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
say(const char *text, int length, size_t room)
{
    size_t n = length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
    if (write(STDERR_FILENO, text, n) < 0) {
        /* Nobody is left to tell. */
    }
}

void
must_failed(const char *cond, const char *file, int line)
{
    char text[512];
    say(text,
        snprintf(text, sizeof(text),
                 "{\"level\":\"fatal\",\"event\":\"must\",\"at\":\"%s:%d\",\"cond\":\"%s\"}\n",
                 file, line, cond),
        sizeof(text));
    abort();
}

void
process_end(const char *code, const char *why)
{
    char text[512];
    say(text,
        snprintf(text, sizeof(text), "{\"level\":\"fatal\",\"event\":\"%s\",\"why\":\"%s\"}\n",
                 code, why),
        sizeof(text));
    _exit(70);
}
