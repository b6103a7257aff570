/* Vectors of our own, reckoned by hand in exact arithmetic, and those beside the sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* after those it needs */
#include <cmocka.h>

#include "base/must.h"
#include "base/text.h"
#include "replay/replay.h"
#include "tests/lib/testdata.h"

static void
verified(const json_t *file, size_t least)
{
    struct arena *a = arena_new((size_t)64 << 20);
    size_t wrong = 1, count = 0;
    assert_null(replay_verify(a, file, stderr, &wrong, &count));
    assert_int_equal(wrong, 0);
    assert_true(count >= least);
    arena_free(a);
}

static void
own_vectors(void **state)
{
    struct arena *a = arena_new(1 << 20);
    const char *source = getenv("srcdir");
    json_t *file = NULL;
    (void)state;
    assert_null(replay_load(
        a, text_join(a, source ? source : ".", "/tests/unit/replay/vectors.json", NULL), &file));
    verified(file, 16);
    json_decref(file);
    arena_free(a);
}

static void
shared_vectors(void **state)
{
    (void)state;
    json_t *file = testdata_json("billing/vectors.json");
    if (!file)
        skip();
    verified(file, 72);
    json_decref(file);
}

/* A verdict that is always "as expected" would be worth nothing. */
static void
a_wrong_expectation_is_found(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    json_t *file =
        json_loads("{\"vectors\": [{\"id\": \"x\", \"kind\": \"round\", \"given\": {\"cases\": "
                   "[{\"numerator\": \"5\", \"denominator\": \"2\"}]}, \"expect\": "
                   "{\"results\": [\"2\"]}}]}",
                   0, NULL);
    size_t wrong = 0, count = 0;
    FILE *said = tmpfile();
    assert_non_null(said);
    assert_null(replay_verify(a, file, said, &wrong, &count));
    assert_int_equal(wrong, 1);
    fclose(said);
    json_decref(file);
    arena_free(a);
}

static void
what_cannot_be_read_is_refused(void **state)
{
    static const char *const rows[] = {
        "{\"kind\": \"nothing\", \"given\": {}}",
        "{\"kind\": \"round\", \"given\": {\"cases\": [{\"numerator\": \"x\", \"denominator\": "
        "\"2\"}]}}",
        "{\"kind\": \"round\", \"given\": {\"cases\": [{\"numerator\": \"1\", \"denominator\": "
        "\"0\"}]}}",
        "{\"kind\": \"proration\", \"given\": {\"cases\": [{\"period_start\": "
        "\"2026-01-01T00:00:00Z\"}]}}",
        "{\"kind\": \"scenario\", \"given\": {\"catalog\": {\"t\": {\"month\": 1.5}}}}",
        "{\"kind\": \"scenario\", \"given\": []}",
        "{}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        json_t *question = json_loads(rows[i], 0, NULL), *answer = NULL;
        assert_non_null(question);
        assert_non_null(replay_answer(a, question, &answer));
        assert_null(answer);
        json_decref(question);
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_vectors),
        cmocka_unit_test(shared_vectors),
        cmocka_unit_test(a_wrong_expectation_is_found),
        cmocka_unit_test(what_cannot_be_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
