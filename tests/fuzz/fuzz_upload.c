/* multipart/form-data. The first line is the content type; the rest, the body, is read twice, once
 * whole and once in the small pieces in which a slow network brings it: both must say the same, and
 * the files must be what their hashes say. */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "fuzz.h"
#include "http/upload.h"

#define MOST_BYTES 2048

static const struct route route = { .method = POST, .path = "/files", .body = UPLOAD };

static void
check_file(struct arena *a, const struct upload_file *file)
{
    struct bytes content;
    EXPECT(file->field && file->name);
    EXPECT((file->path == NULL) == (file->refused != NULL));
    EXPECT(file->refused ? file->bytes > MOST_BYTES : file->bytes <= MOST_BYTES);
    if (!file->path)
        return;
    EXPECT(!file_read(a, file->path, MOST_BYTES, &content) && content.length == file->bytes);
    struct sha256 hash = sha256_of(content);
    EXPECT(sha256_equal(&hash, &file->hash));
}

static struct err *
read_once(struct arena *a, struct fuzz_request *f, size_t step, struct upload *out)
{
    struct work *w = NEW(a, struct work);
    struct req *r = NEW(a, struct req);
    *w = fuzz_work(a);
    f->at = 0;
    f->step = step;
    *r = fuzz_req(w, f, &route);
    TRY(upload_read(r, MOST_BYTES, out));
    EXPECT(f->at == f->body.length);
    for (size_t i = 0; i < out->count; i++)
        check_file(a, &out->files[i]);
    for (size_t i = 0; i < out->fields.count; i++)
        EXPECT(text_is_utf8(BYTES(out->fields.at[i].value, strlen(out->fields.at[i].value)), NULL));
    return NULL;
}

static void
expect_same(const struct upload *one, const struct upload *other)
{
    EXPECT(one->count == other->count && one->fields.count == other->fields.count);
    for (size_t i = 0; i < one->count; i++) {
        EXPECT(text_is(one->files[i].field, other->files[i].field));
        EXPECT(text_is(one->files[i].name, other->files[i].name));
        EXPECT(one->files[i].bytes == other->files[i].bytes);
    }
    for (size_t i = 0; i < one->fields.count; i++) {
        EXPECT(text_is(one->fields.at[i].name, other->fields.at[i].name));
        EXPECT(text_is(one->fields.at[i].value, other->fields.at[i].value));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t n = newline ? (size_t)(newline - data) : size;
    struct fuzz_request f;
    struct upload whole, pieces;

    fuzz_request_read(a, BYTES("\n", 1), &f);
    f.params.count = 0;
    f.body = newline ? BYTES(newline + 1, size - n - 1) : BYTES("", 0);
    fuzz_param_set(&f, a, "CONTENT_TYPE", text_copy_n(a, data, n));
    fuzz_param_set(&f, a, "CONTENT_LENGTH", text_printf(a, "%zu", f.body.length));

    struct err *e = read_once(a, &f, f.body.length, &whole);
    struct err *again = read_once(a, &f, 1 + size % 7, &pieces);
    EXPECT(!e == !again);
    if (e)
        EXPECT(text_is(e->code, again->code) && e->kind != ERR_BROKEN);
    else
        expect_same(&whole, &pieces);
    arena_free(a);
    return 0;
}
