/* What a shop calls an option, in the languages of our shops and their neighbours, and which
 * attribute of the channels that is. */
#pragma once
#include "base/arena.h"

enum feed_attribute {
    FEED_COLOR,
    FEED_SIZE,
    FEED_MATERIAL,
    FEED_PATTERN,
    FEED_GENDER,
    FEED_AGE_GROUP,
    FEED_ATTRIBUTES /* none of them */
};

/* "Colour", "Couleur", "FARBE" are FEED_COLOR. */
enum feed_attribute option_attribute(struct arena *a, const char *name);

/* The channels' word for a gender or an age group: "Herren" is "male"; NULL when it is none. */
const char *option_gender(struct arena *a, const char *value);
const char *option_age_group(struct arena *a, const char *value);
