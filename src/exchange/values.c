/* Numbers are read in three steps, whatever they stand for: white space, signs of currencies and
 * units off both ends; which mark is the decimal one; the digits. Nothing here is floating point.
 *
 * Of two different marks the last is the decimal one. A single mark with three digits behind it may
 * be either ("1,234"), unless the digits before it cannot be a group ("0,755", "1234,567"): then,
 * and only then, what the file's other amounts say is needed. */
#include "exchange/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "catalog/gtin.h"

#define DIGITS_MOST 18
#define SCALE_MOST  9
#define MINOR_MOST  INT64_C(1000000000000000) /* 10^15 */

/* --- pieces of text --- */

struct span {
    const char *at, *end;
};

static size_t
length_of(struct span s)
{
    return (size_t)(s.end - s.at);
}

static bool
span_starts(struct span s, const char *word)
{
    size_t n = strlen(word);
    return length_of(s) >= n && !memcmp(s.at, word, n);
}

static bool
span_ends(struct span s, const char *word)
{
    size_t n = strlen(word);
    return length_of(s) >= n && !memcmp(s.end - n, word, n);
}

static const char *const blanks[] = { " ",        "\t",           "\r",          "\n",
                                      "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89" };

static struct span
trim(struct span s)
{
    for (size_t i = 0; i < COUNT(blanks); i++) {
        if (span_starts(s, blanks[i])) {
            s.at += strlen(blanks[i]);
            return trim(s);
        }
        if (span_ends(s, blanks[i])) {
            s.end -= strlen(blanks[i]);
            return trim(s);
        }
    }
    return s;
}

static struct span
span_of(const char *text)
{
    return trim((struct span){ text, text + strlen(text) });
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
value_is_wreck(const char *text)
{
    size_t digits = strspn(text, "0123456789.,");
    if (digits && (text[digits] | 0x20) == 'e' && text[digits + 1] == '+' &&
        is_digit(text[digits + 2]))
        return !text[digits + 2 + strspn(text + digits + 2, "0123456789")];
    return text_starts(text, "####") || text_is(text, "#NAME?") || text_is(text, "#REF!") ||
           text_is(text, "#VALUE!") || text_is(text, "#N/A") || text_is(text, "#DIV/0!");
}

/* How many bytes of a month's short name stand there, as spreadsheets in English, German and French
 * write it; 0: none do. (December is octal: a hex escape would take the c with it.) */
static size_t
month_at(const char *text)
{
    static const char *const months[] = {
        "Jan",         "Feb",  "Mar",         "Apr",  "May",        "Jun",        "Jul",  "Aug",
        "Sep",         "Oct",  "Nov",         "Dec",  "Mrz",        "M\xc3\xa4r", "Mai",  "Okt",
        "Dez",         "janv", "f\xc3\xa9vr", "mars", "avr",        "mai",        "juin", "juil",
        "ao\xc3\xbbt", "sept", "oct",         "nov",  "d\303\251c",
    };
    for (size_t i = 0; i < COUNT(months); i++)
        if (text_starts(text, months[i])) {
            size_t n = strlen(months[i]);
            return n + (text[n] == '.');
        }
    return 0;
}

bool
value_looks_dated(const char *text)
{
    size_t day = strspn(text, "0123456789");
    if (!day) { /* Mar-24 */
        size_t month = month_at(text);
        return month && (text[month] == '-' || text[month] == ' ') && is_digit(text[month + 1]) &&
               is_digit(text[month + 2]) && !text[month + 3];
    }
    size_t mark = strspn(text + day, "-. ");
    size_t month = mark ? month_at(text + day + mark) : 0;
    return day <= 2 && month && !text[day + mark + month];
}

/* --- decimals --- */

/* One between thousands and nothing else: ' ’ or a blank; how many bytes. */
static size_t
pure_group_mark(struct span s)
{
    static const char *const marks[] = { "'", "\xe2\x80\x99" };
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_starts(s, marks[i]))
            return strlen(marks[i]);
    for (size_t i = 0; i < COUNT(blanks); i++)
        if (span_starts(s, blanks[i]))
            return strlen(blanks[i]);
    return 0;
}

/* A number taken apart: digits in runs, the marks before each run but the first. */
#define RUNS_MOST 8
struct runs {
    size_t count;
    struct span run[RUNS_MOST];
    char mark[RUNS_MOST]; /* . , or ' for what only groups */
};

