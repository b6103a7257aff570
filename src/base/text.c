#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"

struct buf
buf_new(struct arena *a, size_t capacity)
{
    struct buf b = { .arena = a, .capacity = capacity < 16 ? 16 : capacity };
    b.at = arena_alloc_raw(a, b.capacity);
    b.at[0] = 0;
    return b;
}

char *
buf_room(struct buf *b, size_t length)
{
    must(length < SIZE_MAX / 4);
    if (b->capacity - b->length <= length) {
        size_t capacity = b->capacity * 2;
        while (capacity - b->length <= length)
            capacity *= 2;
        char *at = arena_alloc_raw(b->arena, capacity);
        memcpy(at, b->at, b->length);
        b->at = at;
        b->capacity = capacity;
    }
    return b->at + b->length;
}

void
buf_add(struct buf *b, const void *bytes, size_t length)
{
    char *to = buf_room(b, length);
    memcpy(to, bytes, length);
    to[length] = 0;
    b->length += length;
}

void
buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
    char *to = buf_room(b, 1);
    to[0] = c;
    to[1] = 0;
    b->length++;
}

void
buf_i64(struct buf *b, int64_t n)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (n < 0)
        buf_char(b, '-');
    buf_add(b, digits + at, sizeof(digits) - at);
}

__attribute__((format(printf, 2, 0))) static void
buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = b->capacity - b->length;
    int n = vsnprintf(b->at + b->length, room, format, args);
    must(n >= 0);
    if ((size_t)n >= room) {
        buf_room(b, (size_t)n);
        vsnprintf(b->at + b->length, (size_t)n + 1, format, again);
    }
    va_end(again);
    b->length += (size_t)n;
}

void
buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

char *
text_copy_n(struct arena *a, const void *bytes, size_t length)
{
    char *copy = arena_alloc_raw(a, length + 1);
    memcpy(copy, bytes, length);
    copy[length] = 0;
    return copy;
}

char *
text_copy(struct arena *a, const char *text)
{
    return text_copy_n(a, text, strlen(text));
}

char *
text_i64(struct arena *a, int64_t n)
{
    struct buf b = buf_new(a, 24);
    buf_i64(&b, n);
    return b.at;
}

char *
text_join(struct arena *a, ...)
{
    struct buf b = buf_new(a, 64);
    va_list args;
    va_start(args, a);
    for (const char *text = va_arg(args, const char *); text; text = va_arg(args, const char *))
        buf_text(&b, text);
    va_end(args);
    return b.at;
}

char *
text_printf(struct arena *a, const char *format, ...)
{
    struct buf b = buf_new(a, 128);
    va_list args;
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    return b.at;
}

/* Length of the well-formed sequence at p (end excluded), 0 when there is none. The second byte's
 * bounds carry what RFC 3629 asks for: no overlong form, no surrogate, nothing past U+10FFFF. */
static size_t
utf8_sequence(const unsigned char *p, const unsigned char *end)
{
    unsigned char lead = p[0], low = 0x80, high = 0xBF;
    size_t length;

    if (lead < 0x80)
        return lead ? 1 : 0;
    if (lead >= 0xC2 && lead <= 0xDF)
        length = 2;
    else if (lead >= 0xE0 && lead <= 0xEF)
        length = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        length = 4;
    else
        return 0;
    if ((size_t)(end - p) < length)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return length;
}

/* Eight bytes at once: none above 0x7F, none NUL. */
static bool
is_plain_ascii(const unsigned char *p, const unsigned char *end)
{
    uint64_t eight;
    if (end - p < 8)
        return false;
    memcpy(&eight, p, 8);
    return !((eight | (eight - 0x0101010101010101)) & 0x8080808080808080);
}

bool
text_is_utf8(struct bytes b, size_t *bad_at)
{
    const unsigned char *p = b.at, *end = b.at + b.length;
    while (p < end) {
        if (is_plain_ascii(p, end)) {
            p += 8;
            continue;
        }
        size_t n = utf8_sequence(p, end);
        if (!n) {
            if (bad_at)
                *bad_at = (size_t)(p - b.at);
            return false;
        }
        p += n;
    }
    return true;
}

size_t
text_characters(const char *utf8)
{
    size_t n = 0;
    for (const char *p = utf8; *p; p++)
        n += ((unsigned char)*p & 0xC0) != 0x80;
    return n;
}

bool
text_is(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool
text_is_any_case(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

bool
text_starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool
text_ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);
    return n >= m && memcmp(text + n - m, with, m) == 0;
}

char *
text_lower(struct arena *a, const char *text)
{
    char *copy = text_copy(a, text);
    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    return copy;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

char *
text_trim(struct arena *a, const char *text)
{
    while (is_space(*text))
        text++;
    size_t n = strlen(text);
    while (n && is_space(text[n - 1]))
        n--;
    return text_copy_n(a, text, n);
}

bool
text_to_i64(const char *text, int64_t *out)
{
    bool minus = *text == '-';
    const char *p = text + minus;
    int64_t n = 0;

    if (!*p)
        return false;
    for (; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        int digit = *p - '0';
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n))
            return false;
    }
    if (!minus && n == INT64_MIN)
        return false;
    *out = minus ? n : -n; /* counted downwards, so that INT64_MIN fits */
    return true;
}

bool
text_to_id(const char *text, int64_t *out)
{
    int64_t n;
    if (text[0] < '1' || text[0] > '9' || !text_to_i64(text, &n))
        return false;
    *out = n;
    return true;
}
