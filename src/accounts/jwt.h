/* Access tokens for programs: JWT, HS256, 15 minutes. Nothing in a token chooses how it is checked:
 * its header must be ours to the byte. */
#pragma once
#include "base/work.h"

#define JWT_LIFE_S 900

struct jwt_claims {
    struct user_id user;
    struct vendor_id vendor; /* 0: the operator */
    int64_t token_version, issued_s, expires_s;
};

char *jwt_make(struct work *w, const struct jwt_claims *claims);
/* False for anything that is not a token of ours, in time (leeway 5 s), canonical and whole. */
bool jwt_read(struct work *w, const char *token, struct jwt_claims *out);