static bool
take_apart(struct span s, struct runs *out)
{
    *out = (struct runs){ 0 };
    for (;;) {
        if (out->count == RUNS_MOST)
            return false;
        struct span *run = &out->run[out->count++];
        run->at = s.at;
        while (s.at < s.end && is_digit(*s.at))
            s.at++;
        run->end = s.at;
        if (s.at == s.end)
            return true;
        size_t n = *s.at == '.' || *s.at == ',' ? 1 : pure_group_mark(s);
        if (!n || out->count == RUNS_MOST)
            return false;
        out->mark[out->count] = *s.at == '.' || *s.at == ',' ? *s.at : '\'';
        s.at += n;
    }
}

/* Whether all runs from the second to `upto` are groups of three behind one and the same mark. */
static bool
are_groups(const struct runs *r, size_t upto)
{
    if (upto > 1 && (length_of(r->run[0]) < 1 || length_of(r->run[0]) > 3))
        return false;
    for (size_t i = 1; i < upto; i++)
        if (length_of(r->run[i]) != 3 || r->mark[i] != r->mark[1])
            return false;
    return true;
}

/* How many runs stand before the decimal mark: all of them when there is none. 0: no number, or,
 * with *ambiguous, one that can be read in two ways. */
static size_t
whole_runs(const struct runs *r, char point, bool *ambiguous)
{
    size_t last = r->count - 1;
    *ambiguous = false;
    if (!last)
        return length_of(r->run[0]) ? 1 : 0;
    bool can_be_point = r->mark[last] != '\'' && are_groups(r, last) &&
                        (last == 1 || r->mark[last] != r->mark[1]) &&
                        length_of(r->run[last]) + length_of(r->run[0]) > 0;
    bool can_be_group = are_groups(r, r->count);
    if (last == 1 && can_be_group && can_be_point) {
        bool zero = length_of(r->run[0]) == 1 && *r->run[0].at == '0';
        if (zero || r->mark[1] == point)
            return 1;
        if (point)
            return 2;
        *ambiguous = true;
        return 0;
    }
    return can_be_point ? last : can_be_group ? r->count : 0;
}

static bool
add_digits(struct decimal *d, int *digits, struct span run)
{
    for (; run.at < run.end; run.at++) {
        if (*digits || *run.at != '0')
            (*digits)++;
        if (*digits > DIGITS_MOST)
            return false;
        d->digits = d->digits * 10 + (*run.at - '0');
    }
    return true;
}

static const char *
read_decimal(struct span s, char point, struct decimal *out)
{
    struct decimal d = { 0 };
    struct runs r;
    bool ambiguous, below = false;
    int digits = 0;
    if (span_starts(s, "-") || span_starts(s, "\xe2\x88\x92")) {
        below = true;
        s.at += *s.at == '-' ? 1 : 3;
    } else if (span_starts(s, "+")) {
        s.at++;
    }
    s = trim(s);
    if (s.at == s.end || !take_apart(s, &r))
        return "import.number_format";
    size_t whole = whole_runs(&r, point, &ambiguous);
    if (!whole)
        return ambiguous ? "import.number_ambiguous" : "import.number_format";
    struct span *fraction = whole < r.count ? &r.run[whole] : NULL;
    while (fraction && length_of(*fraction) && fraction->end[-1] == '0') /* 12.5000 is 12.5 */
        fraction->end--;
    for (size_t i = 0; i < whole; i++)
        if (!add_digits(&d, &digits, r.run[i]))
            return "import.number_format";
    if (fraction) {
        if (length_of(*fraction) > SCALE_MOST || !add_digits(&d, &digits, *fraction))
            return "import.number_format";
        d.scale = (int)length_of(*fraction);
    }
    if (below)
        d.digits = -d.digits;
    *out = d;
    return NULL;
}

const char *
value_decimal(const char *text, char point, struct decimal *out)
{
    if (value_is_wreck(text))
        return "import.wreck";
    return read_decimal(span_of(text), point, out);
}

static int64_t
ten_to(int n)
{
    int64_t v = 1;
    while (n-- > 0)
        v *= 10;
    return v;
}

/* --- money --- */

