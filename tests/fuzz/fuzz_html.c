/* Foreign HTML. What is made safe has only elements of the subset, is well-formed, and is the same
 * when it is made safe again; what is made plain has no blanks at its ends. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "view/html.h"

static const char *const subset[] = { "a",     "blockquote", "br",    "caption", "code",   "dd",
                                      "div",   "dl",         "dt",    "em",      "h2",     "h3",
                                      "h4",    "h5",         "h6",    "hr",      "li",     "ol",
                                      "p",     "pre",        "s",     "small",   "strong", "sub",
                                      "sup",   "table",      "tbody", "td",      "tfoot",  "th",
                                      "thead", "tr",         "u",     "ul" };

static bool
is_in_subset(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(subset); i++)
        if (strlen(subset[i]) == length && !memcmp(subset[i], name, length))
            return true;
    return false;
}

/* A tag is a name, and of a link an address of few kinds, quoted. */
static const char *
check_tag(const char *at, int *depth)
{
    static const char link[] = "a href=\"";
    bool closes = at[1] == '/';
    const char *name = at + 1 + closes;
    size_t n = strcspn(name, " >");
    EXPECT(is_in_subset(name, n));
    bool empty = (n == 2 && (!memcmp(name, "br", 2) || !memcmp(name, "hr", 2)));
    if (!empty)
        *depth += closes ? -1 : 1;
    EXPECT(*depth >= 0 && *depth <= 32);
    if (text_starts(name, link)) {
        const char *address = name + sizeof(link) - 1, *end = strchr(address, '"');
        EXPECT(text_starts(end, "\" rel=\"nofollow noopener\">"));
        return strchr(end, '>');
    }
    EXPECT(name[n] == '>');
    return name + n;
}

static void
check_safe(const char *html)
{
    int depth = 0;
    for (const char *at = html; *at; at++) {
        EXPECT(*at != '>');
        if (*at == '<')
            at = check_tag(at, &depth);
    }
    EXPECT(depth == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)256 << 20);
    if (text_is_utf8(BYTES(data, size), NULL)) {
        const char *html = text_copy_n(a, data, size);
        const char *safe = html_safe(a, html), *plain = html_plain(a, html);
        check_safe(safe);
        EXPECT(text_is(html_safe(a, safe), safe));
        EXPECT(text_is_utf8(BYTES(plain, strlen(plain)), NULL));
        EXPECT(!*plain || (!strchr(" \n", *plain) && !strchr(" \n", plain[strlen(plain) - 1])));
        html_is(html);
    }
    arena_free(a);
    return 0;
}
