/* Which of the shop's words each word of a text stands for, and how much each counts.
 *
 * A word the shop has is never mended: doing so costs more than it brings. Of what a word nobody
 * has may stand for, the nearest wins, and among the equally near the one in most products: by the
 * noisy channel, how likely the slip times how likely the word. A first letter is seldom wrong. */
#include "search/plan.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define WORD_LETTERS 64
#define BROAD        3000 /* products that are weighed one by one without further thought */
#define WEIGHT_UNIT  100

/* ---- Distance ---- */

static size_t
letters_of(const char *text, uint32_t *to)
{
    size_t n = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c && n < WORD_LETTERS; n++) {
        int more = *c < 0x80 ? 0 : *c < 0xE0 ? 1 : *c < 0xF0 ? 2 : 3;
        uint32_t letter = more ? *c & (0x3Fu >> more) : *c;
        for (c++; more-- && *c; c++)
            letter = letter << 6 | (*c & 0x3Fu);
        to[n] = letter;
    }
    return n;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

/* Three rows of the usual table: a swap looks back two. */
int
word_distance(const char *x, const char *y, int most)
{
    uint32_t a[WORD_LETTERS], b[WORD_LETTERS];
    int rows[3][WORD_LETTERS + 1];
    size_t na = letters_of(x, a), nb = letters_of(y, b);
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *row = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] =
                least(least(before[j], row[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two[j - 2] + 1);
        }
    }
    return least(rows[na % 3][nb], most + 1);
}

/* ---- Choosing ---- */

/* What one word of the text turned out to be. */
struct choice {
    const struct word *instead; /* NULL: itself */
    bool known, joined, says_nothing;
    int64_t in_products;
};

struct text {
    const struct word *rows;
    size_t n;
    int64_t products;
    bool as_typed;
};

static bool
is_joined(const struct text *t, int64_t slot)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].kind == WORD_JOINED && t->rows[i].n &&
            (t->rows[i].slot == slot || t->rows[i].slot + 1 == slot))
            return true;
    return false;
}

static struct choice
own_words(const struct text *t, int64_t slot)
{
    struct choice c = { .joined = is_joined(t, slot) };
    bool nothing = false;
    for (size_t i = 0; i < t->n; i++) {
        const struct word *w = &t->rows[i];
        if (w->slot != slot || w->kind != WORD_OWN)
            continue;
        nothing |= !w->key;
        c.known |= w->n > 0;
        if (w->n > c.in_products)
            c.in_products = w->n;
    }
    c.says_nothing = nothing && !c.known;
    return c;
}

/* How unlikely it is that `w` was meant; HUGE_VAL: too far off. */
static double
cost_of(const struct word *w)
{
    double slips = 0.75; /* a word that is not finished yet */
    if (w->kind == WORD_SPLIT)
        slips = 1;
    if (w->kind == WORD_LIKE) {
        int distance = word_distance(w->typed, w->word, 2);
        if (distance > (text_characters(w->typed) < 8 ? 1 : 2))
            return HUGE_VAL;
        slips = distance + 0.4 * (w->typed[0] != w->word[0]);
    }
    return 4 * slips - 0.5 * log((double)w->n + 1);
}

static void
mend(const struct text *t, int64_t slot, struct choice *c)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < t->n; i++) {
        const struct word *w = &t->rows[i];
        if (w->slot != slot || w->kind < WORD_LONGER)
            continue;
        double cost = cost_of(w);
        if (cost >= best)
            continue;
        best = cost;
        c->instead = w;
        c->in_products = w->n;
    }
}

static struct choice
choose(const struct text *t, int64_t slot)
{
    struct choice c = own_words(t, slot);
    if (!c.known && !c.joined && !c.says_nothing && !t->as_typed)
        mend(t, slot, &c);
    return c;
}

/* ---- Putting together ---- */

/* How much a word says: the fewer products have it, the more. */
static int64_t
weight_of(const struct text *t, int64_t in_products)
{
    double n = (double)in_products, all = (double)t->products;
    if (all < n)
        all = n;
    return lround(WEIGHT_UNIT * log(1 + (all - n + 0.5) / (n + 0.5))) + 1;
}

