/* Commas and closing signs are kept here, so that a caller cannot write JSON that does not parse.
 */
#include "http/json.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"

struct json
json_begin(struct arena *a)
{
    return (struct json){ .out = buf_new(a, 4096) };
}

/* Which bytes end a run that can be copied as it is. */
static bool
needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void
put_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char code[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    switch (c) {
    case '"':
        buf_add(b, "\\\"", 2);
        break;
    case '\\':
        buf_add(b, "\\\\", 2);
        break;
    case '\n':
        buf_add(b, "\\n", 2);
        break;
    case '\r':
        buf_add(b, "\\r", 2);
        break;
    case '\t':
        buf_add(b, "\\t", 2);
        break;
    default:
        buf_add(b, code, sizeof(code));
    }
}

static void
put_string(struct buf *b, const char *text)
{
    buf_char(b, '"');
    const char *from = text;
    for (; *text; text++) {
        if (!needs_escape((unsigned char)*text))
            continue;
        buf_add(b, from, (size_t)(text - from));
        put_escape(b, (unsigned char)*text);
        from = text + 1;
    }
    buf_add(b, from, (size_t)(text - from));
    buf_char(b, '"');
}

/* What stands before every value: a comma when it is not the first, and its name. */
static void
put_name(struct json *j, const char *name)
{
    if (j->comma)
        buf_char(&j->out, ',');
    if (name) {
        put_string(&j->out, name);
        buf_char(&j->out, ':');
    }
    j->comma = true;
}

static void
open(struct json *j, const char *name, char begin, char end)
{
    must(j->depth < JSON_DEPTH_MAX);
    put_name(j, name);
    buf_char(&j->out, begin);
    j->ends[j->depth++] = end;
    j->comma = false;
}

void
json_put_object(struct json *j, const char *name)
{
    open(j, name, '{', '}');
}

void
json_put_array(struct json *j, const char *name)
{
    open(j, name, '[', ']');
}

void
json_put_end(struct json *j)
{
    must(j->depth > 0);
    buf_char(&j->out, j->ends[--j->depth]);
    j->comma = true;
}

void
json_put_text(struct json *j, const char *name, const char *value)
{
    put_name(j, name);
    if (value)
        put_string(&j->out, value);
    else
        buf_add(&j->out, "null", 4);
}

void
json_put_i64(struct json *j, const char *name, int64_t n)
{
    put_name(j, name);
    buf_i64(&j->out, n);
}

void
json_put_id(struct json *j, const char *name, int64_t n)
{
    put_name(j, name);
    buf_char(&j->out, '"');
    buf_i64(&j->out, n);
    buf_char(&j->out, '"');
}

void
json_put_double(struct json *j, const char *name, double n)
{
    put_name(j, name);
    if (isfinite(n))
        buf_printf(&j->out, "%.15g", n);
    else
        buf_add(&j->out, "null", 4);
}

void
json_put_bool(struct json *j, const char *name, bool b)
{
    put_name(j, name);
    buf_text(&j->out, b ? "true" : "false");
}

void
json_put_null(struct json *j, const char *name)
{
    json_put_text(j, name, NULL);
}

void
json_put_time(struct json *j, const char *name, int64_t at_us)
{
    json_put_text(j, name, clock_rfc3339(j->out.arena, at_us));
}

void
json_put_time_or_null(struct json *j, const char *name, int64_t at_us)
{
    if (at_us)
        json_put_time(j, name, at_us);
    else
        json_put_null(j, name);
}

void
json_put_money(struct json *j, const char *name, struct money m)
{
    json_put_object(j, name);
    json_put_i64(j, "amount", m.minor);
    json_put_text(j, "currency", currency_code(m.cur));
    json_put_end(j);
}

void
json_put_raw(struct json *j, const char *name, struct bytes json)
{
    put_name(j, name);
    buf_add(&j->out, json.at, json.length);
}
