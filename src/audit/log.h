/* Reading the log: for the room's pages, API and export. Inside of src/audit. */
#pragma once
#include "audit/audit.h"
#include "http/request.h"

struct audit_row {
    int64_t chain, seq, at_us;
    int64_t actor;
    const char *actor_email, *acted_by; /* acted_by: the operator's e-mail, "" when nobody */
    const char *what, *object;
    const char *before, *after; /* JSON texts, "" when there is none */
    const char *reason, *address, *request, *shop;
};

struct audit_filter {
    const char *who, *what, *object; /* NULL: any */
    int64_t chain;                   /* -1: any */
    int64_t from_us, to_us;          /* 0: any */
    bool behind;                     /* the page begins behind this row */
    int64_t at_us, at_chain, at_seq;
    int64_t limit;
};

/* `who`, `what`, `object`, `vendor`, `from`, `to` (days, 2026-11-25), `cursor` and `limit` of the
 * address. MALFORMED request.cursor, request.limit, audit.filter. */
struct err *audit_read_filter(struct req *r, int64_t normal, int64_t most,
                              struct audit_filter *out) MUST_CHECK;
/* The cursor behind this row. */
const char *audit_cursor(struct work *w, const struct audit_row *row);

struct audit_rows {
    struct audit_row *at;
    size_t count;
    bool more; /* there are older ones */
};
struct err *audit_list(struct work *w, const struct audit_filter *f,
                       struct audit_rows *out) MUST_CHECK;
