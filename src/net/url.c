/* libcurl's own reader is asked, so that what is judged here and what is connected to later cannot
 * be two readings of one text. */
#include "net/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include <curl/curl.h>

#include "base/text.h"

#define FLAGS (CURLU_URLENCODE | CURLU_ALLOW_SPACE)

/* From 1024 on what browsers refuse: other protocols live there. */
static const uint16_t other_protocols[] = { 1719, 1720, 1723, 2049, 3659, 4045, 4190,
                                            5060, 5061, 6000, 6566, 6665, 6666, 6667,
                                            6668, 6669, 6679, 6697, 10080 };

static void
end_url(void *url)
{
    curl_url_cleanup(url);
}

/* A part that is not there is "". */
static const char *
part_of(struct arena *a, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK || !text)
        return "";
    const char *copy = text_copy(a, text);
    curl_free(text);
    return copy;
}

static bool
is_web_port(int port)
{
    for (size_t i = 0; i < COUNT(other_protocols); i++)
        if (other_protocols[i] == port)
            return false;
    return port == 80 || port == 443 || port >= 1024;
}

/* Names that lead nowhere but here, and addresses written out. */
static bool
is_private(const char *host, int port, const struct reach *reach)
{
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    const struct sockaddr *address = NULL;
    if (text_is(host, "localhost") || text_ends(host, ".localhost"))
        return true;
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1)
        address = (const void *)&four;
    else if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1)
        address = (const void *)&six;
    return address && !reach_is_public(address) && !(reach && reach_allows_address(reach, address));
}

/* IPv6 without its brackets and its zone, a name without the dot at its end. */
static const char *
plain_host(struct arena *a, const char *host)
{
    char *plain = text_lower(a, host);
    size_t n = strlen(plain);
    if (n && plain[0] == '[') {
        plain[strcspn(plain, "%]")] = 0;
        return plain + 1;
    }
    if (n && plain[n - 1] == '.')
        plain[n - 1] = 0;
    return plain;
}

static struct err *
no_url(struct arena *a)
{
    return FAIL(a, ERR_INVALID, "fetch.url", "This is no address of the web.");
}

static struct err *
parse(struct arena *a, const char *text, CURLU **out)
{
    CURLU *url = curl_url();
    must(url);
    arena_defer(a, end_url, url);
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, FLAGS);
    if (code == CURLUE_UNSUPPORTED_SCHEME)
        return FAIL(a, ERR_INVALID, "fetch.scheme",
                    "Only addresses that begin with https:// or http:// are asked.");
    if (code != CURLUE_OK)
        return no_url(a);
    must(curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK);
    *out = url;
    return NULL;
}

/* As browsers do, a backslash would be a slash, and so another host than we read. */
static bool
is_plausible(const char *text)
{
    size_t n = strlen(text);
    return n && n <= URL_MOST && text_is_utf8(BYTES(text, n), NULL) && !strchr(text, '\\');
}

struct err *
url_read(struct arena *a, const char *text, const struct reach *reach, struct url *out)
{
    CURLU *parsed = NULL;
    int64_t port = 0;
    text = text_trim(a, text);
    if (!is_plausible(text))
        return no_url(a);
    TRY(parse(a, text, &parsed));
    const char *scheme = part_of(a, parsed, CURLUPART_SCHEME);
    struct url url = { .https = text_is(scheme, "https"),
                       .host = plain_host(a, part_of(a, parsed, CURLUPART_HOST)) };
    if (!url.https && !text_is(scheme, "http"))
        return FAIL(a, ERR_INVALID, "fetch.scheme",
                    "Only addresses that begin with https:// or http:// are asked.");
    if (*part_of(a, parsed, CURLUPART_USER) || *part_of(a, parsed, CURLUPART_PASSWORD))
        return FAIL(a, ERR_INVALID, "fetch.userinfo",
                    "The address must not carry a name or a password.");
    const char *port_text = part_of(a, parsed, CURLUPART_PORT);
    if (*port_text && !text_to_i64(port_text, &port))
        return no_url(a);
    url.port = *port_text ? (int)port : (url.https ? 443 : 80);
    url.text = part_of(a, parsed, CURLUPART_URL);
    if (!*url.host || !*url.text || strlen(url.text) > URL_MOST)
        return no_url(a);
    url.named = reach && reach_allows_host(reach, url.host, url.port);
    if (!url.named && is_private(url.host, url.port, reach))
        return FAIL(a, ERR_INVALID, "fetch.private", "This address is not of the public internet.");
    if (!url.named && !is_web_port(url.port))
        return FAIL(a, ERR_INVALID, "fetch.port",
                    "The port is not one of web servers: 80, 443, or from 1024 on.");
    *out = url;
    return NULL;
}
