/* How an uploaded file becomes an image of a product.
 *
 * The pixels are worked on before any transaction begins, in a child process; files are durable
 * before a row names them; rows are written under the content's lock, after a look whether the
 * files still lie there (a sweep may have freed the same content in between). Whatever a crash
 * interrupts: either the answer was given and all is there, or nothing refers to what is left, and
 * the next scan removes it. */
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "images/make.h"
#include "images/store.h"
#include "images/sweep.h"
#include "queue/queue.h"

/* Below this many pixels the original is made at once: it takes less time than a job's round. */
#define AT_ONCE_PIXELS 1500000

static struct err *
check_room(struct work *w, struct product_id product)
{
    struct image_room room;
    TRY(images_room(w, product, &room));
    if (room.used < room.most)
        return NULL;
    return FAIL(w->arena, ERR_CONFLICT, "image.too_many",
                text_printf(w->arena,
                            "This product has %lld images, and %lld are the most it may have.",
                            (long long)room.used, (long long)room.most));
}

/* Before any work: is there such a product, and room? And is the content known already? */
static struct err *
look(struct work *w, struct product_id product, const struct sha256 *hash, bool *known,
     struct image *content)
{
    tx_open(w, TX_READ);
    TRY(check_room(w, product));
    TRY(images_load_content(w, hash, known, content));
    tx_rollback(w);
    return NULL;
}

static void
fill(struct work *w, struct image *image, const struct make_result *made)
{
    static const char *const names[IMAGE_SIZES] = { "original", "800", "200" };
    for (int i = 0; i < IMAGE_SIZES; i++)
        image->variants[i] = (struct image_variant){
            .url = text_printf(w->arena, "/media/%s", image_name(w->arena, &image->hash, names[i])),
            .width = made->variants[i].width,
            .height = made->variants[i].height,
            .bytes = (int64_t)made->variants[i].bytes,
        };
    image->pending = !made->variants[IMAGE_ORIGINAL].bytes;
    image->variants[IMAGE_ORIGINAL].width = made->width;
    image->variants[IMAGE_ORIGINAL].height = made->height;
}

static struct err *
make_new(struct work *w, const char *path, struct image *image)
{
    struct make_result made;
    image->alt = "";
    TRY(make_files(w->arena, w->media, w->settings, path, &image->hash, MAKE_SMALL, AT_ONCE_PIXELS,
                   &made));
    fill(w, image, &made);
    if (image->pending)
        TRY(storage_take(w->media, w->arena, image_name(w->arena, &image->hash, "source.bin"),
                         path));
    return NULL;
}

/* The small files lie there, and the original or what it will be made of. */
static struct err *
files_there(struct work *w, const struct image *image, bool *all)
{
    uint64_t bytes;
    const char *names[] = { "800", "200", image->pending ? "source.bin" : "original" };
    *all = true;
    for (size_t i = 0; i < COUNT(names) && *all; i++)
        TRY(storage_size(w->media, w->arena, image_name(w->arena, &image->hash, names[i]), all,
                         &bytes));
    return NULL;
}

static struct err *
write_rows(struct work *w, struct product_id product, uint64_t bytes, struct image *image,
           bool *all)
{
    bool is_new;
    const char *hex = hex_text(w->arena, BYTES(image->hash.bytes, sizeof(image->hash.bytes)));
    TRY(images_lock_content(w, &image->hash));
    TRY(files_there(w, image, all));
    if (!*all)
        return NULL;
    TRY(images_touch_product(w,
                             product)); /* takes turns with other uploads to it: the count holds */
    TRY(images_save_content(w, image, bytes));
    TRY(images_attach(w, product, image, &is_new));
    if (is_new) {
        struct image_room room;
        TRY(images_room(w, product, &room));
        if (room.used > room.most)
            return FAIL(w->arena, ERR_CONFLICT, "image.too_many",
                        "This product has as many images as it may have.");
    }
    if (image->pending)
        TRY(queue_add(w, "images_finish_original", hex,
                      text_printf(w->arena, "{\"hash\": \"%s\"}", hex), NULL));
    return NULL;
}

struct err *
image_accept(struct work *w, struct product_id product, const char *path, uint64_t bytes,
             const struct sha256 *hash, struct image *out)
{
    struct image image = { .hash = *hash, .alt = "" };
    bool known, all = false;
    TRY(look(w, product, hash, &known, &image));
    for (int tries = 0; tries < 2 && !all; tries++) {
        if (!known)
            TRY(make_new(w, path, &image));
        tx_open(w, TX_WRITE);
        TRY(write_rows(w, product, bytes, &image, &all));
        TRY(tx_commit(w));
        known = false; /* it was swept away meanwhile: once more, from the upload */
    }
    if (!all)
        return BROKEN(w->arena, "image.files_gone", "files missing after they were written");
    *out = image;
    return NULL;
}

/* The job that follows: the original from the kept upload. Running it twice writes the same file.
 */
struct err *
images_finish_original(struct work *w, const struct job *j)
{
    struct sha256 hash;
    struct image image;
    uint64_t bytes = 0;
    bool found;
    if (!hex_bytes(j->key, hash.bytes, sizeof(hash.bytes)))
        return FAIL(w->arena, ERR_INVALID, "image.job", "The job names no content.");
    tx_open(w, TX_OPERATOR_READ);
    TRY(images_load_content(w, &hash, &found, &image));
    tx_rollback(w);

    char *source = image_name(w->arena, &hash, "source.bin");
    if (found && image.pending) {
        char *path = text_printf(w->arena, "%s/%s.source", w->settings->uploads, j->key);
        TRY(storage_fetch(w->media, w->arena, source, path));
        TRY(make_original(w->arena, w->media, w->settings, path, &hash, &bytes));
    }
    tx_open(w, TX_OPERATOR_WRITE);
    if (found && image.pending)
        TRY(images_save_original(w, &hash, bytes));
    TRY(job_finish(w, j, "{}"));
    TRY(tx_commit(w));
    return storage_drop(w->media, w->arena, source);
}
