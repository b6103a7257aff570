/* A statement ends at a semicolon outside of quotes and comments. PostgreSQL could take a whole
 * file at once, but then it would be one transaction always (an index is built concurrently outside
 * of any), and a failure would not say in which statement. */
#include "db/split.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static bool
may_be_in_tag(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Length of the dollar quote's opening ($$ or $tag$) at p, or 0. */
static size_t
dollar_tag(const char *p)
{
    size_t n = 1;
    if (*p != '$' || (p[1] >= '0' && p[1] <= '9'))
        return 0;
    while (may_be_in_tag(p[n]))
        n++;
    return p[n] == '$' ? n + 1 : 0;
}

static const char *
behind(const char *p, const char *end)
{
    const char *found = strstr(p, end);
    return found ? found + strlen(end) : p + strlen(p);
}

/* Behind a comment at p; p when there is none. */
static const char *
skip_comment(const char *p)
{
    if (p[0] == '-' && p[1] == '-')
        return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*')
        return behind(p + 2, "*/");
    return p;
}

/* Behind the quotation at p; p when there is none. A doubled mark ends one and begins the next. */
static const char *
skip_quotation(struct arena *a, const char *p)
{
    size_t tag = dollar_tag(p);
    if (tag)
        return behind(p + tag, text_copy_n(a, p, tag));
    if (*p == '\'' || *p == '"')
        return behind(p + 1, (const char[]){ *p, 0 });
    return p;
}

static int
lines_between(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

static const char *
skip_blanks(const char *p)
{
    for (;;) {
        const char *from = p;
        p += strspn(p, " \t\r\n;");
        p = skip_comment(p);
        if (p == from)
            return p;
    }
}

static const char *
end_of_statement(struct arena *a, const char *p)
{
    while (*p && *p != ';') {
        const char *from = p;
        p = skip_quotation(a, skip_comment(p));
        if (p == from)
            p++;
    }
    return p;
}

bool
split_next(struct arena *a, const char **at, int *line, char **statement, int *statement_line)
{
    const char *from = skip_blanks(*at);
    if (!*from)
        return false;
    const char *to = end_of_statement(a, from);
    *statement = text_copy_n(a, from, (size_t)(to - from));
    *statement_line = *line + lines_between(*at, from);
    *line = *statement_line + lines_between(from, to);
    *at = *to ? to + 1 : to;
    return true;
}
