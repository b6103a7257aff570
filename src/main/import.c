/* `souk import FILE --vendor SLUG`: a file into a shop from the command line, checked and run as by
 * its page. Says how far it is and what is wrong; exits with 1 when a row was refused. */
#include <getopt.h>
#include <stdio.h>

#include "base/text.h"
#include "db/db.h"
#include "exchange/exchange.h"
#include "main/commands.h"
#include "view/views.h"

static const char usage[] =
    "usage: souk import FILE --vendor SLUG [--dry-run] [--stop-on-errors] [--fixed JSON] "
    "[--map COLUMN=FIELD[:OF],…]\n";

static bool
read_arguments(int argc, char **argv, const char **vendor, struct import_order *out)
{
    static const struct option options[] = {
        { "vendor", required_argument, NULL, 'v' },   { "dry-run", no_argument, NULL, 'd' },
        { "stop-on-errors", no_argument, NULL, 's' }, { "fixed", required_argument, NULL, 'f' },
        { "map", required_argument, NULL, 'm' },      { 0 }
    };
    *out = (struct import_order){ 0 };
    *vendor = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'v')
            *vendor = optarg;
        else if (c == 'd')
            out->dry = true;
        else if (c == 's')
            out->stop_on_errors = true;
        else if (c == 'f')
            out->fixed = optarg;
        else if (c == 'm')
            out->map = optarg;
        else
            return false;
    }
    out->path = optind < argc ? argv[optind] : NULL;
    return *vendor && out->path && optind + 1 == argc;
}

static struct err *
run(struct process *p, const char *vendor, const struct import_order *order, bool *ok)
{
    struct views *views;
    TRY(views_load(p->arena, p->settings.templates, &views));
    exchange_use(views);
    TRY(exchange_vendor_named(&p->work, vendor, &p->work.vendor));
    return exchange_import_file(&p->work, order, ok);
}

int
main_import(int argc, char **argv)
{
    struct import_order order;
    const char *vendor;
    struct process p;
    bool ok = false;
    if (!read_arguments(argc, argv, &vendor, &order)) {
        fputs(usage, stderr);
        return 2;
    }
    if (!process_open(&p, PROCESS_DB_JOBS))
        return 1;
    struct err *e = run(&p, vendor, &order, &ok);
    tx_rollback(&p.work);
    if (e)
        process_complain(e);
    process_close(&p);
    return !e && ok ? 0 : 1;
}
