/* An image as clients and templates see it. */
#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"
#include "images/images.h"
#include "view/value.h"

static const char *const json_names[IMAGE_SIZES] = { "original", "800", "200" };
/* A template's name may not begin with a digit that reads like an index. */
static const char *const model_names[IMAGE_SIZES] = { "original", "w800", "w200" };

void
image_json(struct json *j, const char *name, const struct image *image)
{
    json_put_object(j, name);
    json_put_id(j, "id", image->id.n);
    json_put_i64(j, "position", image->position);
    json_put_text(j, "alt", image->alt);
    if (image->pending)
        json_put_bool(j, "pending", true);
    for (int i = 0; i < IMAGE_SIZES; i++) {
        const struct image_variant *v = &image->variants[i];
        json_put_object(j, json_names[i]);
        json_put_text(j, "url", v->url);
        json_put_i64(j, "width", v->width);
        json_put_i64(j, "height", v->height);
        if (i == IMAGE_ORIGINAL && image->pending)
            json_put_null(j, "bytes");
        else
            json_put_i64(j, "bytes", v->bytes);
        json_put_end(j);
    }
    json_put_end(j);
}

void
images_model(struct val *model, const struct images *images)
{
    struct val *list = val_set_list(model, "images");
    val_set_bool(model, "has_images", images->count > 0);
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = &images->at[i];
        struct val *row = val_add_map(list);
        val_set_i64(row, "id", image->id.n);
        val_set_i64(row, "number", (int64_t)i + 1);
        val_set_text(row, "url", image->variants[IMAGE_200].url);
        val_set_i64(row, "width", image->variants[IMAGE_200].width);
        val_set_i64(row, "height", image->variants[IMAGE_200].height);
        val_set_i64(row, "earlier", (int64_t)i);
        val_set_i64(row, "later", (int64_t)i + 2);
        val_set_bool(row, "main", i == 0);
        val_set_bool(row, "last", i + 1 == images->count);
        val_set_text(row, "alt", image->alt);
        val_set_bool(row, "pending", image->pending);
        for (int s = 0; s < IMAGE_SIZES; s++) {
            const struct image_variant *v = &image->variants[s];
            struct val *variant = val_set_map(row, model_names[s]);
            val_set_text(variant, "url", v->url);
            val_set_i64(variant, "width", v->width);
            val_set_i64(variant, "height", v->height);
            val_set_bytes(variant, "bytes", v->bytes);
        }
    }
}

void
images_upload_model(struct work *w, struct val *model, struct product_id product,
                    const struct image_room *room)
{
    struct val *upload = val_set_map(model, "upload");
    long long id = (long long)product.n;
    int64_t left = room->most - room->used;
    val_set_text(upload, "action", text_printf(w->arena, "/vendor/products/%lld/images", id));
    val_set_text(upload, "api", text_printf(w->arena, "/api/v1/vendor/products/%lld/images", id));
    val_set_i64(upload, "most_bytes", w->settings->upload_bytes);
    val_set_i64(upload, "most_mib", w->settings->upload_bytes >> 20);
    val_set_i64(upload, "left", left > 0 ? left : 0);
    val_set_i64(upload, "used", room->used);
    val_set_i64(upload, "limit", room->most);
    val_set_text(upload, "region", "images");
}
