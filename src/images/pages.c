/* Pages of images: the operator's store, and what a vendor does to the pictures of a product. */
#include <math.h>

#include "base/text.h"
#include "db/db.h"
#include "http/form.h"
#include "http/request.h"
#include "images/images.h"
#include "images/routes.h"
#include "images/stats.h"
#include "queue/queue.h"
#include "view/value.h"

/* ---- The operator's store ---- */

static void
add_shops(struct val *m, const struct images_stats *st)
{
    struct val *shops = val_set_list(m, "shops");
    for (size_t i = 0; i < st->shop_count; i++) {
        struct val *row = val_add_map(shops);
        val_set_i64(row, "id", st->shops[i].id.n);
        val_set_text(row, "name", st->shops[i].name);
        val_set_count(row, "images", st->shops[i].images);
        val_set_bytes(row, "bytes", st->shops[i].bytes);
        val_set_count(row, "percent",
                      st->bytes ? llround(100.0 * (double)st->shops[i].bytes / (double)st->bytes)
                                : 0);
    }
}

static void
add_variants(struct val *m, const struct images_stats *st)
{
    static const char *const names[] = { "original", "800", "200" };
    struct val *variants = val_set_list(m, "variants");
    for (int i = 0; i < IMAGE_SIZES; i++) {
        struct val *row = val_add_map(variants);
        val_set_text(row, "name", names[i]);
        val_set_count(row, "files", st->contents - (i == IMAGE_ORIGINAL ? st->pending : 0));
        val_set_bytes(row, "bytes", st->bytes_by_size[i]);
        val_set_count(row, "percent",
                      st->bytes ? llround(100.0 * (double)st->bytes_by_size[i] / (double)st->bytes)
                                : 0);
    }
}

/* The directory meter runs to the count at which a store should move to object storage. */
static void
add_directory(struct work *w, struct val *m, const struct images_stats *st)
{
    struct val *d = val_set_map(m, "directory");
    enum images_grade grade = images_grade_of(st->fullest_files);
    val_set_text(d, "name", st->fullest);
    val_set_count(d, "files", st->fullest_files);
    val_set_word(d, "grade", text_printf(w->arena, "images.grade.%s", images_grade_name(grade)));
    val_set_bool(val_set_map(d, "state"),
                 grade <= GRADE_GOOD ? "ok" : (grade == GRADE_DEGRADED ? "warning" : "critical"),
                 true);
}

static struct err *
add_scan(struct work *w, struct val *m)
{
    struct job_view job;
    bool found;
    TRY(queue_newest(w, "images_scan_orphans", &found, &job));
    if (!found)
        return NULL;
    struct val *scan = val_set_map(m, "scan");
    bool live = text_is(job.state, "waiting") || text_is(job.state, "running");
    val_set_bool(scan, "running", live);
    val_set_bool(scan, "failed", text_is(job.state, "dead"));
    val_set_bool(scan, "done", text_is(job.state, "done"));
    val_set_time(scan, "at", live ? job.created_us : job.ended_us);
    return NULL;
}

struct err *
images_show_store(struct req *r)
{
    struct images_stats *st = NEW(r->work->arena, struct images_stats);
    struct val *m = val_map(r->work->arena);
    int64_t taken_us;
    bool found;

    TRY(images_stats_load(r->work, &found, &taken_us, st));
    TRY(add_scan(r->work, m));
    val_set_bool(m, "counted", found);
    val_set_time(m, "as_of", found ? taken_us : r->work->now_us);
    if (found) {
        val_set_count(m, "count", st->files);
        val_set_count(m, "contents", st->contents);
        val_set_count(m, "pending", st->pending);
        val_set_count(m, "unused", st->unused);
        val_set_bytes(m, "bytes", st->bytes);
        val_set_bytes(m, "average", st->average_bytes);
        add_variants(m, st);
        add_shops(m, st);
        val_set_bool(m, "scanned", st->scanned_us > 0);
        if (st->scanned_us) {
            val_set_time(m, "scanned_at", st->scanned_us);
            val_set_count(m, "orphans", st->orphans);
            val_set_count(m, "removed", st->removed);
            add_directory(r->work, m, st);
        }
    }
    return page(r, "admin/images/index", m);
}

struct err *
images_post_scan(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    bool remove = form_flag(&f, "remove");
    TRY(form_done(&f));
    TRY(queue_add(r->work, "images_scan_orphans", "",
                  remove ? "{\"dry_run\": false}" : "{\"dry_run\": true}", NULL));
    return see_other(r, "/admin/images?done=images.scan");
}

/* ---- A product's pictures ---- */

static struct err *
read_ids(struct req *r, struct product_id *product, struct image_id *image)
{
    TRY(param_id(r, 0, &product->n));
    return param_id(r, 1, &image->n);
}

static const char *
product_path(struct req *r, struct product_id product, const char *end)
{
    return text_printf(r->work->arena, "/vendor/products/%lld%s", (long long)product.n, end);
}

/* POST /vendor/products/{product}/images/{image}: `place` moves it, `remove` takes it away. */
struct err *
images_post_change(struct req *r)
{
    struct product_id product;
    struct image_id image;
    struct form f;
    TRY(read_ids(r, &product, &image));
    TRY(form_read(r, &f));
    bool remove = form_flag(&f, "remove");
    int64_t place = form_i64(&f, "place", 1, 1000, 1);
    TRY(form_done(&f));

    if (remove) {
        TRY(image_remove(r->work, product, image));
        return see_other(r, product_path(r, product, "?done=images.removed#images"));
    }
    TRY(image_move(r->work, product, image, place));
    return see_other(r, product_path(r, product, "?done=images.moved#images"));
}

/* GET …/images/{image}/delete: the question, with the picture it is about. */
struct err *
images_show_removal(struct req *r)
{
    struct product_id product;
    struct image_id image;
    struct images images;
    TRY(read_ids(r, &product, &image));
    TRY(images_of_product(r->work, product, &images));
    for (size_t i = 0; i < images.count; i++) {
        const struct image *one = &images.at[i];
        if (one->id.n != image.n)
            continue;
        struct val *m = val_map(r->work->arena);
        val_set_text(m, "action",
                     text_printf(r->work->arena, "%s/%lld", product_path(r, product, "/images"),
                                 (long long)image.n));
        val_set_text(m, "back", product_path(r, product, "#images"));
        val_set_text(m, "picture", one->variants[IMAGE_200].url);
        val_set_i64(m, "width", one->variants[IMAGE_200].width);
        val_set_i64(m, "height", one->variants[IMAGE_200].height);
        return page(r, "vendor/products/image/delete", m);
    }
    return FAIL(r->work->arena, ERR_NOT_FOUND, "image.unknown", "This product has no such image.");
}
