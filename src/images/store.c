/* The rows of image contents and of the products that show them. */
#include "images/store.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "hooks/hooks.h"
#include "images/make.h"

static const char *const size_names[IMAGE_SIZES] = { "original", "800", "200" };

static struct arg
arg_hash(struct work *w, const struct sha256 *hash)
{
    return arg_bytes(w, BYTES(hash->bytes, sizeof(hash->bytes)));
}

static struct sha256
scan_hash(struct work *w, struct scan *s)
{
    struct sha256 hash;
    struct bytes b = scan_bytes(w, s);
    must(b.length == sizeof(hash.bytes));
    memcpy(hash.bytes, b.at, sizeof(hash.bytes));
    return hash;
}

/* Columns: pending, then width, height and bytes of each variant. */
static void
scan_content(struct work *w, struct scan *s, struct image *image)
{
    image->pending = scan_bool(s);
    for (int i = 0; i < IMAGE_SIZES; i++) {
        struct image_variant *v = &image->variants[i];
        v->width = scan_i64(s);
        v->height = scan_i64(s);
        v->bytes = scan_i64(s);
        v->url =
            text_printf(w->arena, "/media/%s", image_name(w->arena, &image->hash, size_names[i]));
    }
}

struct err *
images_of_product(struct work *w, struct product_id product, struct images *out)
{
    struct rows rows;
    TRY(db_many(w, Q_images_of_product, ARGS(arg_i64(w, product.n)), &rows));

    struct images images = { .at = NEW_ARRAY(w->arena, struct image, (size_t)rows.count + 1) };
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct image *image = &images.at[images.count++];
        image->id.n = scan_i64(&s);
        image->hash = scan_hash(w, &s);
        image->position = scan_i64(&s);
        image->alt = scan_text(&s);
        scan_content(w, &s, image);
        scan_end(&s);
    }
    *out = images;
    return NULL;
}

static struct err *
no_product(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "image.no_product", "There is no such product.");
}

struct err *
images_room(struct work *w, struct product_id product, struct image_room *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_images_room, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n)), &found,
                 &s));
    if (!found)
        return no_product(w);
    struct image_room room;
    room.used = scan_i64(&s);
    room.most = scan_i64(&s);
    scan_end(&s);
    *out = room;
    return NULL;
}

struct err *
images_touch_product(struct work *w, struct product_id product)
{
    int64_t touched;
    TRY(db_exec(w, Q_images_touch_product, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n)),
                &touched));
    if (touched != 1)
        return no_product(w);
    return hooks_emit(w, HOOK_PRODUCT_CHANGED, product.n, NULL);
}

struct err *
images_lock_content(struct work *w, const struct sha256 *hash)
{
    struct rows none;
    return db_many(w, Q_images_lock_content, ARGS(arg_hash(w, hash)), &none);
}

struct err *
images_load_content(struct work *w, const struct sha256 *hash, bool *found, struct image *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_images_file, ARGS(arg_hash(w, hash)), found, &s));
    if (!*found)
        return NULL;
    struct image image = { .hash = *hash, .alt = "" };
    scan_content(w, &s, &image);
    scan_end(&s);
    *out = image;
    return NULL;
}

struct err *
images_save_content(struct work *w, const struct image *content, uint64_t upload_bytes)
{
    const struct image_variant *original = &content->variants[IMAGE_ORIGINAL];
    const struct image_variant *medium = &content->variants[IMAGE_800];
    const struct image_variant *thumb = &content->variants[IMAGE_200];
    return db_exec(w, Q_images_add_file,
                   ARGS(arg_hash(w, &content->hash), arg_i64(w, (int64_t)upload_bytes),
                        arg_i64(w, original->width), arg_i64(w, original->height),
                        arg_i64(w, medium->width), arg_i64(w, medium->height),
                        arg_i64(w, thumb->width), arg_i64(w, thumb->height),
                        content->pending ? arg_null() : arg_i64(w, original->bytes),
                        arg_i64(w, medium->bytes), arg_i64(w, thumb->bytes)),
                   NULL);
}

struct err *
images_attach(struct work *w, struct product_id product, struct image *image, bool *is_new)
{
    struct scan s;
    TRY(db_one(w, Q_images_attach,
               ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n), arg_hash(w, &image->hash)),
               &s));
    image->id.n = scan_i64(&s);
    image->position = scan_i64(&s);
    image->alt = scan_text(&s);
    *is_new = scan_bool(&s);
    scan_end(&s);
    return NULL;
}

struct err *
images_save_original(struct work *w, const struct sha256 *hash, uint64_t bytes)
{
    return db_exec(w, Q_images_finish_file, ARGS(arg_hash(w, hash), arg_i64(w, (int64_t)bytes)),
                   NULL);
}

static struct err *
unknown_image(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "image.unknown", "This product has no such image.");
}

struct err *
image_remove(struct work *w, struct product_id product, struct image_id image)
{
    int64_t removed;
    TRY(images_touch_product(w, product));
    TRY(db_exec(w, Q_images_remove,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n), arg_i64(w, image.n)),
                &removed));
    return removed == 1 ? NULL : unknown_image(w);
}

struct err *
image_move(struct work *w, struct product_id product, struct image_id image, int64_t place)
{
    int64_t moved;
    TRY(images_touch_product(w, product));
    TRY(db_exec(w, Q_images_move,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n), arg_i64(w, image.n),
                     arg_i64(w, place < 1 ? 1 : place)),
                &moved));
    return moved > 0 ? NULL : unknown_image(w);
}

void
images_read_hashes(struct work *w, const struct rows *rows, struct sha256 **out, size_t *n)
{
    *out = NEW_ARRAY(w->arena, struct sha256, (size_t)rows->count + 1);
    *n = (size_t)rows->count;
    for (int i = 0; i < rows->count; i++) {
        struct scan s = rows_at(rows, i);
        (*out)[i] = scan_hash(w, &s);
        scan_end(&s);
    }
}

struct err *
images_load_unused(struct work *w, struct sha256 **hashes, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_images_unused, NO_ARGS, &rows));
    images_read_hashes(w, &rows, hashes, n);
    return NULL;
}

struct err *
images_free_content(struct work *w, const struct sha256 *hash, int64_t *rows)
{
    return db_exec(w, Q_images_free, ARGS(arg_hash(w, hash)), rows);
}

struct err *
images_feed_wanted(struct work *w, const struct sha256 *hash, bool *wanted)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_images_feed_wanted, ARGS(arg_hash(w, hash)), &found, &s));
    *wanted = found;
    return NULL;
}

struct err *
images_save_feed(struct work *w, const struct sha256 *hash, const struct make_feed *made,
                 const char *refused)
{
    if (!made)
        return db_exec(w, Q_images_refuse_feed, ARGS(arg_hash(w, hash), arg_text(refused)), NULL);
    return db_exec(w, Q_images_finish_feed,
                   ARGS(arg_hash(w, hash), arg_i64(w, (int64_t)made->bytes),
                        arg_i64(w, made->width), arg_i64(w, made->height)),
                   NULL);
}
