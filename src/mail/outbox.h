/* The outbox as the operator sees and handles it. All in a TX_OPERATOR_… */
#pragma once
#include "mail/store.h"

struct mail_line {
    int64_t id, created_us, due_us, ended_us; /* ended: 0 while it is not */
    int64_t attempt;
    const char *state, *kind, *address, *name, *language, *vendor, *args;
    bool has_secret;    /* its link is still there */
    const char *answer; /* the server's newest */
};

struct mail_filter {
    const char *state; /* NULL: any */
    const char *to;    /* how the address begins; NULL: any */
    int64_t behind, limit;
};

/* Newest first. */
struct err *outbox_list(struct work *w, const struct mail_filter *f, struct mail_line **out,
                        size_t *n) MUST_CHECK;
/* NOT_FOUND mail.unknown. */
struct err *outbox_one(struct work *w, int64_t id, struct mail_line *out) MUST_CHECK;

struct mail_answer {
    int64_t at_us;
    const char *outcome, *answer; /* outcome: a word mail.outcome.… */
};
/* Of each attempt, oldest first. */
struct err *outbox_answers(struct work *w, int64_t id, struct mail_answer **out,
                           size_t *n) MUST_CHECK;

#define MAIL_STATES     6
#define MAIL_COUNT_MOST 10000 /* counted no further */
extern const char *const mail_states[MAIL_STATES];
/* How many are in each state, in that order. */
struct err *outbox_counts(struct work *w, int64_t counts[MAIL_STATES]) MUST_CHECK;

struct relay_state {
    int64_t down_us; /* since when the server is away; 0: it is there */
    int64_t probe_us;
    const char *answer;
};
struct err *outbox_relay(struct work *w, struct relay_state *out) MUST_CHECK;

/* ---- Acts of the operator, each noted in the audit log ---- */

/* CONFLICT mail.on_its_way; mail.link_gone: it held a link that is not kept, so a new one must be
 * asked for; mail.suppressed: its address gets nothing. */
struct err *outbox_resend(struct work *w, int64_t id) MUST_CHECK;
/* It will not be sent. CONFLICT mail.not_waiting. */
struct err *outbox_discard(struct work *w, int64_t id) MUST_CHECK;

struct suppression {
    const char *address, *reason;
    bool bounced;
    int64_t created_us;
};
/* By address, those behind `behind` ("": from the first) that begin with `to`. */
struct err *suppression_list(struct work *w, const char *to, const char *behind, int64_t limit,
                             struct suppression **out, size_t *n) MUST_CHECK;
/* INVALID mail.address. One that is there already keeps its first reason. */
struct err *suppression_add(struct work *w, const char *address, const char *reason) MUST_CHECK;
/* NOT_FOUND mail.not_suppressed. */
struct err *suppression_remove(struct work *w, const char *address) MUST_CHECK;
