/* HTML escaping: & " < > ' become &amp; &quot; &lt; &gt; &#39;, so a text is safe between tags and
 * in quoted attributes. */
#pragma once
#include "base/text.h"

void escape_html(struct buf *out, const char *text, size_t length);
