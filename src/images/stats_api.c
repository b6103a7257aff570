/* The operator's figures of the store as JSON. */
#include "http/json.h"
#include "http/request.h"
#include "images/images.h"
#include "images/routes.h"
#include "images/stats.h"

static void
put_bytes_by_size(struct json *j, const struct images_stats *st)
{
    json_put_object(j, "bytes_by_variant");
    json_put_i64(j, "original", st->bytes_by_size[IMAGE_ORIGINAL]);
    json_put_i64(j, "800", st->bytes_by_size[IMAGE_800]);
    json_put_i64(j, "200", st->bytes_by_size[IMAGE_200]);
    json_put_end(j);
}

static void
put_scan(struct json *j, const struct images_stats *st)
{
    if (!st->scanned_us) {
        json_put_null(j, "scan");
        return;
    }
    json_put_object(j, "scan");
    json_put_time(j, "at", st->scanned_us);
    json_put_i64(j, "orphans", st->orphans);
    json_put_i64(j, "removed", st->removed);
    json_put_text(j, "fullest_directory", st->fullest);
    json_put_i64(j, "fullest_files", st->fullest_files);
    json_put_text(j, "grade", images_grade_name(images_grade_of(st->fullest_files)));
    json_put_end(j);
}

struct err *
images_get_stats(struct req *r)
{
    struct images_stats *st = NEW(r->work->arena, struct images_stats);
    int64_t taken_us = 0;
    bool found;
    TRY(images_stats_load(r->work, &found, &taken_us, st));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_bool(&j, "counted", found);
    if (found) {
        json_put_time(&j, "as_of", taken_us);
        json_put_i64(&j, "files", st->files);
        json_put_i64(&j, "contents", st->contents);
        json_put_i64(&j, "pending", st->pending);
        json_put_i64(&j, "unused", st->unused);
        json_put_i64(&j, "bytes", st->bytes);
        json_put_i64(&j, "average_bytes", st->average_bytes);
        put_bytes_by_size(&j, st);
        put_scan(&j, st);
        images_put_shops(&j, "vendors", st);
    }
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}
