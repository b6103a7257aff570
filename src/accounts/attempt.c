/* Each try counts as wrong before the hash is made and is taken back when it was right: a hundred
 * at the same moment are counted as a hundred. Address and network are keyed by HMAC, known or not,
 * and meet the same statements, so that neither time nor table says who has an account. */
#include "accounts/attempt.h"

#include <string.h>

#include "accounts/device.h"
#include "accounts/keys.h"
#include "accounts/lockout.h"
#include "accounts/place.h"
#include "accounts/unlock.h"
#include "base/settings.h"
#include "base/text.h"
#include "limits/limits.h"

const char *const attempt_outcomes[6] = { "right",      "wrong",   "code_needed",
                                          "code_wrong", "waiting", "locked" };

static const struct lockout_rule mail_rule = { LOCKOUT_FREE, LOCKOUT_ROW };

/* A network may be an office: as many wrong ones as five busy minutes have log-ins. */
static struct lockout_rule
network_rule(const struct work *w)
{
    return (struct lockout_rule){ 5 * w->settings->login_per_minute, 0 };
}

static struct sha256
guard_key(struct work *w, const char *kind, const char *name)
{
    char *message = text_printf(w->arena, "%s %s", kind, name);
    return hmac_sha256(accounts_key(KEY_GUARD), BYTES(message, strlen(message)));
}

static struct arg
arg_key(struct work *w, const struct sha256 *key)
{
    return arg_bytes(w, BYTES(key->bytes, sizeof(key->bytes)));
}

/* ---- Who ---- */

static struct err *
look_up(struct work *w, const struct login_try *t, struct attempt *out)
{
    struct scan s;
    bool cookie = t->device && strlen(t->device) == 43;
    tx_open(w, TX_READ);
    TRY(db_one(w, Q_accounts_for_login,
               ARGS(arg_text(t->email), cookie ? arg_key(w, &out->device) : arg_null(),
                    arg_i64(w, LOCKOUT_DEVICE)),
               &s));
    account_scan(&s, &out->account);
    out->known_device = scan_bool(&s);
    scan_end(&s);
    tx_rollback(w);
    return NULL;
}

static struct err *
take_limit(struct work *w, const struct login_try *t, const struct attempt *a)
{
    struct bytes device = BYTES(a->device.bytes, sizeof(a->device.bytes));
    if (!accounts_limits() || t->inside)
        return NULL;
    return limits_take(accounts_limits(), w, "login-account",
                       a->known_device ? device : BYTES(t->email, strlen(t->email)), 1);
}

/* ---- Counting ---- */

static struct err *
lock_guard(struct work *w, const struct sha256 *key, struct user_id user, struct lockout *out)
{
    struct scan s;
    TRY(db_one(w, Q_accounts_guard, ARGS(arg_key(w, key), user.n ? arg_i64(w, user.n) : arg_null()),
               &s));
    struct lockout l = { 0 };
    l.wrong = scan_i64(&s);
    l.in_a_row = scan_i64(&s);
    l.began_us = scan_time(&s);
    l.until_us = scan_time(&s);
    l.locked = scan_bool(&s);
    scan_end(&s);
    *out = l;
    return NULL;
}

static struct err *
save_guard(struct work *w, const struct sha256 *key, const struct lockout *l)
{
    return db_exec(w, Q_accounts_set_guard,
                   ARGS(arg_key(w, key), arg_i64(w, l->wrong), arg_i64(w, l->in_a_row),
                        arg_time(w, l->began_us), arg_time(w, l->until_us), arg_bool(l->locked)),
                   NULL);
}

static struct err *
count_one(struct work *w, const struct sha256 *key, struct user_id user,
          const struct lockout_rule *rule, struct lockout *out, int64_t *wait_s)
{
    TRY(lock_guard(w, key, user, out));
    *wait_s = lockout_wait_s(out, w->now_us);
    if (*wait_s)
        return NULL;
    *out = lockout_count(*out, rule, w->now_us);
    return save_guard(w, key, out);
}

static struct err *
uncount(struct work *w, const struct sha256 *key)
{
    struct lockout l;
    TRY(lock_guard(w, key, (struct user_id){ 0 }, &l));
    l = lockout_uncount(l, w->now_us);
    return save_guard(w, key, &l);
}

