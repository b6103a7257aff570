/* Servers are started by servers.sh in a folder of this process. A child waits on a pipe for this
 * process to end and then stops them: a test that dies by must() or a signal leaves nothing behind.
 *
 * The migrated template is made once a server under an advisory lock, so that programs that share
 * a server share it too. */
#include "dbtest.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "db/migrate.h"

#define TEMPLATE     "souk_template"
#define SKIPPED      77
#define ARENA_MOST   ((size_t)256 * 1024 * 1024)
#define NO_SERVER_77 "no PostgreSQL on this machine: skipped\n"

/* What the program owns beside what a test sees. */
static struct {
    PGconn *server;   /* superuser, database postgres */
    PGconn *database; /* superuser, this program's database */
    char folder[64];  /* "" when others' servers are used */
    int alive;        /* the guardian's pipe */
    pid_t guardian;
} own = { .alive = -1 };

static const char *
source(struct arena *a, const char *path)
{
    return text_printf(a, "%s/%s", SOUK_SRCDIR, path);
}

static void
give_up(const char *why)
{
    fprintf(stderr, "dbtest: %s\n", why);
    exit(1);
}

/* ---- Servers ---- */

static void
guard(struct arena *a, int alive)
{
    char byte;
    while (read(alive, &byte, 1) < 0 && errno == EINTR) {
    }
    execl("/bin/sh", "sh", source(a, "tests/lib/servers.sh"), "stop", own.folder, (char *)NULL);
    _exit(1);
}

static void
start_guardian(struct arena *a)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) /* the servers must not hold an end of it */
        give_up("no pipe");
    own.guardian = fork();
    if (own.guardian == 0) {
        setsid();
        close(ends[1]);
        guard(a, ends[0]);
    }
    close(ends[0]);
    own.alive = ends[1];
}

/* export NAME='value' */
static void
read_export(char *line)
{
    char *name = line + strlen("export "), *value = strchr(line, '=');
    size_t length = strlen(line);
    if (!text_starts(line, "export ") || !value || length < 3)
        return;
    *value = 0;
    value += 2;
    line[length - 2] = 0; /* quotation mark and line end */
    setenv(name, value, 1);
}

static void
start_servers(struct arena *a)
{
    char line[512];
    snprintf(own.folder, sizeof(own.folder), "/tmp/souk-test-XXXXXX");
    if (!mkdtemp(own.folder))
        give_up("no temporary folder");
    start_guardian(a);
    FILE *out = popen(
        text_printf(a, "sh '%s' start '%s'", source(a, "tests/lib/servers.sh"), own.folder), "r");
    if (!out)
        give_up("servers.sh cannot be run");
    while (fgets(line, sizeof(line), out))
        read_export(line);
    if (pclose(out) != 0 || !getenv("SOUK_TEST_PG"))
        give_up("the servers did not start");
}

static bool
postgres_is_installed(void)
{
    glob_t found;
    bool any = glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0;
    globfree(&found);
    return any;
}

/* ---- Statements as superuser ---- */

static PGconn *
connect_as_superuser(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    if (PQstatus(conn) != CONNECTION_OK)
        give_up(PQerrorMessage(conn));
    return conn;
}

/* NULL: nothing came of it; the caller looks at *ok. */
static char *
first_value(struct arena *a, PGconn *conn, const char *statements, bool *ok)
{
    PGresult *res = PQexec(conn, statements);
    ExecStatusType s = PQresultStatus(res);
    char *value = NULL;
    *ok = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY;
    if (*ok && PQntuples(res) && PQnfields(res) && !PQgetisnull(res, 0, 0))
        value = text_copy(a, PQgetvalue(res, 0, 0));
    if (!*ok)
        fprintf(stderr, "dbtest: %s\n  in: %s\n", PQerrorMessage(conn), statements);
    PQclear(res);
    return value;
}

static char *
on_server(struct arena *a, const char *statements)
{
    bool ok;
    char *value = first_value(a, own.server, statements, &ok);
    if (!ok)
        exit(1);
    return value;
}

/* ---- Databases ---- */

static void
make_roles(struct arena *a)
{
    struct bytes roles;
    if (file_read(a, source(a, "sql/roles.sql"), 1 << 20, &roles))
        give_up("sql/roles.sql cannot be read");
    on_server(a, (const char *)roles.at);
}

static void
migrate_template(struct arena *a, const char *server_url)
{
    int ran;
    struct err *e = migrate_run(a, text_printf(a, "%s dbname=" TEMPLATE, server_url), &ran);
    if (e)
        give_up(e->log ? e->log : e->say);
}

/* `from` NULL: empty. */
static const char *
make_database(struct arena *a, const char *from)
{
    const char *name =
        text_printf(a, "t_%d_%016llx", (int)getpid(), (unsigned long long)random_u64());
    on_server(a, text_printf(a, "CREATE DATABASE %s OWNER souk_owner TEMPLATE %s", name,
                             from ? from : "template0"));
    return name;
}

static const char *
clone_template(struct arena *a, const char *server_url)
{
    on_server(a, "SELECT pg_advisory_lock(8711)");
    make_roles(a);
    if (!on_server(a, "SELECT 1 FROM pg_database WHERE datname = '" TEMPLATE "'"))
        on_server(a, "CREATE DATABASE " TEMPLATE " OWNER souk_owner");
    migrate_template(a, server_url);
    const char *name = make_database(a, TEMPLATE);
    on_server(a, "SELECT pg_advisory_unlock(8711)");
    return name;
}

