/* For tests that need a database, Redis, or both: each test program gets a database of its own,
 * cloned from a migrated one, and a struct work over it.
 *
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = { DBTEST(a_sentence_about_behaviour), … };
 *         return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
 *     }
 *
 * Each test gets the struct dbtest as *state. Servers: those of SOUK_TEST_PG and SOUK_TEST_REDIS
 * when these are set (several programs may share them), else its own, which end with the program
 * however it ends. Without PostgreSQL installed the program exits with 77: skipped. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/settings.h"
#include "base/work.h"
#include "db/db.h"

struct dbtest {
    struct work w;         /* connected as souk_app; cache NULL; nothing open; arena empty */
    struct arena *process; /* for what lives as long as the program */
    struct settings settings;
    const char *app_url;   /* conninfo of this database as souk_app */
    const char *admin_url; /* the same as superuser: migrations take on the owner's role by it */
    const char *redis_url;
};

int dbtest_start(void **state);
int dbtest_stop(void **state);

/* Around each test: a fresh arena before it; whatever is open is rolled back after it. */
int dbtest_before(void **state);
int dbtest_after(void **state);
#define DBTEST(fn) cmocka_unit_test_setup_teardown(fn, dbtest_before, dbtest_after)

/* Runs statements as superuser, whom no policy stops, on a connection of its own. Gives the first
 * column of the first row, NULL when there is none or it is NULL; lives as long as the program.
 * Fails the test when PostgreSQL refuses. */
char *dbtest_sql(struct dbtest *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t dbtest_number(struct dbtest *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An active shop with its counters. */
struct vendor_id dbtest_vendor(struct dbtest *t, const char *slug);

/* A second connection as souk_app, with a struct work of its own, for races: process-long. */
struct work *dbtest_second(struct dbtest *t);
struct work *dbtest_second_by(struct dbtest *t, const char *conninfo, bool prepare);

/* An empty database without any table; its superuser conninfo. */
const char *dbtest_empty_database(struct dbtest *t);

/* Fails the test with what the failure says, or when there is none of this code. */
void assert_no_err(const struct err *e);
void assert_err(const struct err *e, enum err_kind kind, const char *code);
