/* `souk demo`: loads the demo and writes its log-ins where only the owner of the file may read. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "db/db.h"
#include "demo/demo.h"
#include "http/json.h"
#include "main/commands.h"
#include "main/wiring.h"

static void
put_login(struct json *j, const char *name, const struct demo_login *login)
{
    json_put_object(j, name);
    if (login->shop)
        json_put_text(j, "slug", login->shop);
    json_put_text(j, "email", login->email);
    json_put_text(j, "password", login->password);
    json_put_text(j, "role", login->role);
    json_put_end(j);
}

/* {"url", "admin": {…}, "admins": […], "vendors": [owners, one a shop], "people": [all of the
 * shops]} */
static const char *
credentials(struct arena *a, const char *url, const struct demo_logins *logins)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "url", url);
    put_login(&j, "admin", &logins->at[0]);
    json_put_array(&j, "admins");
    for (size_t i = 0; i < logins->count; i++)
        if (!logins->at[i].shop)
            put_login(&j, NULL, &logins->at[i]);
    json_put_end(&j);
    json_put_array(&j, "vendors");
    for (size_t i = 0; i < logins->count; i++)
        if (text_is(logins->at[i].role, "owner"))
            put_login(&j, NULL, &logins->at[i]);
    json_put_end(&j);
    json_put_array(&j, "people");
    for (size_t i = 0; i < logins->count; i++)
        if (logins->at[i].shop)
            put_login(&j, NULL, &logins->at[i]);
    json_put_end(&j);
    json_put_end(&j);
    buf_char(&j.out, '\n');
    return j.out.at;
}

static struct err *
write_secretly(struct arena *a, const char *path, const char *text)
{
    SCOPED(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    if (fd < 0 || fchmod(fd, 0600) < 0 || write(fd, text, n) != (ssize_t)n || fsync(fd) < 0)
        return BROKEN(a, "demo.credentials", path);
    return NULL;
}

static struct err *
load(struct work *w, const char *file, const char *url, const char *path)
{
    struct demo_logins *logins = NEW(w->arena, struct demo_logins);
    bool loaded;
    if (!w->settings->demo)
        return FAIL(w->arena, ERR_DENIED, "demo.off",
                    "This installation takes no demo data (SOUK_DEMO).");
    TRY(wire_accounts(w->arena, w));
    TRY(demo_load(w, file, logins, &loaded));
    if (!loaded)
        return NULL;
    return write_secretly(w->arena, path, credentials(w->arena, url, logins));
}

int
main_demo(int argc, char **argv)
{
    static const struct option options[] = { { "credentials", required_argument, NULL, 'c' },
                                             { "url", required_argument, NULL, 'u' },
                                             { "file", required_argument, NULL, 'f' },
                                             { 0 } };
    const char *path = NULL, *url = NULL, *file = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'c')
            path = optarg;
        else if (c == 'u')
            url = optarg;
        else if (c == 'f')
            file = optarg;
    }
    if (!path) {
        fprintf(stderr, "usage: souk demo --credentials FILE [--url URL] [--file demo.json]\n");
        return 2;
    }
    struct process p;
    if (!process_open(&p, PROCESS_DB | PROCESS_MEDIA))
        return 1;
    struct err *e =
        load(&p.work, file ? file : text_printf(p.arena, "%s/demo.json", p.settings.seed),
             url ? url : p.settings.public_url, path);
    if (e)
        process_complain(e);
    process_close(&p);
    return e ? 1 : 0;
}
