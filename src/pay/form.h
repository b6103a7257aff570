/* Parameters as card providers take them: form encoding, members of objects in brackets, elements
 * of arrays by their index. https://docs.stripe.com/api */
#pragma once
#include <jansson.h>

#include "base/arena.h"

/* Booleans are "true" and "false", null is empty, which unsets; keys and values are
 * percent-encoded, brackets are not. An empty object or array says nothing: to unset one, say null.
 * NULL: `params` is no object, is nested deeper than 16, or has a number that is not whole (an
 * amount never is one). */
char *form_encoded(struct arena *a, const json_t *params);
