/* Text in an arena: copies, formatting, a growing buffer, and checks on what came from outside. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* A growing run of bytes. `at` may move while it grows; it is always followed by a NUL. */
struct buf {
    struct arena *arena;
    char *at;
    size_t length, capacity;
};

struct buf buf_new(struct arena *a, size_t capacity);
void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t n); /* in decimal */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *buf_room(struct buf *b, size_t length); /* room to write into; then add to b->length */

char *text_copy(struct arena *a, const char *text);
char *text_copy_n(struct arena *a, const void *bytes, size_t length);
char *text_i64(struct arena *a, int64_t n); /* in decimal */
/* One behind the other, up to a NULL: for what every request does, where text_printf is too slow.
 */
char *text_join(struct arena *a, ...) __attribute__((sentinel));
char *text_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* True when all of it is UTF-8 without NUL (RFC 3629: no surrogates, no overlong forms, up to
 * U+10FFFF). *bad_at: the offset of the first byte that is not; may be NULL. */
bool text_is_utf8(struct bytes b, size_t *bad_at);
size_t text_characters(const char *utf8); /* code points */

bool text_is(const char *a, const char *b);          /* equal; NULL equals only NULL */
bool text_is_any_case(const char *a, const char *b); /* ASCII letters folded */
bool text_starts(const char *text, const char *with);
bool text_ends(const char *text, const char *with);
char *text_lower(struct arena *a, const char *text); /* ASCII letters only */
char *text_trim(struct arena *a, const char *text);  /* ASCII white space off both ends */

/* Plain decimal digits, at most one leading '-', nothing else; false when it does not fit. */
bool text_to_i64(const char *text, int64_t *out);
/* An id as a client writes it: digits, 1 … 2^63−1, no leading zero. */
bool text_to_id(const char *text, int64_t *out);
