/* When mail may leave: by the provider's rate, and by how its server has been. Pure. */
#pragma once
#include <stdint.h>

/* The server that takes our mail, as all senders see it. */
struct relay {
    int64_t now_us;
    int64_t next_us;  /* when the next mail would leave at an even pace */
    int64_t probe_us; /* not before then while it is away */
    int failures;     /* in a row; 0: it is there */
};

/* How many mails may leave now, at most `most`, at `rate` a second with a tenth of a second's worth
 * at once. *wait_us: when 0, how long until the next may. While the server is away: none, then one
 * to see whether it is back. */
int relay_allows(const struct relay *r, int64_t rate, int most, int64_t *wait_us);
/* next_us once `n` of them leave. */
int64_t relay_next(const struct relay *r, int64_t rate, int n);

/* Seconds until a server that was away `failures` times in a row is looked for again: 5 … 60. */
int64_t relay_rest_s(int failures);
/* Seconds until a mail that was put off is tried for the attempt after this one: 15 s … 2 h. */
int64_t mail_rest_s(int attempt);
/* A tenth more or less, by `chance`, so that what failed together does not come back together. */
int64_t with_jitter_ms(int64_t seconds, uint64_t chance);
