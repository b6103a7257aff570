/* `souk migrate`: brings the database to this program's schema, as the owner role. Run before the
 * workers of a release start; two at once take turns. */
#include "db/migrate.h"

#include <stdio.h>

#include "main/commands.h"

static struct err *
migrate(struct process *p, int *ran)
{
    if (!*p->settings.database_owner_url)
        return FAIL(p->arena, ERR_INVALID, "migrate.no_owner",
                    "SOUK_DATABASE_OWNER_URL must name the connection of souk_owner.");
    return migrate_run(p->arena, p->settings.database_owner_url, ran);
}

int
main_migrate(int argc, char **argv)
{
    struct process p;
    int ran = 0;

    if (argc > 1) {
        fprintf(stderr, "souk migrate takes no arguments (not: %s)\n", argv[1]);
        return 2;
    }
    if (!process_open(&p, 0))
        return 1;
    struct err *e = migrate(&p, &ran);
    if (e)
        fprintf(stderr, "souk migrate: %s: %s\n", e->code, e->log ? e->log : e->say);
    else
        printf("%d migration%s run, the schema is up to date\n", ran, ran == 1 ? "" : "s");
    process_close(&p);
    return e ? 1 : 0;
}
