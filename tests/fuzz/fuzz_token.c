/* Bearer tokens and CSRF tokens. An input is read as it is; a JWT's payload is also read below our
 * own signature, since behind a signature stands the reader of its claims. */
#include <string.h>

#include "accounts/accounts.h"
#include "accounts/jwt.h"
#include "accounts/keys.h"
#include "base/digest.h"
#include "base/text.h"
#include "fuzz.h"

static void
check_claims(struct work *w, const char *token)
{
    struct jwt_claims claims;
    if (!jwt_read(w, token, &claims))
        return;
    EXPECT(claims.user.n > 0 && claims.vendor.n >= 0);
    EXPECT(claims.expires_s + 5 > w->now_us / 1000000);
}

static char *
signed_by_us(struct arena *a, struct bytes payload)
{
    static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"JWT\"}";
    char *both = text_printf(a, "%s.%s", base64url(a, BYTES(header, sizeof(header) - 1)),
                             base64url(a, payload));
    struct sha256 mac = hmac_sha256(accounts_key(KEY_JWT), BYTES(both, strlen(both)));
    return text_printf(a, "%s.%s", both, base64url(a, BYTES(mac.bytes, sizeof(mac.bytes))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct work w = fuzz_work(a);
    struct req r = { .work = &w, .site = fuzz_site() };
    struct jwt_claims own = { { 7 }, { 3 }, 1, w.now_us / 1000000, w.now_us / 1000000 + 900 };
    struct jwt_claims back;
    const char *text = text_copy_n(a, data, size);

    accounts_use(BYTES("0123456789abcdef0123456789abcdef", 32), NULL);
    EXPECT(jwt_read(&w, jwt_make(&w, &own), &back) && back.user.n == 7 && back.vendor.n == 3);
    EXPECT(!jwt_read(&w, text, &back)); /* nobody guesses a signature */
    check_claims(&w, signed_by_us(a, BYTES(data, size)));

    r.visitor.session = "0123456789abcdef0123456789abcdef0123456789a";
    EXPECT(csrf_matches(&r, csrf_token(&r)));
    EXPECT(!csrf_matches(&r, text));
    arena_free(a);
    return 0;
}
