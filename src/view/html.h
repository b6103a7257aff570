/* HTML that others wrote (a shop's product texts, typed or imported): made harmless, or made plain.
 *
 * The safe subset is a table of elements in html.c: paragraphs, headings, lists, tables, emphasis,
 * links and line breaks. Everything else falls away, its text stays; script, style and the like go
 * with their text. Of attributes only a link's address stays, if it is http, https, mailto or tel.
 * What comes out is well-formed, so it may stand in any page, and comes out the same when it is
 * made safe again. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

/* `html` is UTF-8. */
char *html_safe(struct arena *a, const char *html);

/* Text for feeds, previews and the like: no tags, character references decoded (&quot; &#39;
 * &eacute;), paragraphs and line breaks as line ends, list items as "- …", blanks drawn together,
 * none at the ends. Also for what is plain already but for references. */
char *html_plain(struct arena *a, const char *html);

/* Decodes character references only: titles and names that went through a web page. */
char *html_decoded(struct arena *a, const char *text);

/* Whether a text is meant as HTML: an element of ours or of theirs, or a reference. */
bool html_is(const char *text);
