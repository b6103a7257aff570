#include "exchangetest.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "exchange/exchange.h"
#include "exchange/tasks.h"
#include "http/site.h"

#define BOUNDARY  "of-the-parts"
#define FILE_MOST ((size_t)256 << 20)

static void
add_fields(struct buf *b, const char *fields)
{
    for (const char *at = fields; at && *at;) {
        size_t name = strcspn(at, "="), value = strcspn(at + name + 1, "&");
        buf_printf(b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n",
                   (int)name, at);
        buf_printf(b, "%.*s\r\n", (int)value, at + name + 1);
        at += name + 1 + value;
        at += *at == '&';
    }
}

struct reply
send_file(struct web *w, const struct person *who, const char *path, const char *name,
          struct bytes file, const char *fields)
{
    struct buf b = buf_new(w->work.arena, file.length + 1024);
    add_fields(&b, fields);
    buf_printf(&b,
               "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"file\"; "
               "filename=\"%s\"\r\n\r\n",
               name);
    buf_add(&b, file.at, file.length);
    buf_text(&b, "\r\n--" BOUNDARY "--\r\n");
    return web_send(w, &(struct call){ .who = as(who),
                                       .method = "POST",
                                       .path = path,
                                       .type = "multipart/form-data; boundary=" BOUNDARY,
                                       .body = BYTES(b.at, b.length) });
}

static void
free_json(void *json)
{
    json_decref(json);
}

static const json_t *
body_of(struct web *w, struct reply r)
{
    json_t *json = json_loadb(r.body, r.length, 0, NULL);
    assert_non_null(json);
    arena_defer(w->work.arena, free_json, json);
    return json;
}

static int64_t
id_of(const json_t *json)
{
    int64_t id = 0;
    assert_true(text_to_id(json_string_value(json_object_get(json, "id")), &id));
    return id;
}

int64_t
give_file(struct web *w, const struct person *who, const char *name, struct bytes file,
          const char *fields)
{
    struct reply r = send_file(w, who, "/api/v1/vendor/imports", name, file, fields);
    if (r.status != 201)
        fail_msg("%s: %d %s", name, r.status, r.body);
    return id_of(body_of(w, r));
}

int64_t
give_text(struct web *w, const struct person *who, const char *name, const char *text,
          const char *fields)
{
    return give_file(w, who, name, BYTES(text, strlen(text)), fields);
}

struct db *
new_db_of_jobs(struct web *w)
{
    const char *conninfo =
        text_join(w->db->process, w->db->app_url, " options='-c statement_timeout=60s'", NULL);
    return dbtest_second_by(w->db, conninfo, true)->db;
}

struct db *
db_of_jobs(struct web *w)
{
    static struct db *db;
    if (!db)
        db = new_db_of_jobs(w);
    return db;
}

void
do_jobs(struct web *w)
{
    struct work own = w->work;
    const struct job_table tables[] = { { exchange_jobs, exchange_job_count } };
    struct runner_options how = { .tables = tables, .count = COUNT(tables), .name = "test" };
    struct runner *runner;
    bool ran = true;
    own.db = db_of_jobs(w);
    exchange_use(w->site->views);
    assert_no_err(runner_new(w->db->process, &how, &runner));
    while (ran)
        assert_no_err(runner_turn(&own, runner, &ran));
}

void
act_on(struct web *w, const struct person *who, int64_t import, const char *what)
{
    struct reply r = web_json(
        w, as(who), "POST",
        text_printf(w->work.arena, "/api/v1/vendor/imports/%lld/%s", (long long)import, what),
        "{}");
    if (r.status / 100 != 2)
        fail_msg("%s: %d %s", what, r.status, r.body);
    do_jobs(w);
}

int64_t
import_text(struct web *w, const struct person *who, const char *name, const char *text)
{
    int64_t id = give_text(w, who, name, text, "check=1");
    do_jobs(w);
    act_on(w, who, id, "run");
    return id;
}

const json_t *
look_at(struct web *w, const struct person *who, int64_t import)
{
    struct reply r = web_get(
        w, as(who), text_printf(w->work.arena, "/api/v1/vendor/imports/%lld", (long long)import));
    assert_status(r, 200);
    return body_of(w, r);
}

const char *
state_of(const json_t *import)
{
    return json_string_value(json_object_get(import, "state"));
}

int64_t
count_of(const json_t *import, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(import, "counts"), name));
}

void
assert_counts(const json_t *import, int64_t created, int64_t changed, int64_t unchanged,
              int64_t refused)
{
    const int64_t wanted[] = { created, changed, unchanged, refused };
    static const char *const names[] = { "created", "changed", "unchanged", "refused" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (count_of(import, names[i]) != wanted[i])
            fail_msg("%s is not %lld in %s", names[i], (long long)wanted[i],
                     json_dumps(import, JSON_COMPACT));
}

struct bytes
file_of(struct web *w, struct reply r)
{
    struct bytes b;
    const char *at = reply_header(&r, "X-Accel-Redirect");
    assert_status(r, 200);
    assert_non_null(at);
    assert_true(text_starts(at, "/exchange-files/"));
    assert_no_err(file_read(w->work.arena,
                            text_join(w->work.arena, w->db->settings.exchange, "/",
                                      at + strlen("/exchange-files/"), NULL),
                            FILE_MOST, &b));
    return b;
}

struct bytes
export_of(struct web *w, const struct person *who, const char *body)
{
    struct reply r = web_json(w, as(who), "POST", "/api/v1/vendor/exports", body);
    assert_status(r, 201);
    long long id = (long long)id_of(body_of(w, r));
    do_jobs(w);
    return file_of(
        w, web_get(w, as(who), text_printf(w->work.arena, "/api/v1/vendor/exports/%lld/file", id)));
}
