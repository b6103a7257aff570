/* API keys: how a program acts for one shop, with the scopes it was made for and never more than
 * the person who made it. "souk_<id>_<43 characters>"; only the SHA-256 of it is kept. Inside of
 * src/accounts. */
#pragma once
#include "accounts/session.h"

#define API_KEYS_MOST 50 /* a shop */
#define SCOPES_MOST   32

/* Does the bearer token have the form of a key? Which one is said by its id. */
bool apikey_is_one(const char *token, int64_t *id);
/* Opens a transaction of its own: the key was used now. */
struct err *apikey_touch(struct work *w, struct vendor_id shop, int64_t id) MUST_CHECK;

struct apikey {
    int64_t id;
    const char *name, *hint, *scopes, *maker;
    int64_t created_us, expires_us, used_us; /* 0: never */
    bool over;
};

/* All in a transaction of the shop's. */
struct err *apikey_list(struct work *w, struct apikey **out, size_t *n) MUST_CHECK;
/* NOT_FOUND apikey.unknown. */
struct err *apikey_load(struct work *w, int64_t id, struct apikey *out) MUST_CHECK;

struct apikey_draft {
    const char *name;
    const char *scopes[SCOPES_MOST]; /* names that guard_scope_named() gives */
    size_t n;
    int64_t days; /* it lives; 0: until it is revoked */
};
/* Fields name, days, and a flag `scope.<name>` for each scope, or a list `scopes` of names.
 * Failures are collected: INVALID apikey.no_scope, apikey.scope. */
struct form;
void apikey_read(struct form *f, struct apikey_draft *out);

/* In a transaction that writes. *token is the key, told now and never again. CONFLICT
 * apikey.too_many. */
struct err *apikey_add(struct work *w, const struct apikey_draft *draft, int64_t *id,
                       const char **token) MUST_CHECK;

/* The key that the address names is over everywhere, within the second. Opens a transaction of its
 * own. NOT_FOUND apikey.unknown. */
struct err *apikey_end(struct req *r) MUST_CHECK;
