/* souk: one program, a subcommand for each kind of process. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "base/settings.h"
#include "main/commands.h"
#include "main/wiring.h"

static int
print_settings(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (size_t i = 0; i < setting_count; i++)
        printf("%-26s %-28s %s\n", setting_rows[i].name, setting_rows[i].normal,
               setting_rows[i].say);
    return 0;
}

static int
print_routes(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct arena *a = arena_new((size_t)4 << 20);
    struct router *router;
    struct err *e = wire_router(a, &router);
    if (e)
        fprintf(stderr, "souk: %s\n", e->say);
    else
        router_print(router);
    arena_free(a);
    return e ? 1 : 0;
}

/* clang-format off */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *say;
} commands[] = {
    { "web",      main_web,       "a FastCGI worker on descriptor 0" },
    { "jobs",     main_jobs,      "a job runner (--queues A,B; --once NAME, --now TIME)" },
    { "migrate",  main_migrate,   "bring the database's schema up to this program" },
    { "admin",    main_admin,     "admin create --email E --password-file F [--name N]" },
    { "demo",     main_demo,      "load the demo shops (--credentials FILE)" },
    { "images",   main_images,    "images ingest DIR --out DIR: convert a folder of pictures" },
    { "import",   main_import,    "import FILE --vendor SLUG: products or past orders out of a file" },
    { "billing",  main_billing,   "billing replay FILE, billing verify FILE: its rules on scenarios and vectors" },
    { "plan",     main_plan,      "plan evaluate PLAN [FIGURES…]: a scaling plan, checked and held against figures" },
    { "doctor",   main_doctor,    "look over a whole installation, and say what to do" },
    { "settings", print_settings, "every setting, its default and meaning" },
    { "routes",   print_routes,   "every route and its columns" },
};
/* clang-format on */

static int
usage(FILE *to)
{
    fprintf(to, "souk %s\nusage: souk COMMAND [ARGUMENT …]\n\n", SOUK_VERSION);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].say);
    return to == stdout ? 0 : 2;
}

int
main(int argc, char **argv)
{
    tzset(); /* pages show the times of the zone of TZ */
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (strcmp(argv[1], "--version") == 0)
        return printf("souk %s\n", SOUK_VERSION) < 0;
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "souk: there is no command %s\n\n", argv[1]);
    return usage(stderr);
}
