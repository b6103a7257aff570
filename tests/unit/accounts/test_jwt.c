/* Access tokens, at the first reading and when a worker knows them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <string.h>

#include "accounts/accounts.h"
#include "accounts/jwt.h"
#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"

#define NOW_S  INT64_C(1795530904)
#define SECRET "0123456789abcdef0123456789abcdef"

static const struct settings settings = { .public_url = "https://souk.example" };
static struct work work = { .settings = &settings };

static int
set_up(void **state)
{
    (void)state;
    work.arena = arena_new((size_t)8 << 20);
    work.now_us = NOW_S * SECOND_US;
    accounts_use(BYTES(SECRET, 32), NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(work.arena);
    return 0;
}

static char *
token_for(int64_t user)
{
    struct jwt_claims c = { { user }, { 3 }, 1, NOW_S, NOW_S + JWT_LIFE_S };
    return jwt_make(&work, &c);
}

static bool
holds_at(const char *token, int64_t now_s)
{
    struct jwt_claims c;
    work.now_us = now_s * SECOND_US;
    return jwt_read(&work, token, &c);
}

static void
each_token_gives_its_own_claims_every_time(void **state)
{
    char *tokens[200]; /* more than a worker knows again */
    (void)state;
    for (int i = 0; i < 200; i++)
        tokens[i] = token_for(i + 1);
    for (int i = 0; i < 600; i++) {
        struct jwt_claims c;
        assert_true(jwt_read(&work, tokens[i % 200], &c));
        assert_int_equal(c.user.n, i % 200 + 1);
        assert_int_equal(c.vendor.n, 3);
    }
}

static void
a_known_token_ends_in_time_too(void **state)
{
    char *token = token_for(7);
    (void)state;
    assert_false(holds_at(token, NOW_S - 6));
    assert_true(holds_at(token, NOW_S - 5));
    assert_true(holds_at(token, NOW_S + JWT_LIFE_S + 4));
    assert_false(holds_at(token, NOW_S + JWT_LIFE_S + 5));
    assert_false(holds_at(token, NOW_S - 6));
    assert_true(holds_at(token, NOW_S));
}

static void
a_known_token_with_one_bit_changed_is_none(void **state)
{
    char *token = token_for(7);
    (void)state;
    assert_true(holds_at(token, NOW_S));
    for (size_t i = 0; i < strlen(token); i++) {
        token[i] ^= 1;
        assert_false(holds_at(token, NOW_S));
        token[i] ^= 1;
    }
    assert_false(holds_at(text_printf(work.arena, "%sA", token), NOW_S));
    assert_true(holds_at(token, NOW_S));
}

static void
a_new_key_forgets_what_was_known(void **state)
{
    char *token = token_for(7);
    (void)state;
    assert_true(holds_at(token, NOW_S));
    accounts_use(BYTES("another 32 bytes of a secret key", 32), NULL);
    assert_false(holds_at(token, NOW_S));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_token_gives_its_own_claims_every_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_known_token_ends_in_time_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_known_token_with_one_bit_changed_is_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_new_key_forgets_what_was_known, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
