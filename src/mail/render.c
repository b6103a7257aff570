#include "mail/render.h"

#include <jansson.h>

#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "mail/kinds.h"
#include "view/views.h"

#define HIDDEN "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"

static void
release(void *json)
{
    json_decref(json);
}

static struct err *
read_json(struct arena *a, const char *text, json_t **out)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (json)
        arena_defer(a, release, json);
    if (!json_is_object(json))
        return BROKEN(a, "mail.json", text_printf(a, "no object: %s", text));
    *out = json;
    return NULL;
}

/* A member's name says what its text is: a time, a key of words, or plain. */
static void
put_text(struct val *model, const char *name, const char *text)
{
    int64_t at_us;
    if (text_ends(name, "_at") && clock_parse_rfc3339(text, &at_us))
        val_set_time(model, name, at_us);
    else if (text_ends(name, "_word"))
        val_set_word(model, name, text);
    else
        val_set_text(model, name, text);
}

static void put_members(struct val *model, json_t *object, bool shown);

/* What a mail lists: objects, whose members are as those of the mail. */
static void
put_list(struct val *model, const char *name, json_t *array)
{
    struct val *list = val_set_list(model, name);
    json_t *one;
    size_t i;
    json_array_foreach(array, i, one) put_members(val_add_map(list), one, true);
}

static void
put_members(struct val *model, json_t *object, bool shown)
{
    const char *name;
    json_t *v;
    json_object_foreach(object, name, v)
    {
        if (!shown)
            val_set_text(model, name, HIDDEN);
        else if (json_is_string(v))
            put_text(model, name, json_string_value(v));
        else if (json_is_array(v))
            put_list(model, name, v);
        else if (json_is_integer(v))
            val_set_count(model, name, json_integer_value(v));
        else
            val_set_bool(model, name, json_is_true(v));
    }
}

static struct err *
fill_model(struct work *w, const struct mail *m, bool secret, struct val *model)
{
    const struct mail_kind *kind = mail_kind_find(m->kind);
    json_t *args, *hidden;
    TRY(read_json(w->arena, m->args, &args));
    val_set_text(model, "name", m->name);
    val_set_text(model, "address", m->address);
    val_set_text(model, "language", m->language);
    val_set_text(model, "url", w->settings->public_url);
    put_members(model, args, true);
    if (!kind || !kind->secret)
        return NULL;
    TRY(read_json(w->arena, secret && *m->secret ? m->secret : kind->secret, &hidden));
    put_members(model, hidden, secret && *m->secret);
    return NULL;
}

static struct err *
render_one(struct work *w, const struct views *views, const struct mail *m, const char *end,
           const struct val *model, const char **out)
{
    struct buf b = buf_new(w->arena, 4096);
    TRY(views_render(views, m->language, w->now_us,
                     text_printf(w->arena, "mail/%s%s", m->kind, end), model, &b));
    *out = b.at;
    return NULL;
}

struct err *
mail_render(struct work *w, const struct views *views, const struct mail *m, bool secret,
            struct rendered *out)
{
    struct val *model = val_map(w->arena);
    const char *key = text_printf(w->arena, "mail.%s.subject", m->kind);
    TRY(fill_model(w, m, secret, model));
    out->subject =
        language_fill(views_language(views, m->language), w->arena, key, model, w->now_us);
    if (!out->subject)
        return BROKEN(w->arena, "view.missing", key);
    TRY(render_one(w, views, m, "", model, &out->html));
    return render_one(w, views, m, ".txt", model, &out->text);
}
