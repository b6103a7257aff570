/* Links that are sent by mail: whoever has one reads that mail. 32 random bytes, of which the
 * database has the SHA-256 only. */
#pragma once
#include "base/digest.h"
#include "http/request.h"

struct mail_link {
    const char *url; /* where people see us, the path, and the token in `?token=` */
    struct sha256 hash;
};
struct mail_link link_make(struct work *w, const char *path);

/* For mail_draft.secret: {"link": url}. */
const char *link_secret(struct work *w, const char *url);

/* A token as it came back. What is none of ours gets a hash too, which nothing has. */
struct sha256 link_hash(const char *token);

/* This answer shows what a link opened: no page after it may learn the link's address. */
void link_keep_private(struct req *r);

/* The page for a link that is used up or over, 410. `what` is the beginning of its words
 * ("password.over"): .title and .say, and .again for the link to `path`. */
struct err *link_over(struct req *r, const char *what, const char *path) MUST_CHECK;
