/* The languages of the world, as far as a shop can have texts in them. The program's own words are
 * view/language.h's business; here is what a product may be written in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* A tag of RFC 5646 with a language that is registered: "en", "pt-BR", "zh-Hant", "es-419", in this
 * case of letters. */
bool tongue_is_valid(const char *tag);
/* Its own name ("Deutsch"), or the tag itself where we have none. */
const char *tongue_name(const char *tag);
/* "rtl" or "ltr", for the attribute dir. */
const char *tongue_direction(const char *tag);

/* What a list offers: those with a name of their own, in the order of their tags. */
size_t tongue_count(void);
const char *tongue_at(size_t i);
