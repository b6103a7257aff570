/* Tries to log in against a database: what counts, for whom, and what gets by. The clock is the
 * test's. */
#include "dbtest.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "accounts/attempt.h"
#include "accounts/factor.h"
#include "accounts/hash.h"
#include "accounts/keys.h"
#include "accounts/lockout.h"
#include "accounts/login.h"
#include "accounts/unlock.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"

#define RIGHT "correct horse battery"

static struct user_id anna;
static char folder[] = "/tmp/souk-attempts-XXXXXX";

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    static char key[32];
    random_fill(key, sizeof(key));
    accounts_use(BYTES(key, sizeof(key)), NULL);
    t->settings.uploads = mkdtemp(folder);
    t->settings.public_url = "https://souk.example";
    t->settings.login_per_minute = 20;
    t->w.address = "192.0.2.7";
    t->w.now_us = clock_now_us();
    struct account_draft draft = { "anna@tea.example", "Anna", RIGHT, "fr", false };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(accounts_create(&t->w, &draft, &anna));
    assert_no_err(tx_commit(&t->w));
    return 0;
}

static int
stop(void **state)
{
    must(system(text_printf(((struct dbtest *)*state)->process, "rm -rf %s", folder)) == 0);
    return dbtest_stop(state);
}

static struct login_try
as_anna(const char *password)
{
    return (struct login_try){
        .email = "anna@tea.example", .password = password, .code = "", .agent = "curl/8"
    };
}

static enum login_answer
answer_to(struct dbtest *t, const struct login_try *given)
{
    enum login_answer answer = LOGIN_WRONG;
    struct account account;
    assert_no_err(login_check(&t->w, given, &answer, &account));
    return answer;
}

/* As if all that was wrong had come from `n` tries. */
static void
set_wrong(struct dbtest *t, int n, int in_a_row)
{
    dbtest_sql(t,
               "UPDATE login_guard SET wrong = %d, in_a_row = %d, wait_until = 'epoch' "
               "WHERE account_id IS NOT NULL",
               n, in_a_row);
}

static void
forget(struct dbtest *t)
{
    dbtest_sql(t, "DELETE FROM login_guard");
    dbtest_sql(t, "DELETE FROM login_attempt");
    dbtest_sql(t, "DELETE FROM login_device");
}

static void
unknown_and_wrong_are_counted_alike_and_recorded(void **state)
{
    struct dbtest *t = *state;
    forget(t);
    struct login_try wrong = as_anna("not hers"), nobody = wrong;
    nobody.email = "nobody@tea.example";
    assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG);
    assert_int_equal(answer_to(t, &nobody), LOGIN_WRONG);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM login_guard WHERE wrong = 1"), 2);
    assert_int_equal(dbtest_number(t, "SELECT max(wrong) FROM login_guard"), 2); /* the network */
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM login_attempt WHERE outcome = 'wrong' "
                                      "AND network = '192.0.2.0/24' AND device = 'curl'"),
                     2);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM login_attempt WHERE account_id = %lld",
                                   (long long)anna.n),
                     1);
}

static void
five_wrong_ones_make_everybody_wait_the_right_password_too(void **state)
{
    struct dbtest *t = *state;
    struct account account;
    enum login_answer answer;
    forget(t);
    static const char *const mails[] = { "anna@tea.example", "nobody@tea.example" };
    for (size_t k = 0; k < COUNT(mails); k++) {
        struct login_try wrong = as_anna("not hers"), right = as_anna(RIGHT);
        wrong.email = right.email = mails[k];
        for (int i = 0; i < 5; i++)
            assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG);
        struct err *e = login_check(&t->w, &right, &answer, &account);
        assert_err(e, ERR_LIMIT, "login.wait");
        assert_int_equal(e->retry_after_s, 1);
    }
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM login_attempt WHERE outcome = 'waiting'"), 2);
    t->w.now_us += SECOND_US;
    struct login_try right = as_anna(RIGHT);
    assert_int_equal(answer_to(t, &right), LOGIN_RIGHT);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM login_guard WHERE account_id = %lld",
                                   (long long)anna.n),
                     0);
}

