/* One set of names for forms and JSON, so that a rule about a field is written once. */
#include "http/form.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http/route.h"
#include "http/upload.h"
#include "view/value.h"

#define JSON_MOST_DEEP 64
#define FIELDS_MAX     40000 /* a product with 2,000 variants */
#define NAME_MOST      255   /* bytes, of all parts with their dots */

/* The value of what is no text but has members of its own; known by its place, not by its words. */
static const char composite[] = "{}";

/* ---- Reading ---- */

static struct err *
wrong_type(struct req *r, const char *wanted)
{
    return FAIL(r->work->arena, ERR_UNSUPPORTED, "request.content_type",
                text_printf(r->work->arena, "The request's content type must be %s.", wanted));
}

static bool
has_type(struct req *r, const char *type)
{
    const char *given = header_text(r, "CONTENT_TYPE");
    size_t n = strlen(type);
    return given && text_is_any_case(text_copy_n(r->work->arena, given, strnlen(given, n)), type) &&
           (given[n] == 0 || given[n] == ';' || given[n] == ' ');
}

static void
from_pairs(struct form *f, const struct pairs *pairs)
{
    f->at = NEW_ARRAY(f->r->work->arena, struct field, pairs->count + 1);
    for (size_t i = 0; i < pairs->count; i++)
        f->at[f->count++] = (struct field){ pairs->at[i].name, pairs->at[i].value };
}

struct flat {
    struct form *form;
    struct arena *arena;
    size_t room;
    const char *refused; /* why; nothing more is taken then */
};

static void flatten(struct flat *flat, const char *name, const json_t *json, int depth);

static void
add_field(struct flat *flat, const char *name, const char *value)
{
    if (flat->form->count == flat->room)
        flat->refused = "The request has too many members.";
    else
        flat->form->at[flat->form->count++] = (struct field){ name, value };
}

/* Names grow with their depth: without a ceiling a small body would fill the memory. */
static void
flatten_member(struct flat *flat, const char *of, const char *key, const json_t *json, int depth)
{
    if (flat->refused)
        return;
    if (strlen(of) + 1 + strlen(key) > NAME_MOST)
        flat->refused = "The name of a member is too long.";
    else
        flatten(flat, text_printf(flat->arena, "%s%s%s", of, *of ? "." : "", key), json, depth + 1);
}

static void
flatten_members(struct flat *flat, const char *name, const json_t *json, int depth)
{
    const char *key;
    json_t *one;
    size_t i;
    if (json_is_object(json)) {
        json_object_foreach((json_t *)(uintptr_t)json, key, one)
            flatten_member(flat, name, key, one, depth);
        return;
    }
    json_array_foreach(json, i, one)
    {
        char index[24];
        snprintf(index, sizeof(index), "%zu", i);
        flatten_member(flat, name, index, one, depth);
    }
}

static void
flatten(struct flat *flat, const char *name, const json_t *json, int depth)
{
    if (flat->refused || depth > JSON_MOST_DEEP)
        return;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (*name)
            add_field(flat, name, composite); /* it was given, even when it is empty */
        flatten_members(flat, name, json, depth);
        break;
    case JSON_STRING:
        add_field(flat, name, text_copy(flat->arena, json_string_value(json)));
        break;
    case JSON_INTEGER:
        add_field(flat, name, text_i64(flat->arena, json_integer_value(json)));
        break;
    case JSON_REAL:
        add_field(flat, name, text_printf(flat->arena, "%.17g", json_real_value(json)));
        break;
    case JSON_TRUE:
        add_field(flat, name, "true");
        break;
    case JSON_FALSE:
        add_field(flat, name, "false");
        break;
    default:
        add_field(flat, name, NULL);
    }
}

/* jansson counts its depth on its own; the text is checked first, so that a deep one costs nothing.
 */
