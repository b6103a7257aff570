/* Addresses that people name and we are to ask: http and https only, to ports where such servers
 * are. Pure: nothing is resolved here; where a name leads is judged when it is connected to. */
#pragma once
#include <stdbool.h>

#include "net/reach.h"

#define URL_MOST 2000 /* bytes, as it is written and as it is asked for */

struct url {
    const char *text; /* as it is asked for: blanks and other letters encoded, no fragment */
    const char *host; /* without the brackets of an IPv6 address */
    int port;
    bool https;
    bool named; /* the operator allows this host and port, wherever they lead */
};

/* Reads what a user wrote, blanks around it aside. Ports: 80, 443, and from 1024 on those that
 * browsers do not refuse. `reach` may be NULL: then nothing is allowed besides.
 *
 * INVALID fetch.url; fetch.scheme: neither http nor https; fetch.userinfo: it carries a name or a
 * password; fetch.port; fetch.private: the host is an address, or a name of this host, that is not
 * of the internet. */
struct err *url_read(struct arena *a, const char *text, const struct reach *reach,
                     struct url *out) MUST_CHECK;
