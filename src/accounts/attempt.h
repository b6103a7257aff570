/* A try to log in, from the moment before the password is looked at to its place on record. Inside
 * of src/accounts. */
#pragma once
#include "accounts/login.h"
#include "base/digest.h"

struct attempt {
    struct account account; /* id 0: nobody has that address, and nothing else differs by it */
    bool known_device;      /* it counts by itself */
    bool locks;             /* this is one too many: the password is of no use from now on */
    struct sha256 mail, network, device;
    const char *place, *words;
};

enum attempt_outcome {
    ATTEMPT_RIGHT,
    ATTEMPT_WRONG,
    ATTEMPT_CODE_NEEDED,
    ATTEMPT_CODE_WRONG,
    ATTEMPT_WAITING,
    ATTEMPT_LOCKED,
};
extern const char *const attempt_outcomes[6];

/* No transaction may be open. Looks up who that is, and counts the try as wrong before it is looked
 * at. LIMIT limit.login-account, login.wait: too many were wrong before this one. */
struct err *attempt_begin(struct work *w, const struct login_try *t,
                          struct attempt *out) MUST_CHECK;
/* What came of it. Opens a transaction of its own; mails whoever got locked. */
struct err *attempt_end(struct work *w, const struct attempt *t,
                        enum attempt_outcome outcome) MUST_CHECK;

/* In a transaction that writes: nothing of what was wrong before counts for this person, at this
 * address or another, any more. */
struct err *attempt_forgive(struct work *w, struct user_id user, const char *email) MUST_CHECK;
