/* Which passwords will do: long enough, not the first that anybody would try. What letters, digits
 * and signs it is made of is nobody's business. */
#include <string.h>

#include "accounts/accounts.h"
#include "accounts/common.h"
#include "base/text.h"

#define CHARACTERS_LEAST 8
#define BYTES_MOST       1024
#define HINT_LEAST       4 /* a shorter name is in too many good passwords */

static struct err *
refuse(struct work *w, const char *code, const char *say)
{
    return FAIL_FIELD(w->arena, ERR_INVALID, code, "password", say);
}

static bool
holds(const char *password, const char *part)
{
    return strlen(part) >= HINT_LEAST && strcasestr(password, part);
}

/* As it is written, and without what stands between its words. */
static bool
holds_name(struct work *w, const char *password, const char *name)
{
    struct buf together = buf_new(w->arena, strlen(name) + 1);
    for (const char *c = name; *c; c++)
        if (!strchr(" -_.,'&", *c))
            buf_char(&together, *c);
    return holds(password, name) || holds(password, together.at);
}

static bool
holds_address(struct work *w, const char *password, const char *email)
{
    return holds(password, text_copy_n(w->arena, email, strcspn(email, "@")));
}

struct err *
password_refusal(struct work *w, const char *password, const struct password_owner *of)
{
    if (!text_is_utf8(BYTES(password, strlen(password)), NULL) ||
        text_characters(password) < CHARACTERS_LEAST)
        return refuse(w, "password.short", "A password has at least 8 characters.");
    if (strlen(password) > BYTES_MOST)
        return refuse(w, "password.long", "A password has at most 1,024 bytes.");
    if (password_is_common(password))
        return refuse(w, "password.common",
                      "Many people have this password, so it is guessed at once.");
    if (of->email && holds_address(w, password, of->email))
        return refuse(w, "password.holds_address",
                      "A password cannot contain your e-mail address.");
    if ((of->shop && holds_name(w, password, of->shop)) ||
        (of->slug && holds_name(w, password, of->slug)))
        return refuse(w, "password.holds_shop", "A password cannot contain the shop's name.");
    return NULL;
}
