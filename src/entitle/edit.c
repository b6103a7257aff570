#include "entitle/edit.h"

#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/inside.h"
#include "http/json.h"

struct err *
edit_holders(struct work *w, const struct entitle_offers *offers, int64_t *holders)
{
    struct rows rows;
    TRY(db_many(w, Q_entitle_holders, NO_ARGS, &rows));
    for (size_t i = 0; i < offers->count; i++)
        holders[i] = 0;
    for (int k = 0; k < rows.count; k++) {
        struct scan s = rows_at(&rows, k);
        const char *code = scan_text(&s);
        int64_t n = scan_i64(&s);
        scan_end(&s);
        for (size_t i = 0; i < offers->count; i++)
            if (text_is(offers->rows[i].code, code))
                holders[i] = n;
    }
    return NULL;
}

static void
put_or_null(struct json *j, const char *name, int64_t n)
{
    if (n < 0) /* no price, no limit */
        json_put_null(j, name);
    else
        json_put_i64(j, name, n);
}

static void
put_offer(struct json *j, const struct entitle_offer *offer)
{
    struct buf features = buf_new(j->out.arena, 64);
    for (size_t i = 0; offer->features && offer->features[i]; i++)
        buf_printf(&features, "%s%s", i ? " " : "", offer->features[i]);
    json_put_object(j, NULL);
    json_put_text(j, "code", offer->code);
    json_put_text(j, "name", offer->name);
    put_or_null(j, "rank", offer->rank);
    put_or_null(j, "month", offer->month);
    put_or_null(j, "year", offer->year);
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        put_or_null(j, entitle_names[i], offer->limit[i]);
    json_put_text(j, "features", features.at);
    json_put_end(j);
}

struct err *
edit_adopt(struct work *w)
{
    struct json j = json_begin(w->arena);
    json_put_array(&j, NULL);
    for (size_t i = 0; i < builtin_offers.count; i++)
        put_offer(&j, &builtin_offers.rows[i]);
    json_put_end(&j);
    TRY(db_exec(w, Q_entitle_lock, NO_ARGS, NULL));
    return db_exec(w, Q_entitle_adopt, ARGS(arg_text(j.out.at)), NULL);
}

struct err *
edit_save(struct work *w, const struct entitle_offer *offer)
{
    struct json j = json_begin(w->arena);
    int64_t written = 0;
    put_offer(&j, offer);
    TRY(db_exec(w, Q_entitle_save,
                ARGS(arg_text(offer->code), arg_text(j.out.at), arg_time(w, w->now_us),
                     arg_i64(w, offer->version)),
                &written));
    if (!written)
        return FAIL(w->arena, ERR_CONFLICT, "entitle.changed",
                    "Somebody changed this meanwhile. Look at it again.");
    return db_exec(w, Q_entitle_wake_holders, ARGS(arg_text(offer->code), arg_time(w, w->now_us)),
                   NULL);
}

struct err *
edit_retire(struct work *w, const char *code, bool retired)
{
    return db_exec(w, Q_entitle_retire,
                   ARGS(arg_text(code), arg_time(w, w->now_us), arg_bool(retired)), NULL);
}
