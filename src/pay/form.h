/* Parameters as card providers take them: form encoding, members of objects in brackets, elements
 * of arrays by their index. https://docs.stripe.com/api */
#pragma once
#include <jansson.h>

#include "base/arena.h"

/* Booleans are "true" and "false", null is empty; values are percent-encoded, brackets are not. An
 * empty object or array says nothing. */
char *form_encoded(struct arena *a, const json_t *params);
