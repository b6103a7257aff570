/* What the pages show of an account, as values for the templates. */
#pragma once
#include "subscriptions/look.h"
#include "view/value.h"

/* The keys of `m`: see templates/part/document.html. */
void model_document(struct val *m, const struct book *b, const struct document *d);
/* State, tier, price and period in one sentence: part/subscription.html. */
void model_subscription(struct val *m, const struct book *b);
void model_usage(struct arena *a, struct val *m, const struct usage *usage);
/* Tiers side by side for one interval: rows of limits, columns of tiers. */
void model_tiers(struct val *m, const struct book *b, enum interval interval);
void model_addons(struct val *m, const struct book *b);
/* What is above the limits of what is wanted. */
void model_over(struct arena *a, struct val *m, const struct entitle_over *over, size_t n);
const char *limit_word(struct arena *a, enum entitle_limit limit); /* a key of the languages */
const char *offer_name(const struct book *b, const char *code);
