/* Log-in in the order that costs least: a place in the queue of hashes, look-up and waits, then the
 * hash, which everybody pays. */
#include "accounts/login.h"

#include <string.h>

#include "accounts/attempt.h"
#include "accounts/device.h"
#include "accounts/factor.h"
#include "accounts/hash.h"
#include "accounts/notice.h"
#include "accounts/place.h"
#include "accounts/session.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/cookie.h"

struct login_try
login_try_of(const struct req *r, const char *email, const char *password)
{
    return (struct login_try){ .email = text_lower(r->work->arena, email),
                               .password = password,
                               .code = "",
                               .device = cookie_text(r, cookie_name(r, "device")),
                               .agent = header_text(r, "HTTP_USER_AGENT") };
}

/* The stored hash is of another cost than today's, and this is the one moment to make it anew. */
static struct err *
renew_hash(struct work *w, const struct account *account, const char *password)
{
    const char *hash;
    if (hash_is_current(account->password_hash))
        return NULL;
    TRY(password_hash(w, password, &hash));
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_accounts_set_password, ARGS(arg_i64(w, account->id.n), arg_text(hash)), NULL));
    return tx_commit(w);
}

static struct err *
check_factor(struct work *w, const struct attempt *a, const char *code, enum login_answer *answer)
{
    bool right;
    if (!a->account.has_factor) {
        *answer = LOGIN_RIGHT;
        return NULL;
    }
    *answer = LOGIN_CODE_NEEDED;
    if (!*code)
        return NULL;
    tx_open(w, TX_WRITE);
    TRY(factor_check(w, a->account.id, code, &right));
    TRY(tx_commit(w));
    *answer = right ? LOGIN_RIGHT : LOGIN_CODE_WRONG;
    return NULL;
}

static struct err *
end(struct work *w, const struct attempt *a, enum login_answer answer, struct account *out)
{
    static const enum attempt_outcome outcomes[] = { [LOGIN_WRONG] = ATTEMPT_WRONG,
                                                     [LOGIN_CODE_NEEDED] = ATTEMPT_CODE_NEEDED,
                                                     [LOGIN_CODE_WRONG] = ATTEMPT_CODE_WRONG,
                                                     [LOGIN_RIGHT] = ATTEMPT_RIGHT };
    TRY(attempt_end(w, a, outcomes[answer]));
    *out = a->account;
    out->known_device = a->known_device;
    return NULL;
}

struct err *
login_check(struct work *w, const struct login_try *t, enum login_answer *answer,
            struct account *out)
{
    struct attempt a;
    bool right;
    SCOPED(close_fd) int place = -1;
    TRY(hash_place(w, &place));
    TRY(attempt_begin(w, t, &a));
    const char *stored = a.account.id.n ? a.account.password_hash : NULL;
    TRY(password_check_placed(w, t->password, stored, &right));
    *answer = LOGIN_WRONG;
    if (right) {
        TRY(renew_hash(w, &a.account, t->password));
        TRY(check_factor(w, &a, t->code, answer));
    }
    return end(w, &a, *answer, out);
}

struct err *
login_check_code(struct work *w, const struct login_try *t, enum login_answer *answer,
                 struct account *out)
{
    struct attempt a;
    TRY(attempt_begin(w, t, &a));
    TRY(check_factor(w, &a, *t->code ? t->code : "-", answer));
    return end(w, &a, *answer, out);
}

/* ---- What a log-in begins ---- */

struct err *
login_tell_device(struct req *r, const struct account *account, bool known)
{
    struct work *w = r->work;
    struct scan s;
    const char *words = device_words(w->arena, header_text(r, "HTTP_USER_AGENT"));
    const char *place = place_of(w->arena, w->address);
    TRY(db_one(w, Q_accounts_come_from,
               ARGS(arg_i64(w, account->id.n), arg_text(place), arg_text(words)), &s));
    bool strange = scan_bool(&s);
    scan_end(&s);
    return strange && !known ? notice_device(w, account, words, place) : NULL;
}

struct err *
login_begin(struct req *r, const struct account *account, bool stays)
{
    struct vendor_id shop = { 0 };
    const char *token;
    if (!account->admin)
        TRY(accounts_first_shop(r->work, account->id, &shop));
    TRY(session_begin(r, account, shop, stays));
    TRY(login_tell_device(r, account, account->known_device));
    if (!account->known_device) {
        TRY(device_add(r->work, account->id, &token));
        cookie_set(r, "device", token, DEVICE_LIFE_S);
    }
    return NULL;
}

/* ---- Where to ---- */

static bool
is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

const char *
login_safe_next(const char *next)
{
    if (!next || next[0] != '/' || !is_plain(next[1]) || strlen(next) > 500)
        return NULL;
    size_t n = strcspn(next, "?");
    for (size_t i = 1; i < n; i++)
        if (!is_plain(next[i]) && !strchr("/_-", next[i]))
            return NULL;
    for (const char *p = next + n; *p; p++)
        if (*p <= ' ' || *p > '~' || *p == '\\')
            return NULL;
    return text_starts(next, "/login") || text_starts(next, "/logout") ? NULL : next;
}

const char *
login_home(const struct req *r, const struct account *account)
{
    if (!account->admin)
        return "/vendor/";
    bool must_have = r->work->settings->admin_totp && !account->has_factor;
    return must_have ? "/account/security/totp" : "/admin/platform-health";
}
