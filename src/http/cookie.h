/* Cookies in and out. */
#pragma once
#include "http/request.h"

/* The Cookie header (RFC 6265); pairs that are not well-formed are left out: browsers send what
 * other programs on the host have set. */
struct pairs cookies_read(struct arena *a, const char *header);

/* `Set-Cookie` for the whole site: HttpOnly, SameSite=Lax, Secure and the __Host- prefix when the
 * site is https. max_age_s 0: until the browser ends; negative: removed now. */
void cookie_set(struct req *r, const char *name, const char *value, int64_t max_age_s);
/* The name a cookie travels under: "__Host-session" on https. */
const char *cookie_name(const struct req *r, const char *name);