static void
add_key(struct plan *p, int slot, int64_t key, int64_t weight)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->slots[i] == slot && p->keys[i] == key)
            return;
    if (p->count == PLAN_KEYS_MAX || slot > PLAN_SLOTS_MAX)
        return;
    p->keys[p->count] = key;
    p->slots[p->count] = slot;
    p->weights[p->count++] = weight;
}

/* Does this row belong to what was chosen? */
static bool
is_chosen(const struct choice *c, const struct word *w)
{
    if (c->known)
        return w->kind == WORD_OWN && w->n > 0;
    if (!c->instead || w->kind != c->instead->kind)
        return false;
    return w->kind == WORD_LONGER || text_is(w->word, c->instead->word);
}

/* The slots that the word takes: two when it was two, none when nothing is to be looked for. */
static void
add_word(struct plan *p, const struct text *t, int64_t slot, const struct choice *c)
{
    int at = p->slot_count + 1;
    int64_t weight = weight_of(t, c->in_products);
    size_t before = p->count;
    bool split = c->instead && c->instead->kind == WORD_SPLIT;
    for (size_t i = 0; i < t->n; i++) {
        const struct word *w = &t->rows[i];
        if (w->slot == slot && is_chosen(c, w)) {
            add_key(p, at, w->key, weight);
            if (split)
                add_key(p, at + 1, w->second, weight);
        }
        if (w->kind == WORD_JOINED && (w->slot == slot || w->slot + 1 == slot) && w->n)
            add_key(p, at, w->key, weight_of(t, w->n)); /* "smart watch" in one word is both */
    }
    if (p->count > before)
        p->slot_count = at + split;
}

/* The rarest words, so that not too many products come of having one of them: each key has its
 * word's weight, which falls with the products that have it. */
static void
choose_any(struct plan *p)
{
    int64_t heaviest = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->weights[i] > heaviest)
            heaviest = p->weights[i];
    for (size_t i = 0; i < p->count; i++)
        if (p->weights[i] * 2 >= heaviest)
            p->any[p->any_count++] = p->keys[i];
}

static const char *
typed_word(const struct text *t, int64_t slot)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].slot == slot && t->rows[i].kind == WORD_OWN)
            return t->rows[i].typed;
    return "";
}

static int64_t
last_slot(const struct text *t)
{
    int64_t last = 0;
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].slot > last)
            last = t->rows[i].slot;
    return last;
}

static int64_t
count_products(const struct word *words, size_t n)
{
    int64_t most = 1000; /* a small shop's words weigh about as a large one's */
    for (size_t i = 0; i < n; i++)
        if (words[i].n > most)
            most = words[i].n;
    return most;
}

struct plan
plan_make(struct arena *a, const struct word *words, size_t n, bool as_typed)
{
    const struct text t = { words, n, count_products(words, n), as_typed };
    struct plan p = { .rarest = INT64_MAX };
    struct buf said = buf_new(a, 64);
    bool mended = false;
    for (int64_t slot = 1, last = last_slot(&t); slot <= last; slot++) {
        struct choice c = choose(&t, slot);
        int before = p.slot_count;
        if (before < PLAN_SLOTS_MAX)
            add_word(&p, &t, slot, &c);
        if (p.slot_count > before && c.in_products && c.in_products < p.rarest)
            p.rarest = c.in_products;
        p.missing |= before < PLAN_SLOTS_MAX && p.slot_count == before && !c.says_nothing;
        bool other = c.instead && c.instead->kind != WORD_LONGER;
        mended |= other;
        buf_printf(&said, "%s%s", said.length ? " " : "",
                   other ? c.instead->word : typed_word(&t, slot));
    }
    choose_any(&p);
    p.broad = p.slot_count && p.rarest > BROAD && p.rarest < INT64_MAX;
    p.corrected = mended ? said.at : NULL;
    return p;
}
