/* Memory with one owner and one end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/must.h"

static void
memory_is_zero_and_aligned_also_after_a_reset(void **state)
{
    static const size_t sizes[] = { 1, 7, 16, 17, 4096, 100000, 3 };
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(sizes); i++) {
            unsigned char *p = arena_alloc(a, sizes[i]);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(p[k], 0);
            memset(p, 0xff, sizes[i]);
        }
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
}

struct ended {
    char *order;
    int *count;
    char name;
};

static void
take_down(void *arg)
{
    struct ended *e = arg;
    e->order[(*e->count)++] = e->name;
}

static void
what_was_put_off_happens_once_the_newest_first(void **state)
{
    char order[8] = "";
    int count = 0;
    struct arena *a = arena_new(65536);
    (void)state;
    for (char name = 'a'; name <= 'c'; name++) {
        struct ended *e = NEW(a, struct ended);
        *e = (struct ended){ order, &count, name };
        arena_defer(a, take_down, e);
    }
    arena_reset(a);
    arena_free(a);
    assert_string_equal(order, "cba");
}

/* A small ceiling is all for the caller, in the build for debugging too. */
static void
all_of_a_small_ceiling_can_be_had(void **state)
{
    static const size_t ceilings[] = { 64, 4096, 65536, 1 << 20 };
    (void)state;
    for (size_t i = 0; i < COUNT(ceilings); i++) {
        struct arena *a = arena_new(ceilings[i]);
        memset(arena_alloc(a, ceilings[i] / 2), 1, ceilings[i] / 2);
        memset(arena_alloc(a, ceilings[i] / 4), 1, ceilings[i] / 4);
        arena_free(a);
    }
}

static int
exit_of(void (*fn)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        fn();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
take_too_much(void)
{
    struct arena *a = arena_new(4096);
    arena_alloc(a, 4000);
    arena_alloc(a, 4000);
}

static void
take_an_impossible_array(void)
{
    struct arena *a = arena_new(4096);
    arena_alloc_array(a, SIZE_MAX / 2, 3);
}

static void
past_the_ceiling_the_process_ends(void **state)
{
    (void)state;
    assert_int_not_equal(exit_of(take_too_much), 0);
    assert_int_not_equal(exit_of(take_an_impossible_array), 0);
}

static void
nothing_is_freed_twice(void **state)
{
    (void)state;
    arena_free(NULL);
    struct arena *a = arena_new(65536);
    arena_alloc(a, 300000 / 8);
    arena_reset(a);
    arena_reset(a);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zero_and_aligned_also_after_a_reset),
        cmocka_unit_test(what_was_put_off_happens_once_the_newest_first),
        cmocka_unit_test(all_of_a_small_ceiling_can_be_had),
        cmocka_unit_test(past_the_ceiling_the_process_ends),
        cmocka_unit_test(nothing_is_freed_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
