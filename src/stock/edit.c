#include "stock/edit.h"

#include <string.h>

#include "base/text.h"
#include "stock/inside.h"

/* ---- Why ---- */

const char *const stock_reasons[] = { "counted",  "damaged", "lost",       "found",
                                      "returned", "used",    "correction", "other" };
const size_t stock_reason_count = COUNT(stock_reasons);

const char *
reason_join(struct arena *a, const char *reason, const char *note)
{
    return *note ? text_join(a, reason, ": ", note, NULL) : reason;
}

const char *
reason_split(const char *kept, const char **note)
{
    for (size_t i = 0; i < stock_reason_count; i++) {
        size_t n = strlen(stock_reasons[i]);
        if (strncmp(kept, stock_reasons[i], n) != 0)
            continue;
        if (kept[n] && strncmp(kept + n, ": ", 2) != 0)
            continue;
        *note = kept[n] ? kept + n + 2 : "";
        return stock_reasons[i];
    }
    *note = kept;
    return NULL;
}

const char *
edit_reason(struct form *f)
{
    const char *reason = form_word(f, "reason", 1, 40);
    const char *note = form_text(f, "note", 0, STOCK_NOTE_MOST), *rest;
    if (*reason && !text_is(reason_split(reason, &rest), reason))
        form_fail(f, "reason", "stock.reason", "This is none of the reasons of the list.");
    return reason_join(f->r->work->arena, reason, note);
}

enum stock_kind
edit_kind(const char *kept)
{
    return text_starts(kept, "counted") ? STOCK_COUNT : STOCK_CORRECT;
}

/* ---- What ---- */

void
warehouse_word(struct form *f, const char *name, struct warehouse_id *id, const char **code)
{
    const char *word = form_word(f, name, 0, 40);
    id->n = 0;
    *code = word;
    if (text_to_id(word, &id->n))
        *code = NULL;
}

static void
read_pieces(struct form *f, struct stock_change *c)
{
    c->by = form_has(f, "adjust");
    if (c->by == form_has(f, "on_hand")) {
        if (c->by)
            form_fail(f, "adjust", "stock.one_of", "Give on_hand or adjust, not both.");
        else if (!form_has(f, "low_at"))
            form_fail(f, "on_hand", "field.needed", "This is needed.");
        c->by = true; /* by nothing */
        return;
    }
    c->pieces = c->by ? form_i64(f, "adjust", -STOCK_MOST, STOCK_MOST, 0)
                      : form_i64(f, "on_hand", 0, STOCK_MOST, 0);
}

static void
read_low(struct form *f, struct stock_change *c)
{
    c->has_low_at = form_has(f, "low_at");
    c->low_at = form_i64(f, "low_at", 0, STOCK_MOST, -1);
}

void
edit_read(struct form *f, struct stock_edit *out)
{
    struct stock_edit e = { 0 };
    warehouse_word(f, "warehouse", &e.change.warehouse, &e.change.code);
    e.change.bin = form_text(f, "bin", 0, STOCK_BIN_MOST);
    read_pieces(f, &e.change);
    read_low(f, &e.change);
    e.change.expected = form_i64(f, "expected", 0, STOCK_MOST, -1);
    e.reason = edit_reason(f);
    e.kind = edit_kind(e.reason);
    *out = e;
}

void
receipt_read(struct form *f, struct stock_edit *out)
{
    struct stock_edit e = { .kind = STOCK_RECEIVE };
    warehouse_word(f, "warehouse", &e.change.warehouse, &e.change.code);
    e.change.bin = form_text(f, "bin", 0, STOCK_BIN_MOST);
    e.change.by = true;
    e.change.expected = -1;
    e.change.pieces = form_i64(f, "pieces", 1, STOCK_MOST, 0);
    if (!form_has(f, "pieces") || !*form_raw(f, "pieces"))
        form_fail(f, "pieces", "field.needed", "This is needed.");
    e.reason = form_text(f, "note", 0, STOCK_NOTE_MOST);
    *out = e;
}

void
move_read(struct form *f, struct stock_move *out)
{
    struct stock_move m = *out;
    m.from.n = form_i64(f, "from", 1, INT64_MAX, 0);
    m.to.n = form_i64(f, "to", 1, INT64_MAX, 0);
    m.from_bin = form_text(f, "from_bin", 0, STOCK_BIN_MOST);
    m.to_bin = form_text(f, "to_bin", 0, STOCK_BIN_MOST);
    m.pieces = form_i64(f, "pieces", 1, STOCK_MOST, 0);
    if (!m.pieces)
        form_fail(f, "pieces", "field.needed", "This is needed.");
    m.reason = form_text(f, "note", 0, STOCK_NOTE_MOST);
    *out = m;
}

/* ---- What became of it ---- */

static struct err *
refusal(struct work *w, enum err_kind kind, const char *code, const char *field, const char *say,
        int64_t used, int64_t limit)
{
    struct err *e = FAIL_FIELD(w->arena, kind, code, field, say);
    e->about = "";
    e->used = used;
    e->limit = limit;
    return e;
}

struct err *
edit_refused(struct work *w, const struct stock_change *c, const struct stock_outcome_of *o,
             const char *prefix)
{
    struct arena *a = w->arena;
    const char *field = text_join(a, prefix, c->by ? "adjust" : "on_hand", NULL);
    switch (o->outcome) {
    case STOCK_CHANGED:
    case STOCK_SAME:
        return NULL;
    case STOCK_NO_VARIANT:
        return FAIL_FIELD(a, ERR_NOT_FOUND, "stock.variant", text_join(a, prefix, "sku", NULL),
                          "There is no such variant.");
    case STOCK_NO_WAREHOUSE:
        return FAIL_FIELD(a, ERR_NOT_FOUND, "stock.warehouse",
                          text_join(a, prefix, "warehouse", NULL), "There is no such warehouse.");
    case STOCK_STALE:
        return refusal(w, ERR_STALE, "stock.stale", field,
                       text_printf(a, "Meanwhile %lld lie there.", (long long)o->on_hand),
                       c->expected, o->on_hand);
    case STOCK_PROMISED:
        return refusal(w, ERR_CONFLICT, "stock.below_reserved", field,
                       text_printf(a, "Of %lld that lie there, orders hold %lld.",
                                   (long long)o->on_hand, (long long)o->reserved),
                       o->on_hand, o->reserved);
    default:
        return refusal(w, ERR_INVALID, "stock.too_many", field,
                       text_printf(a, "At most %lld.", (long long)STOCK_MOST), o->on_hand,
                       STOCK_MOST);
    }
}

struct err *
edit_apply(struct work *w, const struct stock_edit *edit)
{
    struct stock_outcome_of outcome;
    TRY(stock_set_many(w, &edit->change, 1, edit->kind, edit->reason, &outcome));
    return edit_refused(w, &edit->change, &outcome, "");
}
