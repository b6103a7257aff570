/* A value that cannot be said refuses the whole: an empty one in its place would not be nothing, it
 * would tell the provider to unset what it has. */
#include "pay/form.h"

#include <string.h>

#include "base/text.h"

#define DEPTH_MOST 16

static void
add_percent(struct buf *to, const char *text, size_t length)
{
    static const char plain[] = "-._~";
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letter || (c && strchr(plain, c)))
            buf_char(to, (char)c);
        else
            buf_printf(to, "%%%02X", c);
    }
}

static bool
add_scalar(struct buf *to, const json_t *value)
{
    if (json_is_real(value))
        return false;
    if (json_is_string(value))
        add_percent(to, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        buf_i64(to, json_integer_value(value));
    else if (json_is_boolean(value))
        buf_text(to, json_is_true(value) ? "true" : "false");
    return true;
}

/* `name` NULL: the parameters themselves, whose members stand without brackets. */
static const char *
name_of_member(struct arena *a, const char *name, const char *key)
{
    struct buf inner = buf_new(a, 64);
    if (name) {
        buf_text(&inner, name);
        buf_char(&inner, '[');
    }
    add_percent(&inner, key, strlen(key));
    if (name)
        buf_char(&inner, ']');
    return inner.at;
}

static bool
add(struct buf *to, const char *name, json_t *value, int depth)
{
    struct arena *a = to->arena;
    const char *key;
    json_t *member;
    size_t i;
    bool said = depth <= DEPTH_MOST;
    if (said && json_is_object(value)) {
        json_object_foreach(value, key, member)
        {
            said = said && add(to, name_of_member(a, name, key), member, depth + 1);
        }
        return said;
    }
    if (said && json_is_array(value)) {
        json_array_foreach(value, i, member)
        {
            said = said && add(to, text_printf(a, "%s[%zu]", name, i), member, depth + 1);
        }
        return said;
    }
    if (to->length)
        buf_char(to, '&');
    buf_text(to, name);
    buf_char(to, '=');
    return said && add_scalar(to, value);
}

char *
form_encoded(struct arena *a, const json_t *params)
{
    struct buf to = buf_new(a, 256);
    bool said = json_is_object(params) && add(&to, NULL, (json_t *)params, 0);
    return said ? to.at : NULL;
}
