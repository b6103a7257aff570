/* Codes that change every 30 seconds: RFC 6238 with SHA-1 and six digits, which is what all
 * authenticators know. Pure. Inside of src/accounts. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define TOTP_SECRET 20 /* bytes */
#define TOTP_STEP_S 30

/* Of a step: seconds since 1970 by 30. */
int totp_code(const uint8_t secret[TOTP_SECRET], int64_t step);
/* Is it the code of now, of the step before or of the one behind? *step says which. Blanks within
 * the six digits are nothing. */
bool totp_match(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now_us, int64_t *step);
/* As people type it: base32, in groups of four. */
char *totp_key_text(struct arena *a, const uint8_t secret[TOTP_SECRET]);
/* otpauth://totp/… as a QR code carries it. */
char *totp_address(struct arena *a, const uint8_t secret[TOTP_SECRET], const char *email);
