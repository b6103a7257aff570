/* How many API requests of a vendor there were this UTC day, as far as this host knows: what Redis
 * said, and what was counted here while it was away. Inside of src/limits. */
#pragma once
#include "limits/shared.h"

#define DAY_US INT64_C(86400000000)

/* The vendor's counter of that day (days since 1970), made when it is not there. NULL when its set
 * is full of others of the same day. */
struct shared_day *days_of(struct shared *s, int64_t vendor, int64_t day);
void days_raise(struct shared_day *d, int64_t used); /* it is at least that */

/* Without Redis: takes one, or says that the limit is reached. */
bool days_take(struct shared_day *d, int64_t limit);
