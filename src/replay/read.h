/* Members of JSON that came from outside. False: it is missing or cannot be read. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "billing/period.h"
#include "billing/vat.h"

bool read_text(const json_t *from, const char *key, const char **out);
bool read_whole(const json_t *from, const char *key, int64_t least, int64_t most, int64_t *out);
/* RFC 3339 to whole seconds, 1900 … 2200; fractions are cut. */
bool read_instant(const json_t *from, const char *key, int64_t *out);
bool read_instant_of(const json_t *value, int64_t *out); /* the value itself */
/* *out: 0 when it is missing and may be. */
bool read_interval(const json_t *from, bool may_lack, enum interval *out);
bool read_vat(const json_t *from, struct vat *out); /* {"category", "rate_bp"} */
