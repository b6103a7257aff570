/* JSON written straight into the arena, no tree (json_put_…, so that no name meets one of jansson,
 * which reads). Commas come by themselves: struct json j = json_begin(arena); json_put_object(&j,
 * NULL); json_put_text(&j, "sku", p->sku); json_put_end(&j); Inside arrays `name` is NULL. Text
 * must be UTF-8. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"
#include "base/text.h"

#define JSON_DEPTH_MAX 32

struct json {
    struct buf out;
    int depth;
    char ends[JSON_DEPTH_MAX]; /* '}' or ']' of what is open */
    bool comma;
};

struct json json_begin(struct arena *a);
void json_put_object(struct json *j,
                     const char *name); /* opens; name NULL at the top and in arrays */
void json_put_array(struct json *j, const char *name);
void json_put_end(struct json *j);                                       /* closes the innermost */
void json_put_text(struct json *j, const char *name, const char *value); /* NULL gives null */
void json_put_i64(struct json *j, const char *name, int64_t n);
void json_put_id(struct json *j, const char *name, int64_t n);    /* as a string: "123" */
void json_put_double(struct json *j, const char *name, double n); /* NaN and infinities give null */
void json_put_bool(struct json *j, const char *name, bool b);
void json_put_null(struct json *j, const char *name);
void json_put_time(struct json *j, const char *name, int64_t at_us);         /* RFC 3339 */
void json_put_time_or_null(struct json *j, const char *name, int64_t at_us); /* 0: null */
void json_put_money(struct json *j, const char *name,
                    struct money m); /* {"amount": 4900, "currency": "EUR"} */
void json_put_raw(struct json *j, const char *name,
                  struct bytes json); /* made by PostgreSQL or by us */
