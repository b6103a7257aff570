/* Inside of src/queue: how a runner tells its keeper what it is at. */
#pragma once
#include "queue/queue.h"

/* From now on the keeper renews these leases, and at `limit_s` ends it all. k may be NULL. */
void keeper_hold(struct keeper *k, const struct job *jobs, size_t n, int limit_s);
void keeper_release(struct keeper *k);
