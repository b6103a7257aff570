/* What a fuzz target is, and what several of them share.
 *
 * A target reads foreign bytes through the function that meets them in production, and holds what
 * comes out against what must be true of it whatever came in. libFuzzer drives it under
 * --enable-fuzz; in every other build replay.c feeds it the kept corpus. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike must(), which is for the program's own mistakes: what the target found to be wrong. */
#define EXPECT(cond)                                                                               \
    do {                                                                                           \
        if (!(cond))                                                                               \
            fuzz_found(#cond, __FILE__, __LINE__);                                                 \
    } while (0)
_Noreturn void fuzz_found(const char *cond, const char *file, int line);

/* A request out of bytes: lines NAME=VALUE (CGI variables), an empty line, the body. CONTENT_LENGTH
 * is the body's when no line says otherwise; STEP is the most bytes that one read of it gives. */
struct fuzz_request {
    struct pairs params;
    struct bytes body;
    size_t at, step;
    struct source source;
};

/* Lives in the arena; `out` must stay where it is, since its source points to it. */
void fuzz_request_read(struct arena *a, struct bytes b, struct fuzz_request *out);
void fuzz_param_set(struct fuzz_request *f, struct arena *a, const char *name, const char *value);

/* Process-long: the real templates and words, settings as they are normally, uploads in a folder
 * that ends with the process. No servers: `fuzz_work` has a database that is away and no cache. */
const struct site *fuzz_site(void);
struct work fuzz_work(struct arena *a);
/* A request that passed the guards, for what is read behind them. */
struct req fuzz_req(struct work *w, struct fuzz_request *f, const struct route *route);
