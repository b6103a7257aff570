/* A request as what reads one sees it: row, content type and body; its site has settings and
 * nothing else, and there are no servers. Uploads go to a folder that reqtest_end() removes. */
#pragma once
#include "http/request.h"
#include "http/route.h"

/* Lives in the arena. `step`: the most bytes that one read of the body gives; 0: all of it. */
struct req *reqtest(struct arena *a, const struct route *route, const char *type, struct bytes body,
                    size_t step);
void reqtest_end(void);
