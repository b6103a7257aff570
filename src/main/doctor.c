/* `souk doctor`: looks over a whole installation and says, of what is not right, what to do. Each
 * look is a row; one that fails does not stop the others. Exit status 1 when anything is wrong. */
#include "main/doctor.h"

#include <stdio.h>

#include "db/db.h"
#include "main/commands.h"

/* clang-format off */
static const struct {
    const char *name;
    struct finding (*look)(struct work *w);
} looks[] = {
    { "secret",    doctor_secret },
    { "pages",     doctor_pages },
    { "store",     doctor_store },
    { "database",  doctor_database },
    { "schema",    doctor_schema },
    { "redis",     doctor_redis },
    { "jobs",      doctor_jobs },
    { "audit",     doctor_audit },
    { "stock",     doctor_stock },
};
/* clang-format on */

static int
look_over(struct work *w)
{
    static const char *const words[] = {
        [FINE] = "ok", [WORTH_A_LOOK] = "look", [WRONG] = "WRONG"
    };
    int wrongs = 0;
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct finding f = looks[i].look(w);
        tx_rollback(w);
        printf("%-6s %-10s %s\n", words[f.verdict], looks[i].name, f.say);
        if (f.to_mend)
            printf("       %-10s → %s\n", "", f.to_mend);
        wrongs += f.verdict == WRONG;
    }
    return wrongs;
}

int
main_doctor(int argc, char **argv)
{
    struct process p;
    (void)argv;
    if (argc > 1) {
        fprintf(stderr, "souk doctor takes no arguments\n");
        return 2;
    }
    if (!process_open(&p, PROCESS_DB | PROCESS_CACHE | PROCESS_MEDIA))
        return 1;
    int wrongs = look_over(&p.work);
    process_close(&p);
    if (wrongs)
        printf("\n%d thing%s to mend\n", wrongs, wrongs == 1 ? "" : "s");
    return wrongs ? 1 : 0;
}