static void
a_device_that_is_known_does_not_wait_and_has_ten_of_its_own(void **state)
{
    struct dbtest *t = *state;
    struct account account;
    enum login_answer answer;
    static const char token[] = "0123456789012345678901234567890123456789012";
    forget(t);
    dbtest_sql(t, "INSERT INTO login_device VALUES (sha256('%s'), %lld, 0, now(), now() + '1 day')",
               token, (long long)anna.n);
    struct login_try wrong = as_anna("not hers");
    for (int i = 0; i < 5; i++)
        answer_to(t, &wrong);
    assert_err(login_check(&t->w, &wrong, &answer, &account), ERR_LIMIT, "login.wait");

    struct login_try own = as_anna(RIGHT);
    own.device = token;
    assert_int_equal(answer_to(t, &own), LOGIN_RIGHT);
    for (int i = 0; i < 5; i++)
        answer_to(t, &wrong);
    wrong.device = token;
    for (int i = 0; i < LOCKOUT_DEVICE; i++)
        assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG);
    assert_err(login_check(&t->w, &own, &answer, &account), ERR_LIMIT, "login.wait");

    struct login_try stranger = as_anna("not hers"); /* the cookie of somebody else is none */
    stranger.email = "nobody@tea.example";
    stranger.device = token;
    assert_int_equal(answer_to(t, &stranger), LOGIN_WRONG);
    assert_int_equal(dbtest_number(t, "SELECT wrong FROM login_device"), LOCKOUT_DEVICE);
}

static void
the_hundredth_wrong_one_locks_and_the_link_that_is_mailed_unlocks_once(void **state)
{
    struct dbtest *t = *state;
    struct account account;
    enum login_answer answer;
    forget(t);
    struct login_try wrong = as_anna("not hers"), right = as_anna(RIGHT);
    answer_to(t, &wrong);
    set_wrong(t, 0, 99);
    assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG);
    t->w.now_us += INT64_C(100000) * SECOND_US;
    struct err *e = login_check(&t->w, &right, &answer, &account);
    assert_err(e, ERR_LIMIT, "login.wait");
    assert_int_equal(e->retry_after_s, 900);
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM login_attempt WHERE outcome = 'locked'"), 1);

    const char *link = dbtest_sql(t, "SELECT secret->>'link' FROM mail WHERE kind = 'locked'");
    assert_non_null(link);
    const char *token = strstr(link, "token=") + 6;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(unlock_use(&t->w, token));
    assert_no_err(tx_commit(&t->w));
    tx_open(&t->w, TX_WRITE);
    assert_err(unlock_use(&t->w, token), ERR_NOT_FOUND, "login.unlock");
    tx_rollback(&t->w);
    assert_int_equal(answer_to(t, &right), LOGIN_RIGHT);
}

/* Both pass the look at the waits before either is known to be wrong; one of them waits for it. */
static const char *
hash_of_anna(struct dbtest *t)
{
    return dbtest_sql(t, "SELECT password_hash FROM account WHERE id = %lld", (long long)anna.n);
}

/* As an installation of years ago made it, when it cost less. */
static const char *
cheap_hash(struct dbtest *t, const char *password)
{
    struct sha256 secret = hmac_sha256(accounts_key(KEY_PEPPER), BYTES(password, strlen(password)));
    char *hash = arena_alloc(t->w.arena, crypto_pwhash_STRBYTES);
    assert_int_equal(crypto_pwhash_str_alg(hash, (const char *)secret.bytes, sizeof(secret.bytes),
                                           1, (size_t)8192 * 1024, crypto_pwhash_ALG_ARGON2ID13),
                     0);
    return hash;
}

static void
a_good_log_in_makes_a_hash_of_another_cost_anew_and_a_wrong_one_does_not(void **state)
{
    struct dbtest *t = *state;
    struct login_try wrong = as_anna("not hers"), right = as_anna(RIGHT);
    forget(t);
    const char *old = cheap_hash(t, RIGHT);
    dbtest_sql(t, "UPDATE account SET password_hash = '%s' WHERE id = %lld", old,
               (long long)anna.n);
    assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG);
    assert_string_equal(hash_of_anna(t), old);
    assert_int_equal(answer_to(t, &right), LOGIN_RIGHT);
    assert_true(hash_is_current(hash_of_anna(t)));
    assert_int_equal(answer_to(t, &right), LOGIN_RIGHT);
}

