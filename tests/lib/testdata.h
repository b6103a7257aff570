/* Shared test data beside the sources: files of JSON Lines under $SOUK_TESTDATA (../shared of the
 * source tree by default). Where they are not there, tests on them are skipped. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"

/* Calls fn for each line of the file; false when there is no such file. A line that is not JSON
 * ends the program. */
bool testdata_each(const char *path, void (*fn)(const json_t *line, void *arg), void *arg);
/* A file that is one JSON text; the caller's to json_decref. NULL: there is no such file. */
json_t *testdata_json(const char *path);
/* A descriptor of any other file, the caller's to close; -1: there is no such file. */
int testdata_open(const char *path);
/* A text member, which must be there; and one in base64 (RFC 4648 section 4) as its bytes. */
const char *testdata_text(const json_t *line, const char *member);
struct bytes testdata_bytes(struct arena *a, const json_t *line, const char *member);
