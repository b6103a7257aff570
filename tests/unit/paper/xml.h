/* XML as anybody would read it, with libxml2. */
#pragma once
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "base/arena.h"

/* Names without their prefix: what is asked for stays readable. */
#define N(name) "*[local-name()='" name "']"

struct parsed {
    struct arena *a;
    xmlDoc *doc;
    xmlXPathContext *at;
};

struct parsed parsed(struct arena *a, const char *xml, size_t length);
void parsed_free(struct parsed *p);
xmlXPathObject *found(struct parsed *p, const char *path); /* the caller frees it */
