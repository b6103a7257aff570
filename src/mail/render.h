/* A mail's words out of its templates: mail/<kind>.html, mail/<kind>.txt and its subject. */
#pragma once
#include "mail/mail.h"
#include "mail/store.h"

struct views;

struct rendered {
    const char *subject, *text, *html;
};

/* `secret` false: what is never shown is "•••", for previews. BROKEN mail.json, view.missing. */
struct err *mail_render(struct work *w, const struct views *views, const struct mail *m,
                        bool secret, struct rendered *out) MUST_CHECK;
