/* Bodies that are small enough for memory. */
#include "base/settings.h"
#include "base/text.h"
#include "http/site.h"

#define KIB ((uint64_t)1024)

uint64_t
body_ceiling(const struct req *r)
{
    switch (r->route->body) {
    case FORM_8K:
    case JSON_8K:
        return 8 * KIB;
    case FORM_64K:
        return 64 * KIB;
    case JSON_1M:
        return 1024 * KIB;
    case RAW_256K:
        return 256 * KIB;
    case UPLOAD: /* several files, and what stands around them; each file has its own ceiling */
        return 10 * (uint64_t)r->site->settings->upload_bytes + 64 * KIB;
    case UPLOAD_FILE:
        return (uint64_t)r->site->settings->import_bytes + 128 * KIB;
    default:
        return 0;
    }
}

struct err *
body_read(struct req *r, struct bytes *out)
{
    if (!r->body_read) {
        int64_t length = 0;
        const char *text = header_text(r, "CONTENT_LENGTH");
        if (text && *text && !text_to_i64(text, &length))
            return FAIL(r->work->arena, ERR_MALFORMED, "request.length",
                        "Content-Length is no number.");
        if (length < 0 || (uint64_t)length > body_ceiling(r))
            return FAIL(r->work->arena, ERR_TOO_LARGE, "request.too_large",
                        "The request is too large.");

        size_t have = 0, size = (size_t)length;
        unsigned char *bytes = arena_alloc_raw(r->work->arena, size + 1);
        while (have < size) {
            ptrdiff_t n = r->source->read(r->source->arg, bytes + have, size - have);
            if (n <= 0)
                return FAIL(r->work->arena, ERR_MALFORMED, "request.body_short",
                            "The request ended before all of it had come.");
            have += (size_t)n;
        }
        bytes[have] = 0;
        r->body = BYTES(bytes, have);
        r->body_read = true;
    }
    *out = r->body;
    return NULL;
}
