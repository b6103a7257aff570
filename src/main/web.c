/* `souk web`: a FastCGI worker on descriptor 0. */
#include "http/site.h"
#include "limits/limits.h"
#include "main/commands.h"
#include "main/wiring.h"

int
main_web(int argc, char **argv)
{
    struct process p;
    struct site *site;
    (void)argc;
    (void)argv;
    if (!process_open(&p, PROCESS_DB | PROCESS_CACHE | PROCESS_MEDIA))
        return 1;
    struct err *e = wire_site(p.arena, &p.work, &site);
    if (e)
        process_complain(e);
    int status = e ? 1 : fcgi_serve(site, &p.work);
    limits_close(limits_in_use(), &p.work);
    process_close(&p);
    return status;
}
