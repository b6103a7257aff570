/* From what a shop knows of words to what is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "search/plan.h"

static struct arena *arena;

static void
a_swap_a_drop_an_insert_and_a_change_are_one_slip_each(void **state)
{
    static const struct {
        const char *a, *b;
        int distance;
    } rows[] = {
        { "laptop", "laptop", 0 },  { "laptop", "lpatop", 1 },
        { "laptop", "lapop", 1 },   { "laptop", "lapttop", 1 },
        { "laptop", "laqtop", 1 },  { "laptop", "lpatp", 2 },
        { "laptop", "desktop", 4 }, { "ноутбук", "ноутубк", 1 },
        { "寿司", "寿司屋", 1 },    { "", "ab", 2 },
        { "abc", "", 3 },           { "ab", "ba", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(word_distance(rows[i].a, rows[i].b, 9), rows[i].distance);
        assert_int_equal(word_distance(rows[i].b, rows[i].a, 9), rows[i].distance);
    }
    assert_int_equal(word_distance("laptop", "keyboard", 2), 3);
}

static void
a_word_longer_than_any_is_compared_by_its_beginning(void **state)
{
    char *x = arena_alloc(arena, 501), *y = arena_alloc(arena, 501);
    (void)state;
    for (int i = 0; i < 500; i++)
        x[i] = y[i] = 'a';
    y[499] = 'b';
    assert_int_equal(word_distance(x, y, 2), 0);
}

#define OWN(slot, text, key, n)                                                                    \
    {                                                                                              \
        slot, WORD_OWN, text, text, key, 0, n                                                      \
    }
#define LIKE(slot, text, like, key, n)                                                             \
    {                                                                                              \
        slot, WORD_LIKE, text, like, key, 0, n                                                     \
    }

static void
a_word_the_shop_has_is_not_mended(void **state)
{
    static const struct word words[] = { OWN(1, "labtop", 11, 2),
                                         LIKE(1, "labtop", "laptop", 12, 900) };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.keys[0], 11);
    assert_null(p.corrected);
}

static void
of_two_that_look_alike_the_one_in_more_products_is_meant(void **state)
{
    static const struct word words[] = {
        OWN(1, "usb", 10, 500),           OWN(2, "caze", 11, 0),
        LIKE(2, "caze", "maze", 12, 300), LIKE(2, "caze", "case", 13, 200),
        LIKE(2, "caze", "cage", 14, 3),
    };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_string_equal(p.corrected, "usb case"); /* and a first letter is seldom wrong */
    assert_int_equal(p.slot_count, 2);
    assert_int_equal(p.keys[1], 13);
    assert_true(p.weights[1] > p.weights[0]); /* the rarer word says more */
}

static void
two_words_in_one_are_two(void **state)
{
    static const struct word words[] = {
        OWN(1, "mousepad", 11, 0),
        { 1, WORD_SPLIT, "mousepad", "mouse pad", 12, 13, 40 },
        LIKE(1, "mousepad", "mousetrap", 14, 40),
    };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_string_equal(p.corrected, "mouse pad");
    assert_int_equal(p.slot_count, 2);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.keys[0], 12);
    assert_int_equal(p.keys[1], 13);
}

static void
one_word_that_was_written_as_two_answers_for_both(void **state)
{
    static const struct word words[] = {
        OWN(1, "smart", 11, 100),
        { 1, WORD_JOINED, "smart watch", "smartwatch", 13, 0, 60 },
        OWN(2, "watch", 12, 80),
    };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_null(p.corrected);
    assert_int_equal(p.slot_count, 2);
    assert_int_equal(p.count, 4);
    for (int64_t slot = 1; slot <= 2; slot++) {
        bool joined = false;
        for (size_t i = 0; i < p.count; i++)
            joined |= p.slots[i] == slot && p.keys[i] == 13;
        assert_true(joined);
    }
}

static void
the_beginning_of_a_word_is_all_words_that_go_on_from_it(void **state)
{
    static const struct word words[] = {
        OWN(1, "lapt", 11, 0),
        { 1, WORD_LONGER, "lapt", "laptop", 12, 0, 90 },
        { 1, WORD_LONGER, "lapt", "laptops", 12, 0, 90 },
        { 1, WORD_LONGER, "lapt", "lapteq", 13, 0, 2 },
    };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_null(p.corrected);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.slot_count, 1);
}

static void
a_word_that_says_nothing_is_left_out(void **state)
{
    static const struct word words[] = { OWN(1, "the", 0, 0), OWN(1, "the", 14, 0),
                                         LIKE(1, "the", "tea", 15, 9), OWN(2, "boys", 12, 3) };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.keys[0], 12);
    assert_false(p.missing);
    assert_null(p.corrected);
}

static void
as_typed_nothing_is_mended_and_a_word_nobody_has_is_missing(void **state)
{
    static const struct word words[] = { OWN(1, "usb", 10, 500), OWN(2, "caze", 11, 0),
                                         LIKE(2, "caze", "case", 13, 200) };
    (void)state;
    struct plan p = plan_make(arena, words, COUNT(words), true);
    assert_null(p.corrected);
    assert_true(p.missing);
    assert_int_equal(p.slot_count, 1);
}

static void
a_long_text_is_cut_to_what_can_be_looked_for(void **state)
{
    struct word words[40];
    (void)state;
    for (int i = 0; i < 40; i++)
        words[i] = (struct word){ i + 1, WORD_OWN, "word", "word", 100 + i, 0, 10 };
    struct plan p = plan_make(arena, words, COUNT(words), false);
    assert_int_equal(p.slot_count, PLAN_SLOTS_MAX);
    assert_int_equal(p.count, PLAN_SLOTS_MAX);
}

static void
without_words_nothing_is_looked_for(void **state)
{
    (void)state;
    struct plan p = plan_make(arena, NULL, 0, false);
    assert_int_equal(p.count, 0);
    assert_int_equal(p.any_count, 0);
    assert_false(p.broad);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_swap_a_drop_an_insert_and_a_change_are_one_slip_each),
        cmocka_unit_test(a_word_longer_than_any_is_compared_by_its_beginning),
        cmocka_unit_test(a_word_the_shop_has_is_not_mended),
        cmocka_unit_test(of_two_that_look_alike_the_one_in_more_products_is_meant),
        cmocka_unit_test(two_words_in_one_are_two),
        cmocka_unit_test(one_word_that_was_written_as_two_answers_for_both),
        cmocka_unit_test(the_beginning_of_a_word_is_all_words_that_go_on_from_it),
        cmocka_unit_test(a_word_that_says_nothing_is_left_out),
        cmocka_unit_test(as_typed_nothing_is_mended_and_a_word_nobody_has_is_missing),
        cmocka_unit_test(a_long_text_is_cut_to_what_can_be_looked_for),
        cmocka_unit_test(without_words_nothing_is_looked_for),
    };
    arena = arena_new((size_t)16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
