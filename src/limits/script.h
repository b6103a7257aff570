/* What Redis runs for a request's rules. Inside of src/limits.
 *
 *   KEYS   1 … n        ARGV  now in us, or '' for Redis' own clock ('' but in tests), then for
 * each key: interval in us, burst, cost reply  { first key that refuses or 0, longest wait in us,
 *            for each key: what remains, us until it is whole } */
#pragma once

extern const char limits_script[];
