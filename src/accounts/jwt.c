#include "accounts/jwt.h"

#include <jansson.h>
#include <string.h>

#include "accounts/keys.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"

#define TOKEN_MOST ((size_t)8 * 1024)
#define LEEWAY_S   5
#define AUDIENCE   "souk-api"
#define KNOWN      64 /* tokens a worker knows again */

static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"JWT\"}";

char *
jwt_make(struct work *w, const struct jwt_claims *c)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "iss", w->settings->public_url);
    json_put_text(&j, "aud", AUDIENCE);
    json_put_id(&j, "sub", c->user.n);
    json_put_id(&j, "vendor_id", c->vendor.n);
    json_put_i64(&j, "tv", c->token_version);
    json_put_text(&j, "jti", random_token(w->arena, 16));
    json_put_i64(&j, "iat", c->issued_s);
    json_put_i64(&j, "nbf", c->issued_s);
    json_put_i64(&j, "exp", c->expires_s);
    json_put_end(&j);
    char *both =
        text_printf(w->arena, "%s.%s", base64url(w->arena, BYTES(header, sizeof(header) - 1)),
                    base64url(w->arena, BYTES(j.out.at, j.out.length)));
    struct sha256 mac = hmac_sha256(accounts_key(KEY_JWT), BYTES(both, strlen(both)));
    return text_printf(w->arena, "%s.%s", both,
                       base64url(w->arena, BYTES(mac.bytes, sizeof(mac.bytes))));
}

bool
jwt_is_signed(struct arena *a, struct bytes key, const char *wanted_header, const char *token,
              struct bytes *payload)
{
    if (strnlen(token, TOKEN_MOST + 1) > TOKEN_MOST)
        return false;
    const char *first = strchr(token, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    if (!second)
        return false;
    char *head = text_copy_n(a, token, (size_t)(first - token));
    if (!text_is(head, base64url(a, BYTES(wanted_header, strlen(wanted_header)))))
        return false;

    struct bytes mac;
    struct sha256 given, wanted = hmac_sha256(key, BYTES(token, (size_t)(second - token)));
    if (!base64url_bytes(a, second + 1, &mac) || mac.length != sizeof(given.bytes))
        return false;
    memcpy(given.bytes, mac.at, sizeof(given.bytes));
    return sha256_equal(&given, &wanted) &&
           base64url_bytes(a, text_copy_n(a, first + 1, (size_t)(second - first - 1)), payload);
}

static bool
claim_number(const json_t *json, const char *name, int64_t *out)
{
    const json_t *v = json_object_get(json, name);
    *out = json_integer_value(v);
    return json_is_integer(v);
}

static bool
claim_text(const json_t *json, const char *name, const char *wanted)
{
    const json_t *v = json_object_get(json, name);
    return json_is_string(v) && text_is(json_string_value(v), wanted);
}

/* Whom a token is for: one name, or several of which one is ours (RFC 7519 section 4.1.3). */
static bool
claim_audience(const json_t *json)
{
    const json_t *aud = json_object_get(json, "aud"), *one;
    size_t i;
    json_array_foreach(aud, i, one) if (text_is(json_string_value(one), AUDIENCE)) return true;
    return claim_text(json, "aud", AUDIENCE);
}

static bool
claim_id(const json_t *json, const char *name, int64_t *out)
{
    const json_t *v = json_object_get(json, name);
    const char *text = json_is_string(v) ? json_string_value(v) : "";
    *out = 0;
    return text_is(text, "0") || text_to_id(text, out);
}

/* What a token of ours says, whatever the time is. */
struct known {
    struct sha256 mac; /* of the whole token, its signature included */
    struct jwt_claims claims;
    int64_t not_before_s;
};

static bool
claims_read(struct work *w, const json_t *json, struct known *k)
{
    struct jwt_claims *c = &k->claims;
    return claim_text(json, "iss", w->settings->public_url) && claim_audience(json) &&
           claim_id(json, "sub", &c->user.n) && c->user.n &&
           claim_id(json, "vendor_id", &c->vendor.n) &&
           claim_number(json, "tv", &c->token_version) && claim_number(json, "iat", &c->issued_s) &&
           claim_number(json, "nbf", &k->not_before_s) &&
           claim_number(json, "exp", &c->expires_s) && c->issued_s >= 0 &&
           c->expires_s > c->issued_s && c->expires_s <= INT64_MAX / 2 &&
           c->expires_s - c->issued_s <= JWT_LIFE_S && json_is_string(json_object_get(json, "jti"));
}

static bool
read_anew(struct work *w, const char *token, struct known *out)
{
    struct bytes payload;
    if (!jwt_is_signed(w->arena, accounts_key(KEY_JWT), header, token, &payload))
        return false;
    json_t *json =
        json_loadb((const char *)payload.at, payload.length, JSON_REJECT_DUPLICATES, NULL);
    bool good = json && claims_read(w, json, out);
    json_decref(json);
    return good;
}

/* A client sends its token with every request, and reading one costs more than the rest of the
 * log-in; so the last ones that proved ours are known again by a MAC over all of their bytes. Made
 * with the same key, it forgets them all when the key changes. */
bool
jwt_read(struct work *w, const char *token, struct jwt_claims *out)
{
    static struct known known[KNOWN];
    size_t length = strnlen(token, TOKEN_MOST + 1);
    if (length > TOKEN_MOST)
        return false;
    struct known read = { .mac = hmac_sha256(accounts_key(KEY_JWT), BYTES(token, length)) };
    struct known *k = &known[read.mac.bytes[0] % KNOWN];
    if (!sha256_equal(&k->mac, &read.mac)) {
        if (!read_anew(w, token, &read))
            return false;
        *k = read;
    }
    int64_t now_s = w->now_us / SECOND_US;
    if (k->not_before_s > now_s + LEEWAY_S || k->claims.issued_s > now_s + LEEWAY_S ||
        now_s >= k->claims.expires_s + LEEWAY_S)
        return false;
    *out = k->claims;
    return true;
}