/* Always the address first, then the network, so that no two wait for each other. */
static struct err *
count(struct work *w, struct attempt *t, bool *was_locked, int64_t *wait_s)
{
    struct lockout l;
    struct lockout_rule network = network_rule(w);
    int64_t taken = 0;
    *was_locked = false;
    *wait_s = 0;
    if (t->known_device) {
        TRY(db_exec(w, Q_accounts_count_device,
                    ARGS(arg_key(w, &t->device), arg_i64(w, LOCKOUT_DEVICE)), &taken));
        t->known_device = taken == 1;
        if (taken)
            return NULL;
    }
    TRY(count_one(w, &t->mail, t->account.id, &mail_rule, &l, wait_s));
    *was_locked = l.locked && *wait_s;
    t->locks = l.locked;
    if (!*wait_s)
        TRY(count_one(w, &t->network, (struct user_id){ 0 }, &network, &l, wait_s));
    return NULL;
}

/* ---- The record ---- */

static struct err *
record(struct work *w, const struct attempt *t, enum attempt_outcome outcome)
{
    return db_exec(w, Q_accounts_add_attempt,
                   ARGS(t->account.id.n ? arg_i64(w, t->account.id.n) : arg_null(),
                        arg_text(attempt_outcomes[outcome]), arg_text(t->place),
                        arg_text(t->words)),
                   NULL);
}

static struct err *
refuse(struct work *w, const struct attempt *t, bool locked, int64_t wait_s)
{
    tx_open(w, TX_WRITE);
    TRY(record(w, t, locked ? ATTEMPT_LOCKED : ATTEMPT_WAITING));
    TRY(tx_commit(w));
    struct err *e = FAIL(w->arena, ERR_LIMIT, "login.wait",
                         "Too many wrong tries. Wait a little, or set a new password by mail.");
    e->retry_after_s = (int)wait_s;
    return e;
}

struct err *
attempt_begin(struct work *w, const struct login_try *t, struct attempt *out)
{
    struct attempt a = { .place = place_of(w->arena, w->address),
                         .words = device_words(w->arena, t->agent) };
    bool was_locked;
    int64_t wait_s;
    a.mail = guard_key(w, "mail", t->email);
    a.network = guard_key(w, "network", limits_network(w->arena, w->address) ?: "");
    if (t->device)
        a.device = sha256_of(BYTES(t->device, strlen(t->device)));
    TRY(look_up(w, t, &a));
    TRY(take_limit(w, t, &a));

    tx_open(w, TX_WRITE);
    TRY(count(w, &a, &was_locked, &wait_s));
    if (wait_s) {
        tx_rollback(w);
        return refuse(w, &a, was_locked, wait_s);
    }
    TRY(tx_commit(w));
    *out = a;
    return NULL;
}

/* Good: the address starts anew. The network does not, which others share, and which somebody with
 * an account of the own could clear at will. */
static struct err *
take_back(struct work *w, const struct attempt *t, enum attempt_outcome outcome)
{
    if (outcome != ATTEMPT_RIGHT && outcome != ATTEMPT_CODE_NEEDED)
        return NULL;
    if (outcome == ATTEMPT_RIGHT)
        TRY(db_exec(w, Q_accounts_forget_guard, ARGS(arg_key(w, &t->mail)), NULL));
    if (t->known_device)
        return db_exec(
            w, outcome == ATTEMPT_RIGHT ? Q_accounts_clear_device : Q_accounts_uncount_device,
            ARGS(arg_key(w, &t->device)), NULL);
    if (outcome == ATTEMPT_CODE_NEEDED)
        TRY(uncount(w, &t->mail));
    return uncount(w, &t->network);
}

struct err *
attempt_end(struct work *w, const struct attempt *t, enum attempt_outcome outcome)
{
    tx_open(w, TX_WRITE);
    TRY(record(w, t, outcome));
    TRY(take_back(w, t, outcome));
    bool wrong = outcome == ATTEMPT_WRONG || outcome == ATTEMPT_CODE_WRONG;
    if (wrong && t->locks && t->account.id.n)
        TRY(unlock_mail(w, &t->account, &t->mail));
    return tx_commit(w);
}

struct err *
attempt_forgive(struct work *w, struct user_id user, const char *email)
{
    struct sha256 key = guard_key(w, "mail", text_lower(w->arena, email));
    return db_exec(w, Q_accounts_forgive, ARGS(arg_i64(w, user.n), arg_key(w, &key)), NULL);
}
