/* `souk plan`: a scaling plan held against figures, both out of files, without a database. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/must.h"
#include "main/commands.h"
#include "plan/evaluate.h"

#define MEMORY ((size_t)512 << 20)
#define MOST   ((size_t)64 << 20) /* bytes of a file of figures */

static struct err *
answer_file(struct arena *a, const struct scaling_plan *plan, const char *path, int *status)
{
    struct bytes text;
    const json_t *question, *answer;
    TRY(file_read(a, path, MOST, &text));
    TRY(plan_json(a, path, text, &question));
    TRY(plan_answer(a, plan, question, &answer));
    if (json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) || putchar('\n') < 0)
        *status = 1;
    return NULL;
}

/* The plan is checked even where nothing is asked of it. */
static struct err *
evaluate(struct arena *a, char **files, int count, int *status)
{
    struct scaling_plan plan;
    TRY(plan_load(a, files[0], &plan));
    if (count == 1)
        printf("%s: %zu tiers by %s, and nothing wrong with them\n", plan.code, plan.tier_count,
               plan.measure);
    for (int i = 1; i < count; i++)
        TRY(answer_file(a, &plan, files[i], status));
    return NULL;
}

int
main_plan(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[1], "evaluate") != 0) {
        fputs("usage: souk plan evaluate PLAN            check a scaling plan\n"
              "       souk plan evaluate PLAN FIGURES…   and hold days of figures against it\n"
              "both JSON, as src/plan/plan.h and src/plan/evaluate.h say\n",
              stderr);
        return 2;
    }
    int status = 0;
    struct arena *a = arena_new(MEMORY);
    struct err *e = evaluate(a, argv + 2, argc - 2, &status);
    if (e)
        process_complain(e);
    arena_free(a);
    return e ? 2 : status;
}
