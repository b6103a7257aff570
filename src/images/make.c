/* One decode, then the small ones here and the original beside them. */
#include "images/make.h"

#include "base/file.h"
#include "base/text.h"
#include "images/beside.h"
#include "images/child.h"
#include "images/convert.h"

#define BESIDE_PIXELS 100000 /* for fewer, a process costs more than it saves */

struct making {
    struct storage *store;
    const struct settings *settings;
    const char *path;
    const struct sha256 *hash;
    enum make_what what;
    uint64_t at_once_pixels;
    struct picture *picture;
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
decode(struct arena *a, struct making *m, struct make_result *out)
{
    struct picture_limits limits = picture_limits_normal;
    struct picture_header header;
    struct bytes file;

    limits.bytes = (uint64_t)m->settings->upload_bytes;
    limits.pixels = (uint64_t)m->settings->image_pixels;
    TRY(file_read(a, m->path, (size_t)limits.bytes, &file));
    TRY(picture_sniff(a, file, &limits, &header));
    TRY(picture_decode(a, file, &header, &m->picture));
    picture_size(m->picture, &out->width, &out->height);
    picture_fit(out->width, out->height, 16383, &out->width, &out->height);
    return NULL;
}

static struct err *
make_small(struct arena *a, const struct making *m, struct make_result *out)
{
    struct picture_variant medium, thumb;
    TRY(picture_small(a, m->picture, &medium, &thumb));
    TRY(keep(a, m, &medium, IMAGE_800, "800", out));
    return keep(a, m, &thumb, IMAGE_200, "200", out);
}

static struct err *
make_large(struct arena *a, void *arg, void *result)
{
    const struct making *m = arg;
    struct picture_variant original;
    TRY(picture_original(a, m->picture, (int)m->settings->original_method, &original));
    return keep(a, m, &original, IMAGE_ORIGINAL, "original", result);
}

/* Both, the original beside the small ones where that saves time. */
static struct err *
make_both(struct arena *a, struct making *m, struct make_result *out)
{
    struct make_result large = { 0 };
    struct beside *beside = NULL;
    if (!picture_original_is_free(m->picture) &&
        (uint64_t)out->width * (uint64_t)out->height >= BESIDE_PIXELS)
        beside = beside_begin(a, -1, make_large, m, sizeof(large));
    struct err *e = make_small(a, m, out);
    if (!beside || !beside_end(beside, &large)) {
        TRY(e);
        return make_large(a, m, out);
    }
    out->variants[IMAGE_ORIGINAL] = large.variants[IMAGE_ORIGINAL];
    return e;
}

/* The small ones, and where the host's place is free the original is begun: it goes on when these
 * are done and this process has ended. */
static struct err *
make_small_first(struct arena *a, struct making *m, struct make_result *out)
{
    int place = beside_take_place(a, m->settings, m->hash);
    if (place >= 0)
        beside_begin(a, place, make_large, m, sizeof(*out));
    return make_small(a, m, out);
}

static struct err *
make(struct arena *a, void *arg, void *result)
{
    struct making *m = arg;
    struct make_result *out = result;
    TRY(decode(a, m, out));
    bool at_once = (uint64_t)out->width * (uint64_t)out->height <= m->at_once_pixels ||
                   picture_original_is_free(m->picture);
    if (m->what == MAKE_ORIGINAL)
        return make_large(a, m, out);
    return m->what == MAKE_ALL || at_once ? make_both(a, m, out) : make_small_first(a, m, out);
}

struct err *
make_files(struct arena *a, struct storage *store, const struct settings *s, const char *path,
           const struct sha256 *hash, enum make_what what, uint64_t at_once_pixels,
           struct make_result *out)
{
    struct making m = { store, s, path, hash, what, at_once_pixels, NULL };
    struct make_result result = { 0 };
    TRY(run_in_child(a, &child_limits_normal, make, &m, &result, sizeof(result)));
    *out = result;
    return NULL;
}

struct err *
make_original(struct arena *a, struct storage *store, const struct settings *s, const char *path,
              const struct sha256 *hash, uint64_t *bytes)
{
    struct make_result made;
    bool there;
    beside_await(a, s, hash);
    TRY(storage_size(store, a, image_name(a, hash, "original"), &there, bytes));
    if (there)
        return NULL;
    TRY(make_files(a, store, s, path, hash, MAKE_ORIGINAL, 0, &made));
    *bytes = made.variants[IMAGE_ORIGINAL].bytes;
    return NULL;
}

/* ---- For feeds ---- */

static struct err *
make_feed(struct arena *a, void *arg, void *result)
{
    struct making *m = arg;
    struct make_feed *out = result;
    struct make_result sides;
    struct picture_variant v;
    TRY(decode(a, m, &sides));
    TRY(picture_feed(a, m->picture, &v));
    *out = (struct make_feed){ v.width, v.height, v.file.length };
    return storage_put(m->store, a, image_name(a, m->hash, "feed.jpg"), v.file);
}

struct err *
make_feed_file(struct arena *a, struct storage *store, const struct settings *s, const char *path,
               const struct sha256 *hash, struct make_feed *out)
{
    struct making m = { .store = store, .settings = s, .path = path, .hash = hash };
    struct make_feed made = { 0 };
    TRY(run_in_child(a, &child_limits_normal, make_feed, &m, &made, sizeof(made)));
    *out = made;
    return NULL;
}
