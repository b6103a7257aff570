/* What a list is asked for, by page and API alike. */
#pragma once
#include "http/request.h"
#include "mail/outbox.h"

/* `state`, `q`, `cursor`, `limit`. One more than the limit is asked for, to know whether there are
 * more. MALFORMED request.cursor, request.limit. */
struct err *outbox_read_filter(struct req *r, struct mail_filter *out) MUST_CHECK;
struct err *outbox_load_page(struct req *r, struct mail_filter *f, struct mail_line **out,
                             size_t *n, bool *more) MUST_CHECK;

struct suppression_filter {
    const char *to, *behind; /* "" when not asked for */
    int64_t limit;
};
struct err *suppression_load_page(struct req *r, struct suppression_filter *f,
                                  struct suppression **out, size_t *n, bool *more) MUST_CHECK;
