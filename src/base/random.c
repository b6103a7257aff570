#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/digest.h"
#include "base/must.h"

void
random_fill(void *to, size_t length)
{
    unsigned char *p = to;
    while (length) {
        ssize_t n = getrandom(p, length, 0);
        if (n < 0 && errno == EINTR)
            continue;
        must(n > 0);
        p += n;
        length -= (size_t)n;
    }
}

uint64_t
random_u64(void)
{
    uint64_t n;
    random_fill(&n, sizeof(n));
    return n;
}

char *
random_token(struct arena *a, size_t bytes)
{
    unsigned char raw[64];
    must(bytes <= sizeof(raw));
    random_fill(raw, bytes);
    return base64url(a, BYTES(raw, bytes));
}
