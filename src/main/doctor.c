/* `souk doctor`: looks over a whole installation and says, of what is not right, what to do. Each
 * look is a row; one that fails does not stop the others. Exit status 1 when anything is wrong. */
#include "main/doctor.h"

#include <stdio.h>

#include "base/text.h"
#include "db/db.h"
#include "main/commands.h"

/* clang-format off */
static const struct {
    const char *name;
    struct finding (*look)(struct work *w);
    struct finding (*mend)(struct work *w); /* --fix: looks, and mends what it can */
} looks[] = {
    { "secret",    doctor_secret, NULL },
    { "pages",     doctor_pages, NULL },
    { "store",     doctor_store, NULL },
    { "database",  doctor_database, NULL },
    { "schema",    doctor_schema, NULL },
    { "redis",     doctor_redis, NULL },
    { "jobs",      doctor_jobs, NULL },
    { "audit",     doctor_audit, NULL },
    { "stock",     doctor_stock, NULL },
    { "cards",     doctor_cards, doctor_mend_cards },
};
/* clang-format on */

static int
look_over(struct work *w, bool mend)
{
    static const char *const words[] = {
        [FINE] = "ok", [WORTH_A_LOOK] = "look", [WRONG] = "WRONG"
    };
    int wrongs = 0;
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct finding f = mend && looks[i].mend ? looks[i].mend(w) : looks[i].look(w);
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
    bool mend = argc == 2 && text_is(argv[1], "--fix");
    if (argc > 1 && !mend) {
        fprintf(stderr, "usage: souk doctor [--fix]\n");
        return 2;
    }
    if (!process_open(&p, PROCESS_DB | PROCESS_CACHE | PROCESS_MEDIA))
        return 1;
    int wrongs = look_over(&p.work, mend);
    process_close(&p);
    if (wrongs)
        printf("\n%d thing%s to mend\n", wrongs, wrongs == 1 ? "" : "s");
    return wrongs ? 1 : 0;
}
