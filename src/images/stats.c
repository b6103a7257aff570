/* Sums over all contents take a while at millions of rows, a walk of the store takes longer: both
 * are jobs, and pages show the newest with its time. The fullest directory and the orphans come
 * from the last walk; all else is counted every minute. */
#include "images/stats.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "images/images.h"
#include "images/sweep.h"

#define REPORT      "images"
#define SCAN_REPORT "images_scan"

enum images_grade
images_grade_of(int64_t files)
{
    if (files < 10000)
        return GRADE_EXCELLENT;
    if (files < 100000)
        return GRADE_GOOD;
    return files < 500000 ? GRADE_DEGRADED : GRADE_SHARD;
}

const char *
images_grade_name(enum images_grade grade)
{
    static const char *const names[] = {
        [GRADE_EXCELLENT] = "excellent",
        [GRADE_GOOD] = "good",
        [GRADE_DEGRADED] = "degraded",
        [GRADE_SHARD] = "shard",
    };
    must(grade >= GRADE_EXCELLENT && grade <= GRADE_SHARD);
    return names[grade];
}

/* ---- Counting ---- */

static struct err *
count_contents(struct work *w, struct images_stats *st)
{
    struct scan s;
    TRY(db_one(w, Q_images_totals, NO_ARGS, &s));
    st->contents = scan_i64(&s);
    st->pending = scan_i64(&s);
    for (int i = 0; i < IMAGE_SIZES; i++) {
        st->bytes_by_size[i] = scan_i64(&s);
        st->bytes += st->bytes_by_size[i];
    }
    scan_skip(&s); /* bytes as uploaded */
    st->unused = scan_i64(&s);
    scan_end(&s);
    st->files = st->contents * IMAGE_SIZES - st->pending;
    st->average_bytes = st->files ? st->bytes / st->files : 0;
    return NULL;
}

static struct err *
count_shops(struct work *w, struct images_stats *st)
{
    struct rows rows;
    TRY(db_many(w, Q_images_by_vendor, NO_ARGS, &rows));
    for (int i = 0; i < rows.count && i < IMAGE_SHOPS_SHOWN; i++) {
        struct scan s = rows_at(&rows, i);
        struct images_shop *shop = &st->shops[st->shop_count++];
        shop->id.n = scan_i64(&s);
        shop->slug = scan_text(&s);
        shop->name = scan_text(&s);
        shop->images = scan_i64(&s);
        shop->bytes = scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}

void
images_put_shops(struct json *j, const char *name, const struct images_stats *st)
{
    json_put_array(j, name);
    for (size_t i = 0; i < st->shop_count; i++) {
        json_put_object(j, NULL);
        json_put_id(j, "id", st->shops[i].id.n);
        json_put_text(j, "slug", st->shops[i].slug);
        json_put_text(j, "name", st->shops[i].name);
        json_put_i64(j, "images", st->shops[i].images);
        json_put_i64(j, "bytes", st->shops[i].bytes);
        json_put_end(j);
    }
    json_put_end(j);
}

static const char *
stats_json(struct arena *a, const struct images_stats *st)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_i64(&j, "contents", st->contents);
    json_put_i64(&j, "pending", st->pending);
    json_put_i64(&j, "unused", st->unused);
    json_put_i64(&j, "files", st->files);
    json_put_i64(&j, "bytes", st->bytes);
    json_put_i64(&j, "bytes_original", st->bytes_by_size[IMAGE_ORIGINAL]);
    json_put_i64(&j, "bytes_800", st->bytes_by_size[IMAGE_800]);
    json_put_i64(&j, "bytes_200", st->bytes_by_size[IMAGE_200]);
    json_put_i64(&j, "average_bytes", st->average_bytes);
    images_put_shops(&j, "shops", st);
    json_put_end(&j);
    return j.out.at;
}

struct err *
images_take_stats(struct work *w, const struct job *j)
{
    struct images_stats *st = NEW(w->arena, struct images_stats);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(count_contents(w, st));
    TRY(count_shops(w, st));
    TRY(report_save(w, REPORT, stats_json(w->arena, st)));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

struct err *
images_scan_orphans(struct work *w, const struct job *j)
{
    struct images_scan scan;
    bool dry_run = strstr(j->args, "\"dry_run\": true") != NULL;
    TRY(images_walk(w, j, dry_run, &scan));

    struct json out = json_begin(w->arena);
    json_put_object(&out, NULL);
    json_put_bool(&out, "dry_run", scan.dry_run);
    json_put_i64(&out, "files", scan.files);
    json_put_i64(&out, "bytes", scan.bytes);
    json_put_i64(&out, "orphans", scan.orphans);
    json_put_i64(&out, "removed", scan.removed);
    json_put_text(&out, "fullest", scan.fullest);
    json_put_i64(&out, "fullest_files", scan.fullest_files);
    json_put_end(&out);

    tx_open(w, TX_OPERATOR_WRITE);
    TRY(report_save(w, SCAN_REPORT, out.out.at));
    TRY(job_finish(w, j, out.out.at));
    return tx_commit(w);
}

/* ---- Reading back ---- */

static void
end_json(void *json)
{
    json_decref(json);
}

static struct err *
load_report(struct work *w, const char *name, bool *found, int64_t *taken_us, json_t **out)
{
    const char *body;
    TRY(report_load(w, name, found, taken_us, &body));
    if (!*found)
        return NULL;
    json_t *json = json_loads(body, 0, NULL);
    if (!json)
        return BROKEN(w->arena, "images.report", name);
    arena_defer(w->arena, end_json, json);
    *out = json;
    return NULL;
}

static int64_t
number(const json_t *json, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(json, name));
}

static const char *
text(const json_t *json, const char *name)
{
    const char *s = json_string_value(json_object_get(json, name));
    return s ? s : "";
}

static void
read_shops(const json_t *list, struct images_stats *st)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        if (st->shop_count == IMAGE_SHOPS_SHOWN)
            return;
        struct images_shop *shop = &st->shops[st->shop_count++];
        *shop = (struct images_shop){ .slug = text(one, "slug"),
                                      .name = text(one, "name"),
                                      .images = number(one, "images"),
                                      .bytes = number(one, "bytes") };
        text_to_id(text(one, "id"), &shop->id.n);
    }
}

static struct err *
read_scan(struct work *w, struct images_stats *st)
{
    bool found;
    int64_t taken_us;
    json_t *scan;
    st->fullest = "";
    TRY(load_report(w, SCAN_REPORT, &found, &taken_us, &scan));
    if (!found)
        return NULL;
    st->scanned_us = taken_us;
    st->fullest = text(scan, "fullest");
    st->fullest_files = number(scan, "fullest_files");
    st->orphans = number(scan, "orphans");
    st->removed = number(scan, "removed");
    return NULL;
}

struct err *
images_stats_load(struct work *w, bool *found, int64_t *taken_us, struct images_stats *out)
{
    json_t *json;
    TRY(load_report(w, REPORT, found, taken_us, &json));
    if (!*found)
        return NULL;
    memset(out, 0, sizeof(*out));
    out->contents = number(json, "contents");
    out->pending = number(json, "pending");
    out->unused = number(json, "unused");
    out->files = number(json, "files");
    out->bytes = number(json, "bytes");
    out->bytes_by_size[IMAGE_ORIGINAL] = number(json, "bytes_original");
    out->bytes_by_size[IMAGE_800] = number(json, "bytes_800");
    out->bytes_by_size[IMAGE_200] = number(json, "bytes_200");
    out->average_bytes = number(json, "average_bytes");
    read_shops(json_object_get(json, "shops"), out);
    return read_scan(w, out);
}