/* ---- What tests call ---- */

int
dbtest_start(void **state)
{
    struct arena *a = arena_new(ARENA_MOST);
    struct dbtest *t = NEW(a, struct dbtest);

    if (!getenv("SOUK_TEST_PG") && !postgres_is_installed()) {
        fputs(NO_SERVER_77, stderr);
        exit(SKIPPED);
    }
    if (!getenv("SOUK_TEST_PG"))
        start_servers(a);
    const char *server_url = getenv("SOUK_TEST_PG");
    own.server = connect_as_superuser(server_url);
    const char *name = clone_template(a, server_url);
    t->process = a;
    t->admin_url = text_printf(a, "%s dbname=%s", server_url, name);
    t->app_url = text_printf(a, "%s user=souk_app", t->admin_url);
    t->redis_url = getenv("SOUK_TEST_REDIS");
    own.database = connect_as_superuser(t->admin_url);
    if (settings_read(a, &t->settings))
        give_up("settings cannot be read");
    t->w = (struct work){ .arena = arena_new(ARENA_MOST), .settings = &t->settings };
    struct err *e = db_open(a, t->app_url, true, &t->w.db);
    if (e)
        give_up(e->log);
    *state = t;
    return 0;
}

int
dbtest_stop(void **state)
{
    struct dbtest *t = *state;
    const char *name = text_copy(t->process, PQdb(own.database));
    db_close(t->w.db);
    PQfinish(own.database);
    on_server(t->process, text_printf(t->process, "DROP DATABASE %s WITH (FORCE)", name));
    PQfinish(own.server);
    arena_free(t->w.arena);
    arena_free(t->process);
    if (own.alive >= 0) {
        close(own.alive);
        waitpid(own.guardian, NULL, 0);
    }
    return 0;
}

static void
fresh_work(struct dbtest *t)
{
    arena_reset(t->w.arena);
    t->w = (struct work){ .arena = t->w.arena,
                          .db = t->w.db,
                          .cache = t->w.cache,
                          .settings = &t->settings,
                          .id = "test",
                          .now_us = clock_now_us(),
                          .address = "192.0.2.1",
                          .language = "en" };
}

int
dbtest_before(void **state)
{
    fresh_work(*state);
    return 0;
}

int
dbtest_after(void **state)
{
    struct dbtest *t = *state;
    tx_rollback(&t->w);
    return 0;
}

static char *
run_text(struct dbtest *t, const char *statements)
{
    bool ok;
    char *value = first_value(t->process, own.database, statements, &ok);
    assert_true(ok);
    return value;
}

static char *__attribute__((format(printf, 2, 0)))
format_text(struct arena *a, const char *format, va_list args)
{
    char text[8192];
    int n = vsnprintf(text, sizeof(text), format, args);
    assert_in_range(n, 0, sizeof(text) - 1);
    return text_copy(a, text);
}

char *
dbtest_sql(struct dbtest *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *statements = format_text(t->process, format, args);
    va_end(args);
    return run_text(t, statements);
}

int64_t
dbtest_number(struct dbtest *t, const char *format, ...)
{
    int64_t n = 0;
    va_list args;
    va_start(args, format);
    char *value = run_text(t, format_text(t->process, format, args));
    va_end(args);
    assert_non_null(value);
    assert_true(text_to_i64(value, &n));
    return n;
}

struct vendor_id
dbtest_vendor(struct dbtest *t, const char *slug)
{
    return (struct vendor_id){ dbtest_number(
        t,
        "WITH made AS (INSERT INTO vendor (slug, name) VALUES ('%s', 'Shop %s') RETURNING id) "
        "INSERT INTO vendor_counter (vendor_id) SELECT id FROM made RETURNING vendor_id",
        slug, slug) };
}

static void
end_work(void *work)
{
    struct work *w = work;
    db_close(w->db);
    arena_free(w->arena);
}

struct work *
dbtest_second_by(struct dbtest *t, const char *conninfo, bool prepare)
{
    struct work *w = NEW(t->process, struct work);
    *w = t->w;
    w->arena = arena_new(ARENA_MOST);
    assert_no_err(db_open(t->process, conninfo, prepare, &w->db));
    arena_defer(t->process, end_work, w);
    return w;
}

struct work *
dbtest_second(struct dbtest *t)
{
    return dbtest_second_by(t, t->app_url, true);
}

const char *
dbtest_empty_database(struct dbtest *t)
{
    return text_printf(t->process, "%s dbname=%s", t->admin_url, make_database(t->process, NULL));
}

void
assert_no_err(const struct err *e)
{
    if (e)
        fail_msg("%s at %s: %s (%s)", e->code, e->at, e->say, e->log ? e->log : "");
}

void
assert_err(const struct err *e, enum err_kind kind, const char *code)
{
    if (!e)
        fail_msg("expected %s, but it worked", code);
    if (e->kind != kind || !text_is(e->code, code))
        fail_msg("expected %s, not %s: %s (%s)", code, e->code, e->say, e->log ? e->log : "");
}