/* clang-format off */
static const struct {
    const char *sign;
    enum currency currencies[4]; /* what it may mean */
} money_signs[] = {
    { "US$", { CUR_USD } },          { "CA$", { CUR_CAD } },          { "A$",  { CUR_AUD } },
    { "$",   { CUR_USD, CUR_CAD, CUR_AUD } },                         { "\xe2\x82\xac", { CUR_EUR } },
    { "\xc2\xa3", { CUR_GBP } },     { "SFr.", { CUR_CHF } },         { "Fr.", { CUR_CHF } },
    { "\xc2\xa5", { CUR_JPY } },     { "z\xc5\x82", { CUR_PLN } },    { "K\xc4\x8d", { CUR_CZK } },
    { "Ft",  { CUR_HUF } },          { "lei", { CUR_RON } },          { "kr.", { CUR_DKK, CUR_SEK, CUR_NOK, CUR_ISK } },
    { "kr",  { CUR_SEK, CUR_NOK, CUR_DKK, CUR_ISK } },                { "\xd0\xbb\xd0\xb2", { CUR_BGN } },
};
/* clang-format on */

/* A code of three letters at one end, taken off; CUR_NONE when there is none, or an unknown one,
 * which then stays. */
static enum currency
take_code(struct span *s, bool front)
{
    char code[4] = "";
    enum currency cur = CUR_NONE;
    if (length_of(*s) < 4)
        return CUR_NONE;
    const char *at = front ? s->at : s->end - 3;
    for (int i = 0; i < 3; i++)
        code[i] = (char)(at[i] >= 'a' && at[i] <= 'z' ? at[i] - 32 : at[i]);
    if (!currency_read(code, &cur))
        return CUR_NONE;
    if (front)
        s->at += 3;
    else
        s->end -= 3;
    *s = trim(*s);
    return cur;
}

/* A sign at either end, taken off; false when it cannot mean the currency. */
static bool
take_sign(struct span *s, enum currency cur)
{
    for (size_t i = 0; i < COUNT(money_signs); i++) {
        size_t n = strlen(money_signs[i].sign);
        if (span_starts(*s, money_signs[i].sign))
            s->at += n;
        else if (span_ends(*s, money_signs[i].sign))
            s->end -= n;
        else
            continue;
        *s = trim(*s);
        for (size_t k = 0; k < COUNT(money_signs[i].currencies); k++)
            if (money_signs[i].currencies[k] == cur)
                return true;
        return false;
    }
    return true;
}

const char *
value_amount(const char *text, char point, enum currency cur, struct decimal *out)
{
    struct span s = span_of(text);
    bool below = span_starts(s, "-");
    if (value_is_wreck(text))
        return "import.wreck";
    if (below) {
        s.at++;
        s = trim(s);
        if (span_starts(s, "-"))
            return "import.price_format";
    }
    enum currency named = take_code(&s, true);
    if (!named)
        named = take_code(&s, false);
    if ((named && named != cur) || !take_sign(&s, cur))
        return "import.currency";
    if (span_ends(s, ".-") || span_ends(s, ",-")) /* "5.-" */
        s.end -= 2;
    const char *code = read_decimal(s, point, out);
    if (!code && below)
        out->digits = -out->digits;
    if (!code)
        return NULL;
    return text_is(code, "import.number_ambiguous") ? "import.price_ambiguous"
                                                    : "import.price_format";
}

const char *
value_money(const char *text, char point, enum currency cur, struct money *out)
{
    struct decimal d;
    const char *code = value_amount(text, point, cur, &d);
    int decimals = currency_decimals(cur);
    if (code)
        return code;
    if (d.digits < 0)
        return "import.price_negative";
    if (d.scale > decimals)
        return "import.price_decimals";
    __int128 minor = (__int128)d.digits * ten_to(decimals - d.scale);
    if (minor > MINOR_MOST)
        return "import.price_large";
    *out = (struct money){ (int64_t)minor, cur };
    return NULL;
}

bool
amount_times(struct decimal amount, int64_t quantity, enum currency cur, struct money *out)
{
    int decimals = currency_decimals(cur);
    __int128 v = (__int128)amount.digits * quantity;
    __int128 sign = v < 0 ? -1 : 1, size = v * sign;
    if (amount.scale <= decimals) {
        size *= ten_to(decimals - amount.scale);
    } else {
        int64_t by = ten_to(amount.scale - decimals);
        size = (size + by / 2) / by;
    }
    if (size > MINOR_MOST)
        return false;
    *out = (struct money){ (int64_t)(size * sign), cur };
    return true;
}

