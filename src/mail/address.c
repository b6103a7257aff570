/* What can be an address (RFC 5321 section 4.1.2, without quoted local parts, address literals and
 * letters beyond ASCII, which many servers refuse). Stricter than mail itself on purpose: what
 * passes needs no escaping in any header or command. */
#include <ctype.h>
#include <string.h>

#include "mail/mail.h"

#define ADDRESS_MOST 254
#define LOCAL_MOST   64
#define LABEL_MOST   63

static bool
is_atom(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)));
}

/* Parts of atoms with single dots between them. */
static bool
is_local(const char *at, size_t length)
{
    bool after_dot = true;
    for (size_t i = 0; i < length; i++) {
        bool dot = at[i] == '.';
        if (dot ? after_dot : !is_atom((unsigned char)at[i]))
            return false;
        after_dot = dot;
    }
    return length <= LOCAL_MOST && !after_dot;
}

static bool
is_label(const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)at[i]) && at[i] != '-')
            return false;
    return length > 0 && length <= LABEL_MOST && at[0] != '-' && at[length - 1] != '-';
}

/* Two labels or more; the last one is no number, so no address of a machine. */
static bool
is_domain(const char *domain)
{
    size_t length = strcspn(domain, "."), labels = 1;
    while (domain[length] == '.') {
        if (!is_label(domain, length))
            return false;
        domain += length + 1;
        length = strcspn(domain, ".");
        labels++;
    }
    return labels >= 2 && is_label(domain, length) && strspn(domain, "0123456789") < length;
}

bool
mail_address_is_one(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    return at && strlen(address) <= ADDRESS_MOST && is_local(address, (size_t)(at - address)) &&
           is_domain(at + 1);
}
