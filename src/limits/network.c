/* Which addresses are one peer. A customer of an IPv6 network has a /64 to itself, so anything
 * finer would count nobody. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "limits/limits.h"
#include "limits/network.h"

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
read_v6(const char *address, unsigned char *v6)
{
    char text[INET6_ADDRSTRLEN];
    size_t n = strcspn(address, "%");
    if (n >= sizeof(text))
        return false;
    memcpy(text, address, n);
    text[n] = 0;
    return inet_pton(AF_INET6, text, v6) == 1;
}

bool
network_read(const char *address, unsigned char *network, size_t *length, unsigned char *wide,
             size_t *wide_length)
{
    unsigned char v6[16];
    *wide_length = 0;
    network[0] = 32;
    *length = 5;
    if (inet_pton(AF_INET, address, network + 1) == 1)
        return true;
    if (!read_v6(address, v6))
        return false;
    if (memcmp(v6, mapped, sizeof(mapped)) == 0) {
        memcpy(network + 1, v6 + sizeof(mapped), 4);
        return true;
    }
    network[0] = 64;
    memcpy(network + 1, v6, 8);
    *length = 9;
    wide[0] = 48;
    memcpy(wide + 1, v6, 6);
    *wide_length = 7;
    return true;
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
    if (!read_v6(address, v6))
        return NULL;
    if (memcmp(v6, mapped, sizeof(mapped)) == 0)
        return text_of(a, AF_INET, v6 + sizeof(mapped));
    return v6_network(a, v6, 8);
}

char *
limits_wide_network(struct arena *a, const char *address)
{
    unsigned char v6[16];
    if (!read_v6(address, v6) || memcmp(v6, mapped, sizeof(mapped)) == 0)
        return NULL;
    return v6_network(a, v6, 6);
}