/* --- weights, pieces, per cent --- */

static const struct {
    const char *name;
    int64_t micrograms; /* of one */
} units[] = {
    { "g", 1000000 },
    { "gram", 1000000 },
    { "grams", 1000000 },
    { "gramm", 1000000 },
    { "kg", 1000000000 },
    { "kgs", 1000000000 },
    { "kilogram", 1000000000 },
    { "kilograms", 1000000000 },
    { "kilogramm", 1000000000 },
    { "lb", 453592370 },
    { "lbs", 453592370 },
    { "pound", 453592370 },
    { "pounds", 453592370 },
    { "oz", 28349523 },
    { "ounce", 28349523 },
    { "ounces", 28349523 },
    { "mg", 1000 },
    { "t", 1000000000000 },
};

static int64_t
micrograms_of(struct span unit)
{
    for (size_t i = 0; i < COUNT(units); i++)
        if (strlen(units[i].name) == length_of(unit) &&
            !strncasecmp(units[i].name, unit.at, length_of(unit)))
            return units[i].micrograms;
    return 0;
}

const char *
value_grams(const char *text, char point, const char *unit, int64_t *out)
{
    struct span s = span_of(text), behind = { s.end, s.end };
    struct decimal d;
    while (behind.at > s.at && (behind.at[-1] | 0x20) >= 'a' && (behind.at[-1] | 0x20) <= 'z')
        behind.at--;
    s.end = behind.at;
    if (behind.at == behind.end)
        behind = span_of(unit && *unit ? unit : "kg");
    int64_t each = micrograms_of(behind);
    if (s.at == s.end)
        return "import.weight_format";
    if (!each)
        return "import.weight_unit";
    /* A weight may well have three decimals, so one mark is taken for the decimal one. */
    const char *code = read_decimal(trim(s), point, &d);
    if (code && text_is(code, "import.number_ambiguous"))
        code = read_decimal(trim(s), memchr(s.at, ',', length_of(s)) ? ',' : '.', &d);
    if (code || d.digits < 0)
        return "import.weight_format";
    __int128 unit_parts = (__int128)ten_to(d.scale) * 1000000;
    __int128 grams = ((__int128)d.digits * each + unit_parts / 2) / unit_parts;
    if (grams > INT32_MAX)
        return "import.weight_format";
    *out = (int64_t)grams;
    return NULL;
}

const char *
value_quantity(const char *text, char point, int64_t *out)
{
    struct decimal d;
    const char *code = value_decimal(text, point, &d);
    if (code && text_is(code, "import.number_ambiguous"))
        return "import.quantity_ambiguous";
    if (code || d.scale || d.digits > INT32_MAX || d.digits < -(int64_t)INT32_MAX)
        return "import.quantity_format";
    *out = d.digits;
    return NULL;
}

const char *
value_percent(const char *text, char point, int64_t *out)
{
    struct span s = span_of(text);
    struct decimal d;
    if (span_ends(s, "%")) {
        s.end--;
        s = trim(s);
    }
    if (read_decimal(s, point, &d) || d.scale > 2 || d.digits < 0)
        return "import.percent_format";
    int64_t v = d.digits * ten_to(2 - d.scale);
    if (d.digits > 10000 || v > 10000)
        return "import.percent_format";
    *out = v;
    return NULL;
}

/* --- codes and words --- */

/* The length that it had before a spreadsheet took its zeros for nothing; 0: not that. */
static size_t
length_with_zeros(size_t n)
{
    return n == 7 ? 8 : n >= 9 && n <= 11 ? 12 : 0;
}

const char *
value_gtin(const char *text, char *out, bool *zeros)
{
    enum gtin_verdict verdict = gtin_read(text, out);
    size_t n = strlen(text), wanted = length_with_zeros(n);
    *zeros = false;
    if (verdict == GTIN_OK)
        return NULL;
    if (verdict == GTIN_LENGTH && wanted && strspn(text, "0123456789") == n) {
        char padded[16] = "000000000000";
        memcpy(padded + wanted - n, text, n + 1);
        *zeros = gtin_read(padded, out) == GTIN_OK;
        if (*zeros)
            return NULL;
    }
    return gtin_code(verdict);
}

