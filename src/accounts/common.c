/* A table of digests, made by script/common-passwords and sorted: 16 comparisons find one. It is a
 * constant of the program, so all workers of a host share its pages. Eight bytes of a digest are
 * enough: that somebody's own good password meets one of 50,000 by chance is one in 3 × 10^14. */
#include "accounts/common.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/digest.h"
#include "base/must.h"

#define PASSWORD_MOST 64 /* bytes: the longest of the list has fewer */

static const uint64_t common[] = {
#include "accounts/common_table.h"
};

static uint64_t
first_of(const struct sha256 *digest)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | digest->bytes[i];
    return n;
}

bool
password_is_common(const char *password)
{
    char small[PASSWORD_MOST];
    size_t length = strlen(password), least = 0, most = COUNT(common);
    if (length > sizeof(small))
        return false;
    for (size_t i = 0; i < length; i++)
        small[i] = (char)(isupper((unsigned char)password[i]) ? password[i] + 32 : password[i]);
    struct sha256 digest = sha256_of(BYTES(small, length));
    uint64_t wanted = first_of(&digest);
    while (least < most) {
        size_t middle = least + (most - least) / 2;
        if (common[middle] == wanted)
            return true;
        if (common[middle] < wanted)
            least = middle + 1;
        else
            most = middle;
    }
    return false;
}
