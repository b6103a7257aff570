/* The tree of a shop's categories. A category's path is "A > B > C": what files and clients call
 * it. Products have the path beside the category's id, so what changes a path changes them too. */
#pragma once
#include "catalog/catalog.h"

struct val;

struct category_text {
    const char *language, *name; /* name "": none in this language */
};

struct category {
    struct category_id id, parent; /* parent 0: at the top */
    const char *name, *path;
    int64_t google_id; /* of Google's product taxonomy; 0: as the one above it has */
    int64_t depth;     /* 0 at the top */
    const char *texts; /* names by language, a JSON object */
    int64_t products;  /* in itself; where they were counted */
};

struct categories {
    struct category *at;
    size_t count;
};

/* Inside a transaction of the tenant. All of them, each behind what it is in. */
struct err *categories_load(struct work *w, bool counted, struct categories *out) MUST_CHECK;
/* NULL when there is none. */
const struct category *category_in(const struct categories *all, struct category_id id);
/* Is `below` that category, or in it? */
bool category_is_below(const struct categories *all, struct category_id below,
                       struct category_id id);

/* For a list to choose from: `categories`, each with id, path, name, and `selected` for the one of
 * that id or path. */
struct err *categories_model(struct work *w, struct val *model, int64_t selected,
                             const char *path) MUST_CHECK;

/* INVALID category.name (1 to 100 characters without ">"), CONFLICT category.taken, both with
 * field name. */
struct err *category_add(struct work *w, struct category_id parent, const char *name,
                         struct category_id *out) MUST_CHECK;
/* Renames it, or moves it with all that is in it. INVALID category.inside_itself, NOT_FOUND
 * category.unknown. */
struct err *category_place(struct work *w, struct category_id id, struct category_id parent,
                           const char *name) MUST_CHECK;
/* Its products and what is in it go to the other; it goes. INVALID category.inside_itself. */
struct err *category_merge(struct work *w, struct category_id id,
                           struct category_id into) MUST_CHECK;
/* CONFLICT category.in_use: it holds products or categories. */
struct err *category_delete(struct work *w, struct category_id id) MUST_CHECK;

struct err *category_set_google(struct work *w, struct category_id id,
                                int64_t google_id) MUST_CHECK;
struct err *category_texts_load(struct work *w, struct category_id id, struct category_text **out,
                                size_t *n) MUST_CHECK;
struct err *category_text_save(struct work *w, struct category_id id, const char *language,
                               const char *name) MUST_CHECK;