static bool
is_too_deep(struct bytes b)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < b.length; i++) {
        unsigned char c = b.at[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_MOST_DEEP)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

/* No more fields than this text has: each but the first of an object or array has a comma. */
static size_t
fields_most(struct bytes b)
{
    size_t n = 1;
    for (size_t i = 0; i < b.length; i++)
        n += b.at[i] == ',' || b.at[i] == '{' || b.at[i] == '[';
    return n < FIELDS_MAX ? n : FIELDS_MAX;
}

/* jansson quotes the text it stopped at and may cut it within a character: only its own words. */
static const char *
without_quotation(struct arena *a, const char *why)
{
    const char *near = strstr(why, " near ");
    return text_copy_n(a, why, near ? (size_t)(near - why) : strlen(why));
}

static struct err *
from_json(struct form *f, struct bytes body)
{
    struct arena *a = f->r->work->arena;
    json_error_t why;
    size_t bad_at;
    /* jansson itself takes a NUL behind a number for white space. */
    if (!text_is_utf8(body, &bad_at))
        return FAIL(a, ERR_MALFORMED, "request.json",
                    text_printf(a, "The JSON is not UTF-8 at byte %zu.", bad_at + 1));
    if (is_too_deep(body))
        return FAIL(a, ERR_MALFORMED, "request.json", "The JSON is nested more than 64 deep.");
    json_t *json = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return FAIL(a, ERR_MALFORMED, "request.json",
                    text_printf(a, "The JSON is not well-formed at line %d, column %d: %s.",
                                why.line, why.column, without_quotation(a, why.text)));
    struct flat flat = { .form = f, .arena = a, .room = fields_most(body) };
    bool is_object = json_is_object(json);
    if (is_object) {
        f->at = NEW_ARRAY(a, struct field, flat.room);
        flatten(&flat, "", json, 0);
    }
    json_decref(json);
    if (!is_object)
        return FAIL(a, ERR_MALFORMED, "request.json",
                    "The JSON must be an object at line 1, column 1.");
    if (flat.refused)
        return FAIL(a, ERR_MALFORMED, "request.too_many_fields", flat.refused);
    return NULL;
}

/* ---- Looking up ---- */

#define FEW_FIELDS 32 /* are found as quickly by looking at each */

static uint32_t
name_hash(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h;
}

/* Places of fields by their names, the first of a name only; half of it stays empty. */
static void
make_index(struct form *f)
{
    size_t size = 64;
    if (f->count <= FEW_FIELDS)
        return;
    while (size < f->count * 2)
        size *= 2;
    f->index = NEW_ARRAY(f->r->work->arena, uint32_t, size);
    f->index_size = size;
    for (size_t i = 0; i < f->count; i++) {
        size_t at = name_hash(f->at[i].name) & (size - 1);
        while (f->index[at] && !text_is(f->at[f->index[at] - 1].name, f->at[i].name))
            at = (at + 1) & (size - 1);
        if (!f->index[at])
            f->index[at] = (uint32_t)i + 1;
    }
}

struct err *
form_read(struct req *r, struct form *out)
{
    struct form f = { .r = r };
    enum body_kind kind = r->route->body;
    struct pairs pairs;
    struct bytes body;

    if (kind == UPLOAD || kind == UPLOAD_FILE) {
        must(r->upload);
        from_pairs(&f, &r->upload->fields);
    } else if (kind == JSON_8K || kind == JSON_1M) {
        if (!has_type(r, "application/json"))
            return wrong_type(r, "application/json");
        TRY(body_read(r, &body));
        TRY(from_json(&f, body));
    } else {
        must(kind == FORM_8K || kind == FORM_64K);
        if (!has_type(r, "application/x-www-form-urlencoded"))
            return wrong_type(r, "application/x-www-form-urlencoded");
        TRY(body_read(r, &body));
        TRY(pairs_decode(r->work->arena, body, &pairs));
        from_pairs(&f, &pairs);
    }
    make_index(&f);
    *out = f;
    return NULL;
}

/* ---- Fields ---- */

static const struct field *
find_field(const struct form *f, const char *name)
{
    if (f->index_size) {
        size_t at = name_hash(name) & (f->index_size - 1);
        while (f->index[at] && !text_is(f->at[f->index[at] - 1].name, name))
            at = (at + 1) & (f->index_size - 1);
        return f->index[at] ? &f->at[f->index[at] - 1] : NULL;
    }
    for (size_t i = 0; i < f->count; i++)
        if (text_is(f->at[i].name, name))
            return &f->at[i];
    return NULL;
}

bool
form_has(const struct form *f, const char *name)
{
    return find_field(f, name) != NULL;
}

const char *
form_raw(const struct form *f, const char *name)
{
    const struct field *field = find_field(f, name);
    return field ? field->value : NULL;
}

bool
form_is_nested(const struct form *f, const char *name)
{
    return form_raw(f, name) == composite;
}

void
form_fail(struct form *f, const char *field, const char *code, const char *say)
{
    struct err *e = FAIL_FIELD(f->r->work->arena, ERR_INVALID, code, field, say);
    if (!f->last_error)
        f->last_error = &f->errors;
    *f->last_error = e;
    f->last_error = &e->next;
}

struct err *
form_done(struct form *f)
{
    return f->errors;
}

static const char *
trimmed(struct form *f, const char *name)
{
    const struct field *field = find_field(f, name);
    return field && field->value ? text_trim(f->r->work->arena, field->value) : "";
}

const char *
form_text(struct form *f, const char *name, size_t least, size_t most)
{
    struct arena *a = f->r->work->arena;
    const char *value = trimmed(f, name);
    size_t n = text_characters(value);
    if (form_raw(f, name) == composite)
        form_fail(f, name, "field.text", "This must be text.");
    else if (!n && least)
        form_fail(f, name, "field.needed", "This is needed.");
    else if (n > most)
        form_fail(f, name, "field.too_long",
                  text_printf(a, "At most %zu characters; this has %zu.", most, n));
    else if (n && n < least)
        form_fail(f, name, "field.too_short", text_printf(a, "At least %zu characters.", least));
    else
        return value;
    return "";
}

const char *
form_word(struct form *f, const char *name, size_t least, size_t most)
{
    const char *value = form_text(f, name, least, most);
    if (!strpbrk(value, " \t\r\n"))
        return value;
    form_fail(f, name, "field.spaces", "This cannot contain spaces.");
    return "";
}

bool
form_flag(struct form *f, const char *name)
{
    const char *value = trimmed(f, name);
    if (text_is(value, "1") || text_is(value, "on") || text_is(value, "true"))
        return true;
    if (*value && !text_is(value, "0") && !text_is(value, "false"))
        form_fail(f, name, "field.flag", "This must be true or false.");
    return false;
}

int64_t
form_i64(struct form *f, const char *name, int64_t least, int64_t most, int64_t normal)
{
    const char *value = trimmed(f, name);
    int64_t n;
    if (!*value)
        return normal;
    if (text_to_i64(value, &n) && n >= least && n <= most)
        return n;
    form_fail(f, name, "field.number",
              text_printf(f->r->work->arena, "A whole number from %lld to %lld.", (long long)least,
                          (long long)most));
    return normal;
}

/* {"amount": 4900, "currency": "EUR"}: minor units, and only the shop's currency. */
static bool
money_from_members(struct form *f, const char *name, enum currency currency, struct money *out)
{
    struct arena *a = f->r->work->arena;
    const char *amount = trimmed(f, text_printf(a, "%s.amount", name));
    const char *code = trimmed(f, text_printf(a, "%s.currency", name));
    enum currency given = currency;
    if (!text_to_i64(amount, &out->minor) || out->minor < 0)
        return false;
    return !*code || (currency_read(code, &given) && given == currency);
}

struct money
form_money(struct form *f, const char *name, enum currency currency, bool *given)
{
    struct money m = { 0, currency };
    struct arena *a = f->r->work->arena;
    const char *value = trimmed(f, name);
    bool members = form_has(f, text_printf(a, "%s.amount", name));

    *given = members || *value;
    if (!*given)
        return m;
    if (members ? money_from_members(f, name, currency, &m) : money_read(value, currency, &m))
        return m;
    form_fail(f, name, "field.money",
              text_printf(a, "An amount in %s, like %s.", currency_code(currency),
                          money_decimal(a, (struct money){ 1995, currency })));
    return (struct money){ 0, currency };
}

/* ---- Showing again ---- */

static void
set_in_field(struct val *model, const char *name, const char *what, const char *text)
{
    struct val *fields = val_get(model, "field");
    if (!fields)
        fields = val_set_map(model, "field");
    val_set_text(val_path(fields, name), what, text);
}

void
form_prefill(struct val *model, const char *name, const char *value)
{
    set_in_field(model, name, "value", value);
}

void
form_show(const struct form *f, const struct err *e, struct val *model)
{
    for (size_t i = f->count; i-- > 0;) /* the first of a name wins */
        if (f->at[i].value)
            set_in_field(model, f->at[i].name, "value", f->at[i].value);
    struct val *list = val_set_list(model, "errors");
    val_set_bool(model, "has_errors", e != NULL);
    for (; e; e = e->next) {
        struct val *row = val_add_map(list);
        val_set_text(row, "field", e->field);
        const char *say = problem_say(f->r, e);
        val_set_text(row, "say", say);
        if (e->field)
            set_in_field(model, e->field, "error", say);
    }
}
