/* Warehouses for programs. */
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "stock/routes.h"
#include "stock/warehouse.h"

static void
put_warehouse(struct json *j, const struct warehouse *h)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", h->id.n);
    json_put_text(j, "code", h->code);
    json_put_text(j, "name", h->name);
    json_put_bool(j, "active", h->active);
    json_put_i64(j, "position", h->position);
    json_put_end(j);
}

static struct err *
answer_one(struct req *r, int status, struct warehouse_id id)
{
    struct warehouse h;
    struct json j = json_begin(r->work->arena);
    TRY(warehouse_load(r->work, id, &h));
    put_warehouse(&j, &h);
    return json_answer(r, status, &j.out);
}

struct err *
stock_get_warehouses(struct req *r)
{
    struct warehouse *all;
    size_t n;
    TRY(QUERY_ONLY(r, NULL));
    TRY(stock_warehouses(r->work, &all, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        put_warehouse(&j, &all[i]);
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
stock_post_warehouse_json(struct req *r)
{
    struct form f;
    struct warehouse h = { 0 };
    struct warehouse_id id;
    TRY(form_read(r, &f));
    warehouse_read(&f, &h);
    TRY(form_done(&f));
    TRY(warehouse_add(r->work, &h, &id));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/warehouses/%lld", (long long)id.n));
    return answer_one(r, 201, id);
}

/* Members code, name, active; those that are given. */
struct err *
stock_patch_warehouse(struct req *r)
{
    struct form f;
    struct warehouse h;
    struct warehouse_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(warehouse_load(r->work, id, &h));
    TRY(form_read(r, &f));
    warehouse_read(&f, &h);
    bool active = form_has(&f, "active") ? form_flag(&f, "active") : h.active;
    TRY(form_done(&f));
    TRY(warehouse_save(r->work, &h));
    if (active != h.active)
        TRY(warehouse_set_active(r->work, id, active));
    return answer_one(r, 200, id);
}
