/* `souk billing`: the rules of billing at work on files, without a database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "main/commands.h"
#include "replay/replay.h"

#define MEMORY ((size_t)512 << 20)

static struct err *
replay(struct arena *a, const json_t *file, int *status)
{
    json_t *answer = NULL;
    TRY(replay_answer(a, file, &answer));
    *status = json_dumpf(answer, stdout, JSON_INDENT(2)) || putchar('\n') < 0;
    json_decref(answer);
    return NULL;
}

static struct err *
verify(struct arena *a, const json_t *file, int *status)
{
    size_t wrong = 0, count = 0;
    TRY(replay_verify(a, file, stdout, &wrong, &count));
    *status = wrong > 0;
    printf("%zu passed, %zu failed\n", count - wrong, wrong);
    return NULL;
}

static const struct {
    const char *name;
    struct err *(*run)(struct arena *, const json_t *, int *);
} verbs[] = {
    { "replay", replay },
    { "verify", verify },
};

int
main_billing(int argc, char **argv)
{
    int status = 2;
    for (size_t i = 0; argc == 3 && i < COUNT(verbs); i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        struct arena *a = arena_new(MEMORY);
        json_t *file = NULL;
        struct err *e = replay_load(a, argv[2], &file);
        if (!e)
            e = verbs[i].run(a, file, &status);
        if (e)
            process_complain(e);
        json_decref(file);
        arena_free(a);
        return status;
    }
    fputs("usage: souk billing replay FILE   answer a scenario\n"
          "       souk billing verify FILE   answer vectors, and compare with what is expected\n",
          stderr);
    return 2;
}
