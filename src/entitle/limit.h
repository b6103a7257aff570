/* May something be added? Rules of limits, values in, values out. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_NONE INT64_C(-1) /* unlimited */

enum limit_level { LIMIT_OK, LIMIT_WARN, LIMIT_FULL, LIMIT_OVER, LIMIT_LEVELS };
extern const char *const limit_level_names[LIMIT_LEVELS];

struct limit_answer {
    bool allowed;
    enum limit_level level; /* of the use afterwards; refused: of the use as it is */
    int64_t remaining;      /* up to the cap; LIMIT_NONE without one */
};

/* A tier's limit with what add-ons add to it; unlimited stays so. */
int64_t limit_sum(int64_t tier, int64_t per_piece, int64_t pieces);
/* The most that is let in: the limit, and with grace `grace_bp` of it more, rounded down. */
int64_t limit_cap(int64_t limit, int grace_bp);
/* warn from 80 % on. */
enum limit_level limit_level_of(int64_t used, int64_t limit);
/* Only adding (delta > 0) can be refused: when the use afterwards would be above the cap. Without
 * grace: grace_bp 0. Figures that do not fit stay at the largest there is. */
struct limit_answer limit_ask(int64_t used, int64_t delta, int64_t limit, int grace_bp);
