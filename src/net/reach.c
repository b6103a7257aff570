/* The tables are IANA's registries of special addresses, read as "not globally reachable", and what
 * clouds answer themselves at an address that looks public. For IPv6 it is the other way round:
 * only 2000::/3 has been given to the internet, so all else is refused without being named. */
#include "net/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/text.h"

struct block {
    uint8_t begins[16];
    int bits;
};

/* clang-format off */
static const struct block not_public_4[] = {
    { { 0 },             8 },  /* this network */
    { { 10 },            8 },  /* private */
    { { 100, 64 },       10 }, /* carriers' NAT */
    { { 127 },           8 },  /* loopback */
    { { 168, 63, 129, 16 }, 32 }, /* a cloud's own services */
    { { 169, 254 },      16 }, /* link-local; metadata */
    { { 172, 16 },       12 }, /* private */
    { { 192, 0, 0 },     24 }, /* protocol assignments */
    { { 192, 0, 2 },     24 }, /* documentation */
    { { 192, 88, 99 },   24 }, /* 6to4 relays */
    { { 192, 168 },      16 }, /* private */
    { { 198, 18 },       15 }, /* benchmarks */
    { { 198, 51, 100 },  24 }, /* documentation */
    { { 203, 0, 113 },   24 }, /* documentation */
    { { 224 },           4 },  /* multicast */
    { { 240 },           4 },  /* reserved, broadcast */
};

static const struct block global_6 = { { 0x20 }, 3 };
static const struct block not_public_6[] = {
    { { 0x20, 0x01 },             23 }, /* protocol assignments: Teredo, benchmarks, ORCHID */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x20, 0x02 },             16 }, /* 6to4 */
    { { 0x3f, 0xff },             20 }, /* documentation */
};
/* clang-format on */

static bool
is_in(const uint8_t *address, const uint8_t *begins, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(address, begins, (size_t)whole) != 0)
        return false;
    return !rest || (address[whole] ^ begins[whole]) >> (8 - rest) == 0;
}

static bool
is_in_any(const uint8_t *address, const struct block *blocks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_in(address, blocks[i].begins, blocks[i].bits))
            return true;
    return false;
}

/* The bytes of an address and its port; NULL for a family that is not ours. */
static const uint8_t *
bytes_of(const struct sockaddr *address, int *port)
{
    const struct sockaddr_in *four = (const void *)address;
    const struct sockaddr_in6 *six = (const void *)address;
    if (address->sa_family == AF_INET) {
        *port = ntohs(four->sin_port);
        return (const uint8_t *)&four->sin_addr;
    }
    if (address->sa_family != AF_INET6)
        return NULL;
    *port = ntohs(six->sin6_port);
    return six->sin6_addr.s6_addr;
}

bool
reach_is_public(const struct sockaddr *address)
{
    int port;
    const uint8_t *bytes = bytes_of(address, &port);
    if (!bytes)
        return false;
    if (address->sa_family == AF_INET)
        return !is_in_any(bytes, not_public_4, COUNT(not_public_4));
    return is_in(bytes, global_6.begins, global_6.bits) &&
           !is_in_any(bytes, not_public_6, COUNT(not_public_6));
}

/* ---- What the operator allows ---- */

static bool
read_port(const char *text, int *out)
{
    int64_t port;
    if (text_is(text, "*")) {
        *out = 0;
        return true;
    }
    if (!text_to_i64(text, &port) || port < 1 || port > 65535)
        return false;
    *out = (int)port;
    return true;
}

/* "127.0.0.1", "fd00::", and "[fd00::]" */
static bool
read_address(char *text, struct reach_rule *out)
{
    size_t n = strlen(text);
    if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
        text[n - 1] = 0;
        text++;
    }
    out->family = strchr(text, ':') ? AF_INET6 : AF_INET;
    return inet_pton(out->family, text, out->network) == 1;
}

static bool
read_network(char *text, char *slash, struct reach_rule *out)
{
    int64_t bits;
    *slash = 0;
    if (!read_address(text, out) || !text_to_i64(slash + 1, &bits))
        return false;
    out->bits = (int)bits;
    return bits >= 0 && bits <= (out->family == AF_INET ? 32 : 128);
}

static bool
read_rule(struct arena *a, const char *part, struct reach_rule *out)
{
    char *text = text_copy(a, part), *colon = strrchr(text, ':'), *slash;
    struct reach_rule rule = { 0 };
    if (!colon || !read_port(colon + 1, &rule.port))
        return false;
    *colon = 0;
    slash = strchr(text, '/');
    if (slash && !read_network(text, slash, &rule))
        return false;
    if (!slash)
        rule.host = text_lower(a, text);
    if (rule.host && !*rule.host)
        return false;
    *out = rule;
    return true;
}

struct err *
reach_read(struct arena *a, const char *text, struct reach *out)
{
    char *rest = text_copy(a, text), *part;
    struct reach reach = { .count = 0 };
    while ((part = strsep(&rest, ","))) {
        part = text_trim(a, part);
        if (!*part)
            continue;
        if (reach.count == REACH_RULES_MOST || !read_rule(a, part, &reach.rules[reach.count++]))
            return FAIL(
                a, ERR_INVALID, "fetch.allow",
                text_printf(a, "SOUK_FETCH_ALLOW: %s is no NETWORK/BITS:PORT or HOST:PORT.", part));
    }
    *out = reach;
    return NULL;
}

bool
reach_allows_address(const struct reach *reach, const struct sockaddr *address)
{
    int port;
    const uint8_t *bytes = bytes_of(address, &port);
    for (size_t i = 0; bytes && i < reach->count; i++) {
        const struct reach_rule *rule = &reach->rules[i];
        if (!rule->host && rule->family == address->sa_family &&
            (!rule->port || rule->port == port) && is_in(bytes, rule->network, rule->bits))
            return true;
    }
    return false;
}

bool
reach_allows_host(const struct reach *reach, const char *host, int port)
{
    for (size_t i = 0; i < reach->count; i++) {
        const struct reach_rule *rule = &reach->rules[i];
        if (rule->host && text_is_any_case(rule->host, host) && (!rule->port || rule->port == port))
            return true;
    }
    return false;
}
