/* Images over the API, and the page's upload that shares its work. */
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "http/form.h"
#include "http/json.h"
#include "http/upload.h"
#include "images/images.h"
#include "images/routes.h"
#include "view/value.h"

/* One file of an upload: an image or why not. */
struct outcome {
    const char *name;
    struct image image;
    struct err *failure;
};

struct outcomes {
    struct outcome *at;
    size_t count;
    const struct err *first_failure;
    bool any_image;
};

/* What ends the whole upload is ours to mend; what is wrong with one file is said of that file. */
static bool
is_of_one_file(const struct err *e)
{
    return e->kind == ERR_INVALID || e->kind == ERR_UNSUPPORTED || e->kind == ERR_TOO_LARGE ||
           (e->kind == ERR_CONFLICT && text_is(e->code, "image.too_many"));
}

static struct err *
accept_all(struct req *r, struct product_id product, struct outcomes *out)
{
    struct upload upload;
    TRY(upload_read(r, (uint64_t)r->work->settings->upload_bytes, &upload));
    struct outcomes o = { .at = NEW_ARRAY(r->work->arena, struct outcome, upload.count + 1) };
    for (size_t i = 0; i < upload.count; i++) {
        const struct upload_file *file = &upload.files[i];
        if (!text_is(file->field, "image") || (!file->bytes && !*file->name))
            continue; /* a browser sends an empty part for a field left empty */
        struct outcome *one = &o.at[o.count++];
        one->name = file->name;
        one->failure = file->refused;
        if (!one->failure)
            one->failure =
                image_accept(r->work, product, file->path, file->bytes, &file->hash, &one->image);
        tx_rollback(r->work);
        if (one->failure && !is_of_one_file(one->failure))
            return one->failure;
        o.any_image |= !one->failure;
        if (one->failure && !o.first_failure)
            o.first_failure = one->failure;
    }
    if (!o.count)
        return FAIL_FIELD(r->work->arena, ERR_INVALID, "image.none", "image",
                          "Choose at least one picture.");
    *out = o;
    return NULL;
}

/* 201 when at least one is there now; else what is wrong with the first. */
struct err *
images_post_upload(struct req *r)
{
    struct product_id product;
    struct outcomes o;
    TRY(param_id(r, 0, &product.n));
    TRY(accept_all(r, product, &o));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < o.count; i++) {
        if (o.at[i].failure)
            problem_json(r, &j, NULL, o.at[i].failure);
        else
            image_json(&j, NULL, &o.at[i].image);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, o.any_image ? 201 : err_status(o.first_failure), &j.out);
}

struct err *
images_post_upload_page(struct req *r)
{
    struct product_id product;
    struct outcomes o;
    struct arena *a = r->work->arena;
    TRY(param_id(r, 0, &product.n));
    const char *back = text_printf(a, "/vendor/products/%lld", (long long)product.n);
    TRY(accept_all(r, product, &o));
    if (!o.first_failure)
        return see_other(r, text_printf(a, "%s?done=images.uploaded#images", back));
    struct val *m = val_map(a), *files = val_set_list(m, "files");
    for (size_t i = 0; i < o.count; i++) {
        struct val *row = val_add_map(files);
        val_set_text(row, "name", o.at[i].name);
        val_set_bool(row, "ok", !o.at[i].failure);
        val_set_text(row, "say", o.at[i].failure ? problem_say(r, o.at[i].failure) : "");
        if (!o.at[i].failure)
            val_set_text(row, "url", o.at[i].image.variants[IMAGE_200].url);
    }
    val_set_text(m, "back", back);
    return page_status(r, o.any_image ? 200 : err_status(o.first_failure),
                       "vendor/products/image/result", m);
}

struct err *
images_get_list(struct req *r)
{
    struct product_id product;
    struct image_room room;
    struct images images;
    TRY(param_id(r, 0, &product.n));
    TRY(images_room(r->work, product, &room));
    TRY(images_of_product(r->work, product, &images));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < images.count; i++)
        image_json(&j, NULL, &images.at[i]);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
images_delete_one(struct req *r)
{
    struct product_id product;
    struct image_id image;
    TRY(param_id(r, 0, &product.n));
    TRY(param_id(r, 1, &image.n));
    TRY(image_remove(r->work, product, image));
    return no_content(r);
}
