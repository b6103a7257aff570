/* A shop keeps an owner, whoever tries and however many at once. */
#include "dbtest.h"

#include <pthread.h>
#include <time.h>

#include "base/text.h"
#include "vendors/team.h"

static struct user_id
person(struct dbtest *t, struct vendor_id shop, const char *role)
{
    struct user_id user = { dbtest_number(
        t, "INSERT INTO account (email, password_hash) VALUES (gen_random_uuid() || '@x.org', '') "
           "RETURNING id") };
    dbtest_sql(t, "INSERT INTO membership VALUES (%lld, %lld, '%s')", (long long)shop.n,
               (long long)user.n, role);
    return user;
}

static int64_t
owners_of(struct dbtest *t, struct vendor_id shop)
{
    return dbtest_number(
        t, "SELECT count(*) FROM membership WHERE vendor_id = %lld AND role = 'owner'",
        (long long)shop.n);
}

static void
become(struct work *w, struct vendor_id shop, struct user_id user)
{
    w->vendor = shop;
    w->user = user;
    w->role = ROLE_OWNER;
}

static void
the_last_owner_can_neither_step_down_nor_go_nor_be_removed(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "last-owner");
    struct user_id owner = person(t, shop, "owner");
    struct ended *ended;
    person(t, shop, "manager");
    become(&t->w, shop, owner);
    tx_open(&t->w, TX_WRITE);
    assert_err(team_set_role(&t->w, owner, ROLE_STAFF, &ended), ERR_CONFLICT, "team.last_owner");
    tx_rollback(&t->w);
    tx_open(&t->w, TX_WRITE);
    assert_err(team_leave(&t->w, &ended), ERR_CONFLICT, "team.last_owner");
    tx_rollback(&t->w);
    tx_open(&t->w, TX_WRITE);
    assert_err(team_remove(&t->w, owner, &ended), ERR_CONFLICT, "team.last_owner");
    tx_rollback(&t->w);
    assert_int_equal(owners_of(t, shop), 1);
}

/* ---- Two at once ---- */

struct second {
    struct work *w;
    struct user_id target;
    struct err *e;
};

static void *
demote(void *arg)
{
    struct second *s = arg;
    struct ended *ended;
    tx_open(s->w, TX_WRITE);
    s->e = team_set_role(s->w, s->target, ROLE_STAFF, &ended);
    if (!s->e)
        s->e = tx_commit(s->w);
    else
        tx_rollback(s->w);
    return NULL;
}

static void
wait_until_one_waits(struct dbtest *t)
{
    const struct timespec pause = { .tv_nsec = 5000000 };
    for (int i = 0; i < 2000; i++) {
        if (dbtest_number(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                             "current_database() AND wait_event_type = 'Lock'"))
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("nobody waits");
}

/* The first has not committed when the second begins, so it cannot see what the first did. */
static void
of_two_owners_who_demote_each_other_one_stays(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "two-owners");
    struct user_id anna = person(t, shop, "owner"), ben = person(t, shop, "owner");
    struct second second = { .w = dbtest_second(t), .target = anna };
    struct ended *ended;
    pthread_t thread;
    become(&t->w, shop, anna);
    become(second.w, shop, ben);

    tx_open(&t->w, TX_WRITE);
    assert_no_err(team_set_role(&t->w, ben, ROLE_STAFF, &ended));
    assert_int_equal(pthread_create(&thread, NULL, demote, &second), 0);
    wait_until_one_waits(t);
    assert_no_err(tx_commit(&t->w));
    pthread_join(thread, NULL);

    assert_err(second.e, ERR_CONFLICT, "team.last_owner");
    assert_int_equal(owners_of(t, shop), 1);
}

/* Statements of somebody who forgot the rule, and the lock with it. */
static void
the_database_refuses_it_by_itself(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "by-itself");
    struct user_id owner = person(t, shop, "owner");
    become(&t->w, shop, owner);
    tx_open(&t->w, TX_WRITE);
    assert_err(
        db_exec(&t->w, Q_team_remove, ARGS(arg_i64(&t->w, shop.n), arg_i64(&t->w, owner.n)), NULL),
        ERR_CONFLICT, "db.team_last_owner");
    tx_rollback(&t->w);
    assert_int_equal(owners_of(t, shop), 1);
}

static void
managers_decide_about_staff_only(void **state)
{
    (void)state;
    assert_true(team_may_touch(ROLE_OWNER, ROLE_OWNER) && team_may_touch(ROLE_OWNER, ROLE_STAFF));
    assert_true(team_may_touch(ROLE_MANAGER, ROLE_STAFF));
    assert_false(team_may_touch(ROLE_MANAGER, ROLE_MANAGER));
    assert_false(team_may_touch(ROLE_MANAGER, ROLE_OWNER));
    assert_false(team_may_touch(ROLE_STAFF, ROLE_STAFF));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(the_last_owner_can_neither_step_down_nor_go_nor_be_removed),
        DBTEST(of_two_owners_who_demote_each_other_one_stays),
        DBTEST(the_database_refuses_it_by_itself),
        DBTEST(managers_decide_about_staff_only),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
