/* The hash of passwords: how many at a time, at what cost, and what is not hashed at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants what stands above it */
#include <cmocka.h>
#include <sodium.h>

#include "accounts/accounts.h"
#include "accounts/hash.h"
#include "base/file.h"
#include "base/settings.h"
#include "testdata.h"

static char directory[] = "/tmp/souk-hash-XXXXXX";
static struct settings settings = { .uploads = directory };
static struct work work = { .settings = &settings };

static int
start(void **state)
{
    work.arena = arena_new((size_t)4 << 20);
    accounts_use(BYTES("0123456789abcdef0123456789abcdef", 32), NULL);
    *state = &work;
    return mkdtemp(directory) ? 0 : -1;
}

static struct err *
drop(void *arg, const char *path, const char *name)
{
    (void)arg;
    (void)name;
    return unlink(path) == 0 ? NULL : BROKEN(work.arena, "test.unlink", path);
}

static int
stop(void **state)
{
    (void)state;
    struct err *e = file_each(work.arena, directory, drop, NULL);
    arena_free(work.arena);
    return e || rmdir(directory);
}

static void
a_password_is_known_again_and_no_other(void **state)
{
    const char *stored, *other;
    bool right;
    assert_null(password_hash(*state, "correct horse", &stored));
    assert_null(password_hash(*state, "correct horse", &other));
    assert_string_not_equal(stored, other);
    assert_true(hash_is_current(stored));
    assert_null(password_check(*state, "correct horse", stored, &right));
    assert_true(right);
    assert_null(password_check(*state, "correct horsf", stored, &right));
    assert_false(right);
    assert_null(password_check(*state, "correct horse", NULL, &right));
    assert_false(right);
}

static void
a_hash_of_another_cost_is_not_todays(void **state)
{
    (void)state;
    static const char *const others[] = { "$argon2id$v=19$m=65536,t=2,p=1$AAAA$AAAA",
                                          "$argon2id$v=19$m=19456,t=3,p=1$AAAA$AAAA",
                                          "$argon2id$v=16$m=19456,t=2,p=1$AAAA$AAAA",
                                          "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", "" };
    assert_true(hash_is_current("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA"));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(hash_is_current(others[i]));
}

/* Sixteen may wait besides one a core; the next one is told at once, and a place that is given back
 * is another's. */
static void
the_queue_is_bounded(void **state)
{
    enum { MOST = 1024 };
    int places[MOST], n = 0;
    struct err *e = NULL;
    while (n < MOST && !(e = hash_place(*state, &places[n])))
        n++;
    assert_int_equal(n, sysconf(_SC_NPROCESSORS_ONLN) + HASH_WAITING);
    assert_int_equal(e->kind, ERR_BUSY);
    assert_string_equal(e->code, "accounts.busy");
    assert_int_equal(e->retry_after_s, 2);
    close(places[3]);
    assert_null(hash_place(*state, &places[3]));
    while (n)
        close(places[--n]);
}

static void
check_vector(const json_t *line, void *arg)
{
    const char *phc = json_string_value(json_object_get(line, "phc"));
    const json_t *given = json_object_get(line, "password");
    const char *password = json_string_value(given);
    bool verifies = json_is_true(json_object_get(line, "verify"));
    int *n = arg;
    if (phc && password) {
        bool same = password_hash_is_bounded(phc) &&
                    crypto_pwhash_str_verify(phc, password, json_string_length(given)) == 0;
        if (same != verifies)
            fail_msg("%s: %d", phc, same);
        ++*n;
    }
}

static void
the_shared_hashes_verify_as_they_should_and_none_costs_more_than_we_pay(void **state)
{
    (void)state;
    int n = 0;
    if (!testdata_each("security/vectors/password-hash.jsonl", check_vector, &n))
        skip();
    assert_true(n >= 32);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_known_again_and_no_other),
        cmocka_unit_test(a_hash_of_another_cost_is_not_todays),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(the_shared_hashes_verify_as_they_should_and_none_costs_more_than_we_pay),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