static void
two_at_the_same_moment_are_counted_as_two(void **state)
{
    struct dbtest *t = *state;
    struct work *other = dbtest_second(t);
    struct attempt one, two;
    forget(t);
    other->address = t->w.address;
    other->now_us = t->w.now_us;
    other->settings = t->w.settings;
    struct login_try wrong = as_anna("not hers");
    answer_to(t, &wrong);
    set_wrong(t, 3, 3);
    assert_no_err(attempt_begin(&t->w, &wrong, &one));
    assert_no_err(attempt_begin(other, &wrong, &two));
    assert_err(attempt_begin(&t->w, &wrong, &one), ERR_LIMIT, "login.wait");
    assert_no_err(attempt_end(other, &two, ATTEMPT_WRONG));
    assert_int_equal(dbtest_number(t, "SELECT wrong FROM login_guard WHERE account_id = %lld",
                                   (long long)anna.n),
                     5);
}

static const char *
code_at(struct dbtest *t, const uint8_t *secret, int64_t off)
{
    int64_t step = t->w.now_us / SECOND_US / TOTP_STEP_S + off;
    return text_printf(t->w.arena, "%06d", totp_code(secret, step));
}

static void
the_second_factor_is_asked_for_behind_the_password_and_each_code_is_good_once(void **state)
{
    struct dbtest *t = *state;
    struct factor f;
    const char *codes[RECOVERY_CODES];
    forget(t);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(factor_begin(&t->w, anna));
    assert_no_err(factor_load(&t->w, anna, &f));
    assert_int_equal(f.state, FACTOR_PENDING);
    assert_err(factor_confirm(&t->w, anna, "000000x"), ERR_INVALID, "totp.wrong");
    assert_no_err(factor_confirm(&t->w, anna, code_at(t, f.secret, -1)));
    assert_err(factor_begin(&t->w, anna), ERR_CONFLICT, "totp.is_on");
    assert_no_err(factor_new_codes(&t->w, anna, codes));
    assert_no_err(tx_commit(&t->w));

    struct login_try given = as_anna(RIGHT), wrong = as_anna("not hers");
    assert_int_equal(answer_to(t, &given), LOGIN_CODE_NEEDED);
    given.code = code_at(t, f.secret, -1);
    assert_int_equal(answer_to(t, &given), LOGIN_CODE_WRONG); /* it turned the factor on */
    given.code = wrong.code = code_at(t, f.secret, 0);
    assert_int_equal(answer_to(t, &wrong), LOGIN_WRONG); /* nothing about codes */
    assert_int_equal(answer_to(t, &given), LOGIN_RIGHT);
    assert_int_equal(answer_to(t, &given), LOGIN_CODE_WRONG);
    given.code = text_printf(t->w.arena, " %s ", codes[4]);
    assert_int_equal(answer_to(t, &given), LOGIN_RIGHT);
    assert_int_equal(answer_to(t, &given), LOGIN_CODE_WRONG);

    tx_open(&t->w, TX_WRITE);
    assert_no_err(factor_end(&t->w, anna));
    assert_no_err(tx_commit(&t->w));
    given.code = "";
    assert_int_equal(answer_to(t, &given), LOGIN_RIGHT);
}

static void
wrong_codes_count_like_wrong_passwords(void **state)
{
    struct dbtest *t = *state;
    struct account account;
    enum login_answer answer;
    struct factor f;
    forget(t);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(factor_begin(&t->w, anna));
    assert_no_err(factor_load(&t->w, anna, &f));
    assert_no_err(factor_confirm(&t->w, anna, code_at(t, f.secret, 0)));
    assert_no_err(tx_commit(&t->w));
    struct login_try given = as_anna(RIGHT);
    for (int i = 0; i < 5; i++) {
        given.code = "";
        assert_int_equal(answer_to(t, &given), LOGIN_CODE_NEEDED); /* forgives nothing */
        given.code = "000000";
        assert_int_equal(answer_to(t, &given), LOGIN_CODE_WRONG);
    }
    assert_err(login_check(&t->w, &given, &answer, &account), ERR_LIMIT, "login.wait");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(factor_end(&t->w, anna));
    assert_no_err(tx_commit(&t->w));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(unknown_and_wrong_are_counted_alike_and_recorded),
        DBTEST(five_wrong_ones_make_everybody_wait_the_right_password_too),
        DBTEST(a_device_that_is_known_does_not_wait_and_has_ten_of_its_own),
        DBTEST(the_hundredth_wrong_one_locks_and_the_link_that_is_mailed_unlocks_once),
        DBTEST(a_good_log_in_makes_a_hash_of_another_cost_anew_and_a_wrong_one_does_not),
        DBTEST(two_at_the_same_moment_are_counted_as_two),
        DBTEST(the_second_factor_is_asked_for_behind_the_password_and_each_code_is_good_once),
        DBTEST(wrong_codes_count_like_wrong_passwords),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
