/* The limiter's memory on this host: 65,536 keys in sets of four. Inside of src/limits. */
#pragma once
#include "limits/gcra.h"
#include "limits/shared.h"

/* Microseconds until the key may be asked about again; 0: nothing is known against it. */
int64_t local_refused_for(struct shared *s, uint64_t tag, int64_t now_us);
void local_note_refusal(struct shared *s, uint64_t tag, int64_t until_us, int64_t now_us);

/* What Redis decided, so that the rule goes on from there when Redis is away: the key is whole
 * again at `tat_us`. A full set keeps what it has. */
void local_note_tat(struct shared *s, uint64_t tag, int64_t tat_us, int64_t now_us);
/* That time as it is known here; 0: nothing is. */
int64_t local_tat(struct shared *s, uint64_t tag);

/* Takes `cost` from the key's rule. When its set has no room for a new key, a strict rule refuses
 * and another one makes room: of the key that is nearest to being whole. */
struct gcra_step local_take(struct shared *s, uint64_t tag, struct gcra g, int64_t now_us,
                            int64_t cost, bool strict);
/* Undoes a local_take that was admitted: another rule of the same request refused. */
void local_give_back(struct shared *s, uint64_t tag, struct gcra g, int64_t cost);
