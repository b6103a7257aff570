/* Which addresses are one peer. A customer of an IPv6 network has a /64 to itself, so anything
 * finer would count nobody. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "limits/limits.h"

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static char *
text_of(struct arena *a, int family, const void *address)
{
    char text[INET6_ADDRSTRLEN];
    inet_ntop(family, address, text, sizeof(text));
    return text_copy(a, text);
}

/* An IPv6 address that is not a mapped one; a zone behind % is the peer's business. */
static bool
read_v6(struct arena *a, const char *address, unsigned char *v6)
{
    return inet_pton(AF_INET6, text_copy_n(a, address, strcspn(address, "%")), v6) == 1;
}

static char *
v6_network(struct arena *a, const unsigned char *v6, size_t kept)
{
    unsigned char network[16] = { 0 };
    memcpy(network, v6, kept);
    return text_printf(a, "%s/%zu", text_of(a, AF_INET6, network), kept * 8);
}

char *
limits_network(struct arena *a, const char *address)
{
    unsigned char v4[4], v6[16];
    if (inet_pton(AF_INET, address, v4) == 1)
        return text_copy(a, address); /* inet_pton takes no other spelling of it */
    if (!read_v6(a, address, v6))
        return NULL;
    if (memcmp(v6, mapped, sizeof(mapped)) == 0)
        return text_of(a, AF_INET, v6 + sizeof(mapped));
    return v6_network(a, v6, 8);
}

char *
limits_wide_network(struct arena *a, const char *address)
{
    unsigned char v6[16];
    if (!read_v6(a, address, v6) || memcmp(v6, mapped, sizeof(mapped)) == 0)
        return NULL;
    return v6_network(a, v6, 6);
}
