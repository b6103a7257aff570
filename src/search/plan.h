/* From what a shop knows of the words of a text to what is looked for. No SQL, no clock. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define PLAN_SLOTS_MAX 6 /* further words are left out */
#define PLAN_KEYS_MAX  32

enum word_kind {              /* as search_words() numbers them */
                 WORD_OWN,    /* the word; `key` 0 in a language where it says nothing */
                 WORD_JOINED, /* with the next one, as one word */
                 WORD_LONGER, /* begins with it */
                 WORD_SPLIT,  /* two that were written as one; `word` has a blank */
                 WORD_LIKE    /* looks like it */
};

/* One row of what the shop knows. */
struct word {
    int64_t slot; /* which word of the text, from 1 */
    enum word_kind kind;
    const char *typed, *word;
    int64_t key, second; /* second: of the second part of WORD_SPLIT */
    int64_t n;           /* products that have it, about */
};

struct plan {
    int64_t keys[PLAN_KEYS_MAX], slots[PLAN_KEYS_MAX], weights[PLAN_KEYS_MAX];
    size_t count;
    int64_t any[PLAN_KEYS_MAX]; /* words of which one is enough, when all are too many */
    size_t any_count;
    int slot_count;
    bool broad;            /* even the rarest word is in very many products */
    int64_t rarest;        /* products that have the rarest word, about; INT64_MAX: not known */
    bool missing;          /* a word nobody has was left out: no product has all */
    const char *corrected; /* the text with its words mended; NULL: nothing was */
};

/* `as_typed`: no word is mended or completed. The row of slot 0 says how many products there are.
 */
struct plan plan_make(struct arena *a, const struct word *words, size_t n, bool as_typed);

/* How many letters were left out, added, changed or swapped with the next between two words, at
 * most `most` + 1. Letters are code points; texts valid UTF-8. */
int word_distance(const char *x, const char *y, int most);
