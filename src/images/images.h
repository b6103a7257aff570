/* Product images: what other rooms may use. The pixels are convert.h's business, the bytes
 * storage.h's; here is which product shows which image, and how a file becomes one.
 *
 * A file is known by the SHA-256 of its uploaded bytes: the same bytes are stored once, whoever
 * uploads them, and freed a day after their last use. An upload is answered once its bytes are
 * durable and the 800 and 200 variants are served; the original of a large picture follows as a
 * job (`pending` until it is there) that reads the kept upload, so a crash loses nothing. */
#pragma once
#include "base/digest.h"
#include "base/work.h"

struct json;
struct val;

enum image_size { IMAGE_ORIGINAL, IMAGE_800, IMAGE_200, IMAGE_SIZES };

struct image_variant {
    const char *url; /* "/media/products/…webp" */
    int64_t width, height, bytes;
};

/* Lives in the arena of the work that loaded it. */
struct image {
    struct image_id id;
    struct sha256 hash;
    int64_t position; /* 1 is the main image; gaps are possible */
    const char *alt;
    bool pending; /* the original is not served yet; its bytes are 0 */
    struct image_variant variants[IMAGE_SIZES];
};

struct images {
    struct image *at;
    size_t count;
};

/* In order of position. Nothing for a product that is not the tenant's. */
struct err *images_of_product(struct work *w, struct product_id product,
                              struct images *out) MUST_CHECK;

/* {"id", "position", "alt", "pending"?, "original": {"url", "width", "height", "bytes"}, "800",
 * "200"} */
void image_json(struct json *j, const char *name, const struct image *image);
/* The same in the words of a template, as "images" and the flag "has_images": id, number (from 1),
 * alt, pending, main, last; original, w800 and w200 with url, width, height, bytes. */
void images_model(struct val *model, const struct images *images);

/* A file that lies in the uploads directory becomes an image of the product. Opens transactions of
 * its own: none may be open. The upload file is moved or left to its owner to remove.
 * NOT_FOUND image.no_product; CONFLICT image.too_many (the product has as many as its shop may);
 * UNSUPPORTED, INVALID, TOO_LARGE image.* as in convert.h; FULL file.no_room.
 * The same file again on the same product is the image that is there. */
struct err *image_accept(struct work *w, struct product_id product, const char *path,
                         uint64_t bytes, const struct sha256 *hash, struct image *out) MUST_CHECK;

/* Inside the caller's TX_WRITE; both raise the product's version. NOT_FOUND image.unknown. */
struct err *image_remove(struct work *w, struct product_id product,
                         struct image_id image) MUST_CHECK;
/* Moves it to the place, 1 … count, the others keep their order. */
struct err *image_move(struct work *w, struct product_id product, struct image_id image,
                       int64_t place) MUST_CHECK;

/* How many the product has, and may have. NOT_FOUND image.no_product. */
struct image_room {
    int64_t used, most;
};
struct err *images_room(struct work *w, struct product_id product,
                        struct image_room *out) MUST_CHECK;

/* What the upload part of a page needs: `upload` {action, api, most_bytes, most_mib, left, used,
 * limit, region}. */
void images_upload_model(struct work *w, struct val *model, struct product_id product,
                         const struct image_room *room);

/* Names in the store. */
char *image_name(struct arena *a, const struct sha256 *hash,
                 const char *what); /* "products/00/1a/001a…_800.webp" for "800" */
