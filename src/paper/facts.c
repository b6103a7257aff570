/* Facts that a document does not say in so many words, for both of its forms. */
#include "paper/inside.h"

#include "base/must.h"

static bool
credited_before(const struct document *d, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (d->lines[i].of == d->lines[line].of)
            return true;
    return false;
}

const struct document *
paper_credited(const struct document *d, size_t *at)
{
    while (*at < d->line_count) {
        size_t i = (*at)++;
        const struct document *of = d->lines[i].of;
        if (of && of->number && !credited_before(d, i))
            return of;
    }
    return NULL;
}

enum paper_word
paper_exemption(enum vat_category category)
{
    static const enum paper_word reasons[VAT_CATEGORIES] = {
        [VAT_AE] = WORD_REVERSE,
        [VAT_O] = WORD_OUTSIDE,
        [VAT_E] = WORD_EXEMPT,
    };
    must(category > 0 && category < VAT_CATEGORIES);
    return reasons[category];
}

enum paper_word
paper_terms(const struct document *d)
{
    if (d->credit_note)
        return WORD_KEPT;
    if (d->state == INVOICE_PAID)
        return WORD_PAID;
    return d->state == INVOICE_OPEN && d->due_at == NEVER ? WORD_BY_CARD : WORD_NONE;
}
