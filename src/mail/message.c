/* What is plain ASCII stays readable; all else is encoded: header texts as RFC 2047 words in
 * base64, bodies as quoted-printable. Control characters of a header text become spaces first, so
 * no value ends its line. */
#include "mail/message.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define LINE_MOST      76 /* RFC 2045 section 6.7 */
#define HEADER_MOST    60 /* of a plain text: with its name it still fits on a line of 78 */
#define WORD_BYTES     42 /* 56 letters of base64 in a word of at most 75 */
#define TEXT_MOST      1000
#define BOUNDARY       "=_souk" /* "=_" is in no quoted-printable text (RFC 2045 section 6.7) */
#define DAYS_TO_EPOCH  719468
#define DAYS_OF_400    146097
#define SECONDS_OF_DAY 86400

/* ---- Header texts ---- */

/* Without control characters, cut at a character's end. */
static const char *
one_line(struct arena *a, const char *text)
{
    size_t length = strlen(text);
    if (length > TEXT_MOST) {
        length = TEXT_MOST;
        while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    char *line = text_copy_n(a, text, length);
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return text_trim(a, line);
}

static bool
is_plain(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p >= 0x7f)
            return false;
    return strlen(text) <= HEADER_MOST && !strstr(text, "=?");
}

static void
add_base64(struct buf *b, const unsigned char *at, size_t length)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        unsigned bits = (unsigned)at[i] << 16 | (n > 1 ? (unsigned)at[i + 1] << 8 : 0) |
                        (n > 2 ? (unsigned)at[i + 2] : 0);
        buf_char(b, letters[bits >> 18]);
        buf_char(b, letters[bits >> 12 & 63]);
        buf_char(b, n > 1 ? letters[bits >> 6 & 63] : '=');
        buf_char(b, n > 2 ? letters[bits & 63] : '=');
    }
}

/* Words of whole characters, one a line. */
static void
add_encoded_words(struct buf *b, const char *text)
{
    while (*text) {
        size_t n = strnlen(text, WORD_BYTES);
        while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        buf_text(b, "=?UTF-8?B?");
        add_base64(b, (const unsigned char *)text, n);
        buf_text(b, "?=");
        text += n;
        if (*text)
            buf_text(b, "\r\n ");
    }
}

static void
add_text(struct buf *b, const char *name, struct arena *a, const char *text)
{
    const char *line = one_line(a, text);
    buf_printf(b, "%s: ", name);
    if (is_plain(line))
        buf_text(b, line);
    else
        add_encoded_words(b, line);
    buf_text(b, "\r\n");
}

/* A name before its address: as a quoted text, or encoded. */
static void
add_mailbox(struct buf *b, const char *header, struct arena *a, const char *name,
            const char *address)
{
    const char *line = one_line(a, name);
    buf_printf(b, "%s: ", header);
    if (*line && is_plain(line)) {
        buf_char(b, '"');
        for (const char *p = line; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_char(b, '\\');
            buf_char(b, *p);
        }
        buf_text(b, "\"\r\n ");
    } else if (*line) {
        add_encoded_words(b, line);
        buf_text(b, "\r\n ");
    }
    buf_printf(b, "<%s>\r\n", address);
}

/* ---- Date ---- */

/* Days since 1970 to a date, by whole cycles of 400 years that begin in March. */
static void
add_date(struct buf *b, int64_t at_us)
{
    static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char *const months[] = { "Mar", "Apr", "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec", "Jan", "Feb" };
    int64_t s = at_us / SECOND_US, day = s / SECONDS_OF_DAY, z = day + DAYS_TO_EPOCH;
    int64_t cycle = z / DAYS_OF_400, in_cycle = z % DAYS_OF_400;
    int64_t year =
        (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / (DAYS_OF_400 - 1)) / 365;
    int64_t in_year = in_cycle - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153, date = in_year - (153 * month + 2) / 5 + 1;
    s %= SECONDS_OF_DAY;
    buf_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[day % 7], (int)date,
               months[month], (int)(year + cycle * 400 + (month >= 10)), (int)(s / 3600),
               (int)(s / 60 % 60), (int)(s % 60));
}

/* ---- Bodies ---- */

static bool
is_literal(unsigned char c, bool at_end)
{
    return c != '=' && ((c > ' ' && c < 0x7f) || ((c == ' ' || c == '\t') && !at_end));
}

static void
add_quoted_printable(struct buf *b, const char *text)
{
    size_t column = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (p[0] == '\n' || (p[0] == '\r' && p[1] == '\n')) {
            p += p[0] == '\r';
            buf_text(b, "\r\n");
            column = 0;
            continue;
        }
        bool literal = is_literal(*p, p[1] == '\n' || p[1] == '\r' || !p[1]);
        if (column + (literal ? 1 : 3) > LINE_MOST - 1) {
            buf_text(b, "=\r\n");
            column = 0;
        }
        if (literal)
            buf_char(b, (char)*p);
        else
            buf_printf(b, "=%02X", *p);
        column += literal ? 1 : 3;
    }
    if (column)
        buf_text(b, "\r\n");
}

static void
add_part(struct buf *b, const struct message *m, const char *type, const char *body)
{
    buf_printf(b,
               "--" BOUNDARY "%lld\r\nContent-Type: %s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               (long long)m->id, type);
    add_quoted_printable(b, body);
}

const char *
message_id(struct arena *a, const struct message *m)
{
    return text_printf(a, "<mail.%lld.%d.%lld@%s>", (long long)m->id, m->resent,
                       (long long)(m->created_us / SECOND_US), m->host);
}

struct bytes
message_write(struct arena *a, const struct message *m)
{
    struct buf b = buf_new(a, 2048 + strlen(m->text) * 2 + strlen(m->html) * 2);
    add_date(&b, m->created_us);
    add_mailbox(&b, "From", a, m->from_name, m->from);
    add_mailbox(&b, "To", a, m->to_name, m->to);
    add_text(&b, "Subject", a, m->subject);
    buf_printf(&b, "Message-ID: %s\r\n", message_id(a, m));
    buf_printf(&b,
               "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nContent-Language: %s\r\n"
               "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "%lld\"\r\n\r\n",
               m->language, (long long)m->id);
    add_part(&b, m, "text/plain", m->text);
    add_part(&b, m, "text/html", m->html);
    buf_printf(&b, "--" BOUNDARY "%lld--\r\n", (long long)m->id);
    return BYTES(b.at, b.length);
}
