/* Mustache: the whole specification with inheritance and dynamic names, without lambdas (a template
 * runs no code). A template is compiled once into a tree and rendered many times.
 *
 * Beyond the specification: a name that begins with `t.` shows words of the language files, and a
 * value may be money, a time or a size, which is written as the language does (value.h). */
#pragma once
#include "base/err.h"
#include "base/text.h"
#include "view/value.h"

struct template;
struct template_set;
struct language;

/* Process-long, or as long as its arena. */
struct template_set *template_set_new(struct arena *a);

/* Compiles `text` (kept, not copied) under `name`; a later one of the same name replaces it.
 * `escape` is off for plain text (.txt). INVALID template.syntax with name and line. */
struct err *template_add(struct template_set *set, const char *name, const char *text,
                         size_t length, bool escape) MUST_CHECK;

/* NULL when there is none of that name. */
const struct template *template_find(const struct template_set *set, const char *name);

struct render {
    const struct template_set *set;  /* for partials and parents */
    const struct language *language; /* NULL: no words, English figures */
    int64_t now_us;                  /* what "today" is */
};

/* Adds the rendered text to `out`. Never fails: what is missing renders as nothing, recursion of
 * partials ends at a depth of 100. */
void template_render(const struct template *t, const struct render *how, const struct val *model,
                     struct buf *out);

/* A text of the language files: rendered without escaping, in the context of `model`. */
struct err *template_compile(struct arena *a, const char *name, const char *text, size_t length,
                             bool escape, struct template **out) MUST_CHECK;
