/* Inside of src/queue: how a runner tells its keeper what it is at. */
#pragma once
#include "queue/queue.h"

/* From now on the keeper renews these leases; when the first `begun` of them, which run now, have
 * taken `limit_s`, it ends it all, and the others wait again. k may be NULL. */
void keeper_hold(struct keeper *k, const struct job *jobs, size_t n, size_t begun, int limit_s);
void keeper_release(struct keeper *k);
