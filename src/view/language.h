/* Words by key from the language files (en, fr, de, lb).
 *
 * A file templates/language/<code>/<room>.txt has lines `key = text`, `#` comments, and plural
 * forms by key suffix: `products.count[one] = {{count}} product`, `products.count[other] = …`;
 * which one is shown is decided by the value `count` where the word stands. The text is a small
 * mustache text, filled from where it is shown, and escaped as a whole like any text. A key that a
 * language lacks comes from English; one that English lacks shows itself. */
#pragma once
#include "base/err.h"
#include "base/text.h"

struct val;
struct template;
struct language;
struct languages;

/* Process-long. Reads every file below `directory`. INVALID language.line, template.syntax. */
struct err *languages_load(struct arena *a, const char *directory,
                           struct languages **out) MUST_CHECK;
/* From memory, for tests: `text` as in a file. */
struct languages *languages_new(struct arena *a);
struct err *languages_add(struct languages *ls, const char *code, const char *file,
                          const char *text) MUST_CHECK;

/* English when the code is not known; never NULL. */
const struct language *language_find(const struct languages *ls, const char *code);
bool language_known(const char *code);
/* The best of ours for an Accept-Language header (RFC 9110 section 12.5.4); "en" without one. */
const char *language_pick(const char *accept_language);
size_t language_codes(const char *const **codes); /* in the order they are offered */

const char *language_code(const struct language *l);       /* "en" for NULL */
const char *language_group(const struct language *l);      /* between thousands */
char language_point(const struct language *l);             /* before decimals */
bool language_is_one(const struct language *l, int64_t n); /* French: 0 and 1 */

/* The words of a key, not escaped, filled from `context` (may be NULL); NULL when nobody knows it.
 */
const char *language_fill(const struct language *l, struct arena *a, const char *key,
                          const struct val *context, int64_t now_us);
bool language_knows(const struct language *l, const char *key);

struct word {
    const char *text, *html; /* html: escaped beforehand */
    size_t html_length;
    const struct template *template; /* NULL when there is nothing to fill in */
};
/* For the renderer. */
const struct word *language_word(const struct language *l, const char *key, bool one);
