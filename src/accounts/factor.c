/* The secret is kept sealed under a key of the installation's, with the account's id inside, so
 * that a stolen or an exchanged row is of no use. Recovery codes are kept as HMACs. */
#include "accounts/factor.h"

#include <sodium.h>
#include <string.h>

#include "accounts/keys.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"

#define NONCE  crypto_secretbox_NONCEBYTES
#define PLAIN  (TOTP_SECRET + sizeof(int64_t))
#define SEALED (NONCE + crypto_secretbox_MACBYTES + PLAIN)

static const char recovery_letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

/* ---- Sealing ---- */

static struct bytes
seal(struct work *w, struct user_id user, const uint8_t secret[TOTP_SECRET])
{
    uint8_t *sealed = arena_alloc(w->arena, SEALED), plain[PLAIN];
    memcpy(plain, secret, TOTP_SECRET);
    memcpy(plain + TOTP_SECRET, &user.n, sizeof(user.n));
    random_fill(sealed, NONCE);
    must(crypto_secretbox_easy(sealed + NONCE, plain, PLAIN, sealed, accounts_key(KEY_TOTP).at) ==
         0);
    return BYTES(sealed, SEALED);
}

static struct err *
unseal(struct work *w, struct user_id user, struct bytes sealed, uint8_t secret[TOTP_SECRET])
{
    uint8_t plain[PLAIN];
    int64_t whose;
    if (sealed.length != SEALED ||
        crypto_secretbox_open_easy(plain, sealed.at + NONCE, SEALED - NONCE, sealed.at,
                                   accounts_key(KEY_TOTP).at) != 0)
        return BROKEN(w->arena, "totp.sealed", "a secret that this installation did not seal");
    memcpy(&whose, plain + TOTP_SECRET, sizeof(whose));
    if (whose != user.n)
        return BROKEN(w->arena, "totp.sealed", "a secret of another account");
    memcpy(secret, plain, TOTP_SECRET);
    return NULL;
}

struct err *
factor_load(struct work *w, struct user_id user, struct factor *out)
{
    struct scan s;
    struct factor f = { 0 };
    bool found;
    TRY(db_maybe(w, Q_accounts_factor, ARGS(arg_i64(w, user.n)), &found, &s));
    if (found) {
        TRY(unseal(w, user, scan_bytes(w, &s), f.secret));
        f.state = scan_null(&s) ? FACTOR_PENDING : FACTOR_ON;
        f.on_since_us = scan_time(&s);
        f.codes_left = scan_i64(&s);
        scan_end(&s);
    }
    *out = f;
    return NULL;
}

struct err *
factor_begin(struct work *w, struct user_id user)
{
    uint8_t secret[TOTP_SECRET];
    int64_t done;
    random_fill(secret, sizeof(secret));
    struct bytes sealed = seal(w, user, secret);
    TRY(db_exec(w, Q_accounts_begin_factor, ARGS(arg_i64(w, user.n), arg_bytes(w, sealed)), &done));
    if (!done)
        return FAIL(w->arena, ERR_CONFLICT, "totp.is_on", "The second factor is on already.");
    return NULL;
}

/* Each step's code is good once, whoever is quicker. */
static struct err *
check_code(struct work *w, struct user_id user, const struct factor *f, const char *code,
           bool *right)
{
    int64_t step, used = 0;
    if (totp_match(f->secret, code, w->now_us, &step))
        TRY(db_exec(w, Q_accounts_use_step, ARGS(arg_i64(w, user.n), arg_i64(w, step)), &used));
    *right = used == 1;
    return NULL;
}

struct err *
factor_confirm(struct work *w, struct user_id user, const char *code)
{
    struct factor f;
    bool right = false;
    TRY(factor_load(w, user, &f));
    if (f.state == FACTOR_ON)
        return FAIL(w->arena, ERR_CONFLICT, "totp.is_on", "The second factor is on already.");
    if (f.state == FACTOR_PENDING)
        TRY(check_code(w, user, &f, code, &right));
    if (!right)
        return FAIL_FIELD(w->arena, ERR_INVALID, "totp.wrong", "code", "This code is not right.");
    return db_exec(w, Q_accounts_turn_on_factor, ARGS(arg_i64(w, user.n)), NULL);
}

/* ---- The ten ---- */

/* As it is compared: letters small, nothing but letters and digits. */
static struct arg
arg_recovery(struct work *w, struct user_id user, const char *code)
{
    char *plain = text_printf(w->arena, "%lld ", (long long)user.n);
    struct buf b = buf_new(w->arena, 64);
    buf_text(&b, plain);
    for (const char *p = text_lower(w->arena, code); *p && b.length < 60; p++)
        if (strchr(recovery_letters, *p))
            buf_char(&b, *p);
    struct sha256 *hash = NEW(w->arena, struct sha256);
    *hash = hmac_sha256(accounts_key(KEY_RECOVERY), BYTES(b.at, b.length));
    return arg_bytes(w, BYTES(hash->bytes, sizeof(hash->bytes)));
}

/* 31 letters to the power of ten: 49 bits. */
static char *
make_recovery(struct work *w)
{
    char code[12];
    for (int i = 0; i < 11; i++)
        code[i] = recovery_letters[random_u64() % (sizeof(recovery_letters) - 1)];
    code[5] = '-';
    code[11] = 0;
    return text_copy(w->arena, code);
}

struct err *
factor_new_codes(struct work *w, struct user_id user, const char *codes[RECOVERY_CODES])
{
    TRY(db_exec(w, Q_accounts_drop_recovery, ARGS(arg_i64(w, user.n)), NULL));
    for (int i = 0; i < RECOVERY_CODES; i++) {
        codes[i] = make_recovery(w);
        TRY(db_exec(w, Q_accounts_add_recovery,
                    ARGS(arg_i64(w, user.n), arg_recovery(w, user, codes[i])), NULL));
    }
    return NULL;
}

struct err *
factor_check(struct work *w, struct user_id user, const char *code, bool *right)
{
    struct factor f;
    int64_t used = 0;
    TRY(factor_load(w, user, &f));
    *right = f.state != FACTOR_ON;
    if (*right)
        return NULL;
    TRY(check_code(w, user, &f, code, right));
    if (!*right)
        TRY(db_exec(w, Q_accounts_use_recovery,
                    ARGS(arg_i64(w, user.n), arg_recovery(w, user, code)), &used));
    *right = *right || used == 1;
    return NULL;
}

struct err *
factor_end(struct work *w, struct user_id user)
{
    TRY(db_exec(w, Q_accounts_drop_recovery, ARGS(arg_i64(w, user.n)), NULL));
    return db_exec(w, Q_accounts_drop_factor, ARGS(arg_i64(w, user.n)), NULL);
}
