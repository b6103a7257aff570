/* /admin/audit: newest first, each act with what it changed. */
#include <jansson.h>
#include <string.h>

#include "audit/log.h"
#include "audit/routes.h"
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "queue/queue.h"
#include "view/language.h"
#include "view/value.h"
#include "view/views.h"

#define PAGE      50
#define PAGE_MOST 200

/* ---- What changed ---- */

/* A value as a person reads it: texts without their quotes. */
static const char *
shown(struct arena *a, const json_t *v)
{
    if (!v || json_is_null(v))
        return NULL;
    if (json_is_string(v))
        return text_copy(a, json_string_value(v));
    size_t length = json_dumpb(v, NULL, 0, JSON_ENCODE_ANY | JSON_COMPACT);
    char *text = arena_alloc(a, length + 1);
    json_dumpb(v, text, length, JSON_ENCODE_ANY | JSON_COMPACT);
    return text;
}

static void
add_change(struct arena *a, struct val *list, const char *name, const json_t *before,
           const json_t *after)
{
    struct val *row = val_add_map(list);
    val_set_text(row, "member", text_copy(a, name));
    val_set_text(row, "before", shown(a, before));
    val_set_text(row, "after", shown(a, after));
}

static void
free_json(void *json)
{
    json_decref(json);
}

/* An object in the arena's keeping; NULL for "". */
static json_t *
read_object(struct arena *a, const char *text)
{
    json_t *json = *text ? json_loads(text, 0, NULL) : NULL;
    if (json)
        arena_defer(a, free_json, json);
    return json;
}

/* Every member that is on one side only, or differs. */
static void
set_changes(struct arena *a, struct val *m, const struct audit_row *row)
{
    json_t *before = read_object(a, row->before), *after = read_object(a, row->after);
    struct val *list = val_set_list(m, "changes");
    const char *name;
    json_t *value;
    json_object_foreach(before, name, value)
    {
        const json_t *now = json_object_get(after, name);
        if (!now || !json_equal(value, now))
            add_change(a, list, name, value, now);
    }
    json_object_foreach(after, name, value)
    {
        if (!json_object_get(before, name))
            add_change(a, list, name, NULL, value);
    }
}

/* ---- The page ---- */

/* In words where these know the act, else by its name. */
static void
set_what(struct req *r, struct val *m, const struct audit_row *row)
{
    const char *key = text_printf(r->work->arena, "act.%s", row->what);
    val_set_text(m, "what", row->what);
    if (language_knows(views_language(r->site->views, r->work->language), key))
        val_set_word(m, "did", key);
    else
        val_set_text(m, "did", row->what);
}

static void
add_row(struct req *r, struct val *list, const struct audit_row *row)
{
    struct arena *a = r->work->arena;
    struct val *m = val_add_map(list);
    set_what(r, m, row);
    set_changes(a, m, row);
    val_set_time(m, "at", row->at_us);
    val_set_text(m, "who", row->actor_email);
    val_set_text(m, "who_path", query_with(r, "who", row->actor_email));
    val_set_text(m, "acted_by", row->acted_by);
    val_set_text(m, "object", row->object);
    val_set_text(m, "object_path", query_with(r, "object", row->object));
    val_set_text(m, "reason", row->reason);
    val_set_text(m, "address", row->address);
    val_set_text(m, "request", row->request);
    val_set_text(m, "shop", row->shop);
    if (row->chain)
        val_set_text(m, "shop_path", text_printf(a, "/admin/vendors/%lld", (long long)row->chain));
}

static void
show_filter(const struct req *r, struct val *m)
{
    static const char *const names[] = { "who", "what", "object", "vendor", "from", "to" };
    bool any = false;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = query_text(r, names[i]);
        form_prefill(m, names[i], value);
        any |= value && *value;
    }
    val_set_bool(m, "filtered", any);
}

/* What the daily check said last. */
static struct err *
show_check(struct req *r, struct val *m)
{
    bool found;
    int64_t taken_us;
    const char *body;
    TRY(report_load(r->work, "audit", &found, &taken_us, &body));
    if (!found)
        return NULL;
    const json_t *report = read_object(r->work->arena, body);
    bool broken = json_integer_value(json_object_get(report, "broken")) > 0;
    val_set_bool(m, "broken", broken);
    val_set_bool(m, "whole", !broken);
    val_set_time(m, "checked", taken_us);
    return NULL;
}

struct err *
audit_show(struct req *r)
{
    struct audit_filter f;
    struct audit_rows rows;
    TRY(audit_read_filter(r, PAGE, PAGE_MOST, &f));
    TRY(audit_list(r->work, &f, &rows));

    struct val *m = val_map(r->work->arena), *list = val_set_list(m, "acts");
    for (size_t i = 0; i < rows.count; i++)
        add_row(r, list, &rows.at[i]);
    val_set_bool(m, "has_acts", rows.count > 0);
    show_filter(r, m);
    TRY(show_check(r, m));
    const char *query = query_with(r, "cursor", NULL);
    val_set_text(m, "export", text_printf(r->work->arena, "/admin/audit/export%s", query));
    if (f.behind)
        val_set_text(m, "newer", query);
    if (rows.more)
        val_set_text(m, "older",
                     query_with(r, "cursor", audit_cursor(r->work, &rows.at[rows.count - 1])));
    return page(r, "admin/audit/index", m);
}
