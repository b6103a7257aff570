/* How values that are more than text are written: for the files of view/ only. */
#pragma once
#include "view/tree.h"

struct walk;

/* Figures, money, times and sizes as the language writes them. */
void shown_value(struct arena *a, const struct render *how, const struct val *v, struct buf *out);
/* Members of money ("decimal", "currency") and of times ("iso", "full"); NULL otherwise. */
const struct val *shown_member(struct arena *a, const struct render *how, const struct val *v,
                               const char *name);
void shown_word(struct walk *w, const struct language *language, const char *key, bool escape,
                struct buf *out);
const struct val *shown_context(const struct walk *w, const char *name);
