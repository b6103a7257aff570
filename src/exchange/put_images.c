/* A file says where pictures are; they are fetched by a job, and what has been named before is not
 * fetched again. */
#include "exchange/put_images.h"

#include "images/fetch.h"

static size_t
count_images(const struct item *items, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused)
            count += items[i].from->image_count;
    return count;
}

static void
gather(const struct item *g, struct image_want *to)
{
    for (size_t i = 0; i < g->from->image_count; i++)
        to[i] = (struct image_want){ .product = g->result.id,
                                     .url = g->from->images[i].address,
                                     .alt = g->from->images[i].alt,
                                     .position = (int64_t)i + 1 };
}

struct err *
images_follow(struct work *w, struct item *items, size_t n, bool dry)
{
    size_t count = count_images(items, n), at = 0;
    struct image_want *wants = NEW_ARRAY(w->arena, struct image_want, count + 1);
    bool *is_new = NEW_ARRAY(w->arena, bool, count + 1);
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused) {
            gather(&items[i], wants + at);
            at += items[i].from->image_count;
        }
    TRY(images_want_new(w, wants, count, is_new));
    at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !items[i].refused && k < items[i].from->image_count; k++)
            items[i].images_new += is_new[at++];
    return dry ? NULL : images_want(w, wants, count);
}
