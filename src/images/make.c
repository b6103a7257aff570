#include "images/make.h"

#include "base/file.h"
#include "base/text.h"
#include "images/child.h"
#include "images/convert.h"

struct making {
    struct storage *store;
    const struct settings *settings;
    const char *path;
    const struct sha256 *hash;
    enum make_what what;
    uint64_t at_once_pixels;
};

static struct err *
keep(struct arena *a, const struct making *m, const struct picture_variant *v, enum image_size size,
     const char *name, struct make_result *out)
{
    out->variants[size].width = v->width;
    out->variants[size].height = v->height;
    out->variants[size].bytes = v->file.length;
    return storage_put(m->store, a, image_name(a, m->hash, name), v->file);
}

static struct err *
make(struct arena *a, void *arg, void *result)
{
    const struct making *m = arg;
    struct make_result *out = result;
    struct picture_limits limits = picture_limits_normal;
    struct picture_header header;
    struct picture_variant medium, thumb, original;
    struct picture *picture;
    struct bytes file;

    limits.bytes = (uint64_t)m->settings->upload_bytes;
    limits.pixels = (uint64_t)m->settings->image_pixels;
    TRY(file_read(a, m->path, (size_t)limits.bytes, &file));
    TRY(picture_sniff(a, file, &limits, &header));
    TRY(picture_decode(a, file, &header, &picture));
    picture_size(picture, &out->width, &out->height);
    picture_fit(out->width, out->height, 16383, &out->width, &out->height);
    if (m->what & MAKE_SMALL) {
        TRY(picture_small(a, picture, &medium, &thumb));
        TRY(keep(a, m, &medium, IMAGE_800, "800", out));
        TRY(keep(a, m, &thumb, IMAGE_200, "200", out));
    }
    if ((m->what & MAKE_ORIGINAL) ||
        (uint64_t)out->width * (uint64_t)out->height <= m->at_once_pixels) {
        TRY(picture_original(a, picture, (int)m->settings->original_method, &original));
        TRY(keep(a, m, &original, IMAGE_ORIGINAL, "original", out));
    }
    return NULL;
}

struct err *
make_files(struct arena *a, struct storage *store, const struct settings *s, const char *path,
           const struct sha256 *hash, enum make_what what, uint64_t at_once_pixels,
           struct make_result *out)
{
    struct making m = { store, s, path, hash, what, at_once_pixels };
    struct make_result result = { 0 };
    TRY(run_in_child(a, &child_limits_normal, make, &m, &result, sizeof(result)));
    *out = result;
    return NULL;
}
