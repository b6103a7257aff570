/* All templates and words of an installation, compiled at start. Process-long. */
#pragma once
#include "base/err.h"
#include "base/text.h"
#include "view/language.h"
#include "view/value.h"

struct views;

/* Reads every *.html and *.txt below `directory`; a template's name is its path without .html
 * ("vendor/products/list"), a .txt keeps its ending and is not escaped. Words come from
 * `directory`/language. INVALID template.syntax, language.line: name and line. */
struct err *views_load(struct arena *process, const char *directory, struct views **out) MUST_CHECK;

/* Reads all anew and, when all compiles, uses it from now on; otherwise nothing changes. */
struct err *views_reload(struct views *v) MUST_CHECK;

/* Renders the template with the model as context, in the language ("en" when not known), and adds
 * it to `out`. BROKEN view.missing. */
struct err *views_render(const struct views *v, const char *language, int64_t now_us,
                         const char *name, const struct val *model, struct buf *out) MUST_CHECK;

const struct language *views_language(const struct views *v, const char *code);
