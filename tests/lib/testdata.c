#include "testdata.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

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

static const char *
name_of(const char *path, char *to, size_t size)
{
    const char *data = getenv("SOUK_TESTDATA");
    snprintf(to, size, "%s/%s", data && *data ? data : NORMAL, path);
    return to;
}

static FILE *
open_file(const char *path)
{
    char name[4096];
    return fopen(name_of(path, name, sizeof(name)), "r");
}

int
testdata_open(const char *path)
{
    char name[4096];
    return open(name_of(path, name, sizeof(name)), O_RDONLY | O_CLOEXEC);
}

bool
testdata_each(const char *path, void (*fn)(const json_t *line, void *arg), void *arg)
{
    FILE *in = open_file(path);
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

json_t *
testdata_json(const char *path)
{
    FILE *in = open_file(path);
    json_error_t why;
    if (!in)
        return NULL;
    json_t *json = json_loadf(in, JSON_ALLOW_NUL, &why);
    fclose(in);
    if (!json) {
        fprintf(stderr, "testdata: %s: %s\n", path, why.text);
        exit(1);
    }
    return json;
}

const char *
testdata_text(const json_t *line, const char *member)
{
    const char *text = json_string_value(json_object_get(line, member));
    if (text)
        return text;
    fprintf(stderr, "testdata: a line without %s\n", member);
    exit(1);
}

/* The same letters as base64url but two, and no padding there. */
struct bytes
testdata_bytes(struct arena *a, const json_t *line, const char *member)
{
    struct bytes b = BYTES("", 0);
    char *text = text_copy(a, testdata_text(line, member));
    text[strcspn(text, "=")] = 0;
    for (char *p = text; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    if (base64url_bytes(a, text, &b))
        return b;
    fprintf(stderr, "testdata: %s is no base64\n", member);
    exit(1);
}
