/* Fields of a write, from a form or from a JSON body, by one set of names: members of nested JSON
 * objects and arrays are joined by dots ("translations.en.title", "tags.0"), and a page's form uses
 * the same names. Getters collect failures; form_done() returns them all, or none. A getter that
 * failed gives a harmless value, so callers read all fields and then ask form_done(). */
#pragma once
#include "base/money.h"
#include "http/request.h"

struct form {
    struct req *r;
    struct field {
        const char *name, *value; /* value NULL: JSON null */
    } * at;
    size_t count;
    uint32_t *index; /* form.c's own */
    size_t index_size;
    struct err *errors, **last_error;
};

/* By the row's body kind: reads, checks UTF-8, decodes. MALFORMED request.json ("line 3, column 7:
 * …"), request.encoding, request.body_short; UNSUPPORTED request.content_type; TOO_LARGE
 * request.too_large. JSON: at most 64 deep, no duplicate names, an object at the top. */
struct err *form_read(struct req *r, struct form *out) MUST_CHECK;

bool form_has(const struct form *f, const char *name);       /* given, also as null or "" */
bool form_is_nested(const struct form *f, const char *name); /* given as an object or an array */
const char *form_raw(const struct form *f,
                     const char *name); /* as it came (passwords); NULL when missing */
/* The trimmed text; "" when missing or null. Lengths in characters; least > 0 means needed.
 * INVALID field.needed, field.too_long, field.too_short. */
const char *form_text(struct form *f, const char *name, size_t least, size_t most);
const char *form_word(struct form *f, const char *name, size_t least,
                      size_t most); /* no white space inside */
bool form_flag(
    struct form *f,
    const char *name); /* "1", "on", "true" are true; "", "0", "false", missing are false */
int64_t form_i64(struct form *f, const char *name, int64_t least, int64_t most, int64_t normal);
/* Decimal text ("49.95") in `currency`, or NAME.amount in minor units with NAME.currency.
 * *given is false (and the result 0) when missing, null or empty. INVALID field.money. */
struct money form_money(struct form *f, const char *name, enum currency currency, bool *given);

/* A rule of the caller's own that a field broke; collected like the others. */
void form_fail(struct form *f, const char *field, const char *code, const char *say);
struct err *form_done(struct form *f) MUST_CHECK;

/* For showing the form again: puts into the model `field.<name>` maps {value, error} for each field
 * given and each failure, `errors` (list of {field, say}) and `has_errors`. Dots in names nest. */
void form_show(const struct form *f, const struct err *e, struct val *model);
/* Sets field.<name>.value when the form was not sent yet. */
void form_prefill(struct val *model, const char *name, const char *value);
