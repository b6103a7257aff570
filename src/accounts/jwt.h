/* Access tokens for programs: JWT, HS256, 15 minutes. Nothing in a token chooses how it is checked:
 * its header must be ours to the byte. */
#pragma once
#include "base/bytes.h"
#include "base/work.h"

#define JWT_LIFE_S 900

struct jwt_claims {
    struct user_id user;
    struct vendor_id vendor; /* 0: the operator */
    int64_t token_version, issued_s, expires_s;
};

char *jwt_make(struct work *w, const struct jwt_claims *claims);
/* The part that knows no claims: header.payload.mac, the header this one to the byte, the MAC that
 * of the key, all of it canonical base64url; *payload is what was signed. */
bool jwt_is_signed(struct arena *a, struct bytes key, const char *header, const char *token,
                   struct bytes *payload);
/* False for anything that is not a token of ours, in time (leeway 5 s), canonical and whole. */
bool jwt_read(struct work *w, const char *token, struct jwt_claims *out);
