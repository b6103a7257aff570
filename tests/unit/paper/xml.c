#include "xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

struct parsed
parsed(struct arena *a, const char *xml, size_t length)
{
    struct parsed p = { .a = a,
                        .doc = xmlReadMemory(xml, (int)length, "x.xml", NULL, XML_PARSE_NONET) };
    assert_non_null(p.doc);
    p.at = xmlXPathNewContext(p.doc);
    return p;
}

void
parsed_free(struct parsed *p)
{
    xmlXPathFreeContext(p->at);
    xmlFreeDoc(p->doc);
}

xmlXPathObject *
found(struct parsed *p, const char *path)
{
    xmlXPathObject *nodes = xmlXPathEvalExpression(BAD_CAST path, p->at);
    assert_non_null(nodes);
    return nodes;
}
