#include "subscriptions/look.h"

#include "base/clock.h"
#include "base/text.h"
#include "subscriptions/documents.h"

enum interval
look_interval(struct form *f, const char *name)
{
    enum interval interval = 0;
    if (form_has(f, name) && !interval_read(form_word(f, name, 1, 10), &interval))
        form_fail(f, name, "subscriptions.interval", "An interval is month or year.");
    return interval;
}

enum when
look_when(struct form *f, const char *name)
{
    static const char *const words[] = { [WHEN_NOW] = "now", [WHEN_PERIOD_END] = "period_end" };
    if (!form_has(f, name))
        return WHEN_USUAL;
    const char *given = form_word(f, name, 1, 20);
    for (enum when when = WHEN_NOW; when <= WHEN_PERIOD_END; when++)
        if (text_is(given, words[when]))
            return when;
    form_fail(f, name, "subscriptions.when", "Either now or period_end.");
    return WHEN_USUAL;
}

struct err *
look_offer(struct work *w, const char *code)
{
    struct entitle_offers offers;
    TRY(entitle_offers(w, w->now_us / SECOND_US, &offers));
    return entitle_find(&offers, code) ? NULL : act_refused(w, REFUSED_NOT_FOUND);
}

struct err *
issued_load(struct work *w, const char *number, struct issued *out)
{
    int64_t n = 0;
    TRY(documents_find(w, number, &n));
    TRY(book_open(w, BOOK_LOOK, n, &out->book));
    out->document = account_document(&out->book.acc, n);
    return out->document ? NULL : act_refused(w, REFUSED_NOT_FOUND);
}

/* Is there a smaller tier for this use? Then a preview may have to say what is above its limits. */
static bool
is_above_any(const struct book *b, const struct entitle_use uses[ENTITLE_LIMITS])
{
    for (size_t i = 0; i < b->offers.count; i++) {
        const struct entitle_offer *o = &b->offers.rows[i];
        for (int k = 0; o->rank != ADD_ON && k < ENTITLE_LIMITS; k++)
            if (o->limit[k] != UNLIMITED && uses[k].used > o->limit[k])
                return true;
    }
    return false;
}

struct err *
usage_load(struct work *w, const struct book *b, struct usage *out)
{
    out->known = false;
    out->window = (struct span){ b->now, b->now };
    if (!b->acc.sub.number)
        return NULL;
    out->window = book_usage_window(b);
    TRY(entitle_usage(w, out->window.from, out->window.to, &out->known, out->uses));
    return out->known && is_above_any(b, out->uses) ? entitle_newest(w, out->uses) : NULL;
}

/* Is any of these limits lower than what is held now? */
static bool
is_below_any(const struct book *b, const int64_t limits[ENTITLE_LIMITS])
{
    struct entitle_held *held =
        NEW_ARRAY(b->acc.arena, struct entitle_held, b->acc.sub.item_count + 1);
    int64_t now[ENTITLE_LIMITS];
    for (size_t i = 0; i < b->acc.sub.item_count; i++)
        held[i] = (struct entitle_held){ b->acc.sub.items[i].code, b->acc.sub.items[i].quantity };
    entitle_sum(&b->offers, held, b->acc.sub.item_count, now, NULL);
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        if (limits[i] != UNLIMITED && (now[i] == UNLIMITED || limits[i] < now[i]))
            return true;
    return false;
}

/* What would be held, for its limits. */
struct err *
look_impact(struct work *w, const struct book *b, const struct change *wanted,
            struct entitle_over out[ENTITLE_LIMITS], size_t *count)
{
    struct entitle_held *held = NEW_ARRAY(w->arena, struct entitle_held, b->acc.sub.item_count + 2);
    int64_t limits[ENTITLE_LIMITS];
    struct usage usage;
    size_t n = 0;
    bool placed = false;
    for (size_t i = 0; i < b->acc.sub.item_count; i++) {
        const struct item *item = &b->acc.sub.items[i];
        held[n] = (struct entitle_held){ item->code, item->quantity };
        if (wanted->tier && item->rank != ADD_ON)
            held[n].code = wanted->tier;
        if (text_is(item->code, wanted->addon)) {
            held[n].quantity = wanted->quantity;
            placed = true;
        }
        n++;
    }
    if (wanted->addon && !placed)
        held[n++] = (struct entitle_held){ wanted->addon, wanted->quantity };
    entitle_sum(&b->offers, held, n, limits, NULL);
    *count = 0;
    if (!is_below_any(b, limits)) /* then nothing can be above them that was not before */
        return NULL;
    TRY(usage_load(w, b, &usage));
    *count = usage.known ? entitle_impact(usage.uses, limits, out) : 0;
    return NULL;
}