const char *
value_flag(const char *text, bool *out)
{
    static const char *const yes[] = { "1",        "true",     "yes",  "y",      "ja",
                                       "oui",      "on",       "vrai", "wahr",   "jo",
                                       "in stock", "in_stock", "x",    "instock" };
    static const char *const no[] = { "0",    "false",     "no",           "n",
                                      "nein", "non",       "off",          "faux",
                                      "neen", "falsch",    "out of stock", "out_of_stock",
                                      "-1",   "outofstock" };
    for (size_t i = 0; i < COUNT(yes); i++)
        if (!strcasecmp(text, yes[i])) {
            *out = true;
            return NULL;
        }
    for (size_t i = 0; i < COUNT(no); i++)
        if (!strcasecmp(text, no[i])) {
            *out = false;
            return NULL;
        }
    return "import.flag_format";
}

/* The letters of one part in their usual case: language small, script as a title, region large. */
static bool
put_part(struct buf *b, const char *at, size_t n, bool first)
{
    bool letters = true, digits = true;
    for (size_t i = 0; i < n; i++) {
        letters = letters && (at[i] | 0x20) >= 'a' && (at[i] | 0x20) <= 'z';
        digits = digits && is_digit(at[i]);
    }
    bool region = !first && ((letters && n == 2) || (digits && n == 3)), script = !first && n == 4;
    if (!(first ? letters && (n == 2 || n == 3) : region || (script && letters)))
        return false;
    if (!first)
        buf_char(b, '-');
    for (size_t i = 0; i < n; i++)
        buf_char(b, (char)(digits                     ? at[i]
                           : region || (script && !i) ? at[i] & ~0x20
                                                      : at[i] | 0x20));
    return true;
}

const char *
value_language(struct arena *a, const char *text, const char **out)
{
    struct buf b = buf_new(a, 16);
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        size_t n = strcspn(at, "-_");
        if (!put_part(&b, at, n, i == 0))
            break;
        at += n;
        if (!*at) {
            *out = b.at;
            return NULL;
        }
        at++;
    }
    return "import.language_format";
}

const char *
value_address(const char *text)
{
    size_t n = strlen(text);
    const char *host = !strncasecmp(text, "https://", 8)  ? text + 8
                       : !strncasecmp(text, "http://", 7) ? text + 7
                                                          : NULL;
    size_t name = host ? strcspn(host, "/?#") : 0;
    if (!name || n > 2000 || *host == ':' || memchr(host, '@', name))
        return "import.address";
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || strchr("\"<>\\^`{|}", *p) || *p == 0x7f)
            return "import.address";
    return NULL;
}

/* --- time --- */

/* Numbers with anything but digits between them; how many there were. */
static size_t
numbers_in(const char *text, int64_t *out, size_t most)
{
    size_t n = 0;
    while (*text && n < most) {
        if (!is_digit(*text)) {
            text++;
            continue;
        }
        char *end;
        out[n++] = strtol(text, &end, 10);
        if (end - text > 4)
            return 0;
        text = end;
    }
    return n;
}

/* Day and month by the separator: 1.12.2010 is a day first, 12/1/2010 may be either. */
static const char *
order_parts(const char *text, int64_t *part)
{
    char mark = text[strspn(text, "0123456789")];
    if (part[0] > 31)
        return NULL; /* year, month, day */
    int64_t first = part[0], second = part[1], year = part[2];
    if (mark != '.' && first <= 12 && second <= 12 && first != second)
        return "import.time_ambiguous";
    bool month_first = mark != '.' && second > 12;
    part[0] = year;
    part[1] = month_first ? first : second;
    part[2] = month_first ? second : first;
    return NULL;
}

const char *
value_time(const char *text, int64_t *out_us)
{
    int64_t part[6] = { 0 };
    char rfc[32];
    if (clock_parse_rfc3339(text, out_us))
        return NULL;
    if (text[strspn(text, "0123456789-./: T")])
        return "import.time_format";
    size_t n = numbers_in(text, part, 6);
    if (n != 3 && n != 5 && n != 6)
        return "import.time_format";
    const char *code = order_parts(text, part);
    if (code)
        return code;
    if (part[0] < 1900)
        return "import.time_format";
    snprintf(rfc, sizeof(rfc), "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)part[0], (int)part[1],
             (int)part[2], (int)part[3], (int)part[4], (int)part[5]);
    return clock_parse_rfc3339(rfc, out_us) ? NULL : "import.time_format";
}
