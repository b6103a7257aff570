/* Shared test data beside the sources: files of JSON Lines under $SOUK_TESTDATA (../shared of the
 * source tree by default). Where they are not there, tests on them are skipped. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

/* Calls fn for each line of the file; false when there is no such file. A line that is not JSON
 * ends the program. */
bool testdata_each(const char *path, void (*fn)(const json_t *line, void *arg), void *arg);
