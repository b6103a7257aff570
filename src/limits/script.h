/* What Redis runs for a request's rules. Inside of src/limits.
 *
 *   KEYS   1 … n
 *   ARGV   now in us, or '' for Redis' own clock ('' but in tests); then for each key:
 *          interval in us, burst, cost (negative: a dry run, which takes but never refuses);
 *          then, after Redis was away, for each key the least TAT that the host knows, else
 * nothing. A day's counter has no interval but 0, or less: minus the least that was used so far.
 *          Its burst is the limit of the day.
 *   reply  { first key that refuses or 0, longest wait in us,
 *            for each key: what remains (-1: a dry run that would refuse), us until it is whole }
 */
#pragma once

extern const char limits_script[];
