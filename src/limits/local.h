/* The limiter's memory on this host: 65,536 keys shared by its workers. Inside of src/limits. */
#pragma once
#include "limits/gcra.h"

struct local_table;

/* Process-long. `path` NULL, or a file that cannot be made: memory of this process alone. */
struct local_table *local_open(struct arena *process, const char *path);
void local_close(struct local_table *t);

/* Microseconds until the key may be asked about again; 0: nothing is known against it. */
int64_t local_refused_for(struct local_table *t, uint64_t tag, int64_t now_us);
void local_note_refusal(struct local_table *t, uint64_t tag, int64_t until_us, int64_t now_us);

/* Takes `cost` from the key's rule. When its set has no room for a new key, a strict rule refuses
 * and another one makes room: of the key that is nearest to being whole. */
struct gcra_step local_take(struct local_table *t, uint64_t tag, struct gcra g, int64_t now_us,
                            int64_t cost, bool strict);
/* Undoes a local_take that was admitted: another rule of the same request refused. */
void local_give_back(struct local_table *t, uint64_t tag, struct gcra g, int64_t cost);
