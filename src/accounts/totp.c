#include "accounts/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "http/request.h"

#define DIGITS 6

int
totp_code(const uint8_t secret[TOTP_SECRET], int64_t step)
{
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    must(HMAC(EVP_sha1(), secret, TOTP_SECRET, counter, sizeof(counter), mac, &length));
    size_t at = mac[length - 1] & 15; /* RFC 4226 section 5.3 */
    uint32_t n = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 |
                 (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    return (int)(n % 1000000);
}

static bool
read_code(const char *text, int *out)
{
    int n = 0, digits = 0;
    for (; *text; text++) {
        if (*text == ' ')
            continue;
        if (*text < '0' || *text > '9' || ++digits > DIGITS)
            return false;
        n = 10 * n + (*text - '0');
    }
    *out = n;
    return digits == DIGITS;
}

bool
totp_match(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now_us, int64_t *step)
{
    int given;
    int64_t now = now_us / SECOND_US / TOTP_STEP_S;
    if (!read_code(code, &given))
        return false;
    for (int64_t at = now - 1; at <= now + 1; at++)
        if (totp_code(secret, at) == given) {
            *step = at;
            return true;
        }
    return false;
}

/* RFC 4648 section 6; 20 bytes are 32 letters exactly. */
static void
base32(const uint8_t secret[TOTP_SECRET], char to[33])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < 32; i++) {
        size_t bit = 5 * i, byte = bit / 8;
        unsigned pair =
            (unsigned)secret[byte] << 8 | (byte + 1 < TOTP_SECRET ? secret[byte + 1] : 0);
        to[i] = letters[pair >> (11 - bit % 8) & 31];
    }
    to[32] = 0;
}

char *
totp_key_text(struct arena *a, const uint8_t secret[TOTP_SECRET])
{
    char plain[33];
    struct buf b = buf_new(a, 48);
    base32(secret, plain);
    for (size_t i = 0; i < 32; i += 4)
        buf_printf(&b, "%s%.4s", i ? " " : "", plain + i);
    return b.at;
}

char *
totp_address(struct arena *a, const uint8_t secret[TOTP_SECRET], const char *email)
{
    char plain[33];
    base32(secret, plain);
    return text_printf(a, "otpauth://totp/souk:%s?secret=%s&issuer=souk", url_part(a, email),
                       plain);
}
