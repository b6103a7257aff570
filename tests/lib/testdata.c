#include "testdata.h"

#include <stdio.h>
#include <stdlib.h>

#define NORMAL SOUK_SRCDIR "/../shared"

static void
take_line(const char *text, void (*fn)(const json_t *line, void *arg), void *arg)
{
    json_error_t why;
    json_t *line = json_loads(text, JSON_ALLOW_NUL, &why);
    if (!line) {
        fprintf(stderr, "testdata: %s\n", why.text);
        exit(1);
    }
    fn(line, arg);
    json_decref(line);
}

bool
testdata_each(const char *path, void (*fn)(const json_t *line, void *arg), void *arg)
{
    const char *data = getenv("SOUK_TESTDATA");
    char name[4096];
    snprintf(name, sizeof(name), "%s/%s", data && *data ? data : NORMAL, path);
    FILE *in = fopen(name, "r");
    if (!in)
        return false;
    char *text = NULL;
    size_t room = 0;
    while (getline(&text, &room, in) > 0)
        take_line(text, fn, arg);
    free(text);
    fclose(in);
    return true;
}
