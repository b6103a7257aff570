/* Which addresses what a user names may lead to: only those of the public internet. Pure. Looked at
 * after names are resolved, for the very address that is about to be connected to, so a name that
 * resolves to something else a moment later gains nothing. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sockaddr;

/* False for what is not the public internet: this host, private and shared networks, link-local
 * (where clouds keep their metadata), multicast, documentation, reserved, and IPv6 addresses that
 * stand for an IPv4 one (mapped, NAT64, 6to4, Teredo), whichever that is. False for other families.
 */
bool reach_is_public(const struct sockaddr *address);

/* What an operator allows besides, by the setting SOUK_FETCH_ALLOW. */
#define REACH_RULES_MOST 32

struct reach_rule {
    const char *host; /* the host as an address names it; NULL: a network */
    uint8_t network[16];
    int family, bits;
    int port; /* 0: any */
};

struct reach {
    struct reach_rule rules[REACH_RULES_MOST];
    size_t count;
};

/* "127.0.0.1/32:9000, [fd00::]/8:*, relay.internal:443": networks and hosts, each with a port or
 * `*`; "" allows nothing. Lives as long as `a`. INVALID fetch.allow names the part that is not
 * right. */
struct err *reach_read(struct arena *a, const char *text, struct reach *out) MUST_CHECK;
bool reach_allows_address(const struct reach *reach, const struct sockaddr *address);
bool reach_allows_host(const struct reach *reach, const char *host, int port);
