/* What a person decides about feeds; each inside a TX_WRITE of the tenant, each noted. The files'
 * addresses are so when these return, and go back to what they were with the next build should the
 * transaction be lost then. */
#pragma once
#include "feeds/store.h"

struct feed_choice {
    bool open, fallback, mail;
    int64_t backorder_days; /* 0: unknown */
};
struct err *feeds_choose(struct work *w, const struct feed_choice *to) MUST_CHECK;

/* A private address, instead of the one there was, which answers nobody from now on. */
struct err *feeds_renew_secret(struct work *w) MUST_CHECK;
struct err *feeds_drop_secret(struct work *w) MUST_CHECK;

/* The file that was held back is right; a build follows. CONFLICT feed.not_held. */
struct err *feeds_allow(struct work *w, const char *language, enum feed_channel channel) MUST_CHECK;
