/* Template text to tree, in one pass.
 *
 * What needs care is white space. A tag alone on its line takes the line with it; what goes in
 * place of a partial is indented as the tag was; a block's body loses the indentation it has by
 * itself (that of its first line) and gets that of the place where it goes. `strip` is how many
 * characters of indentation the blocks around take off each line. */
#include <string.h>

#include "base/must.h"
#include "view/tree.h"

#define DEPTH_MAX     64
#define NAME_MAX_SIZE 256

struct open_tag {
    uint32_t node;
    const char *name;
    size_t length, strip;

    const char *line_start;
};

struct parser {
    struct arena *arena;
    const char *template_name;
    const char *at, *end, *start;
    char open[32], close[32]; /* delimiters */
    size_t open_length, close_length;
    const char *line_start; /* of the line `at` is in */
    bool line_has_text;     /* besides white space and tags */
    int line_tags;
    size_t strip;
    struct buf nodes;
    struct open_tag stack[DEPTH_MAX];
    int depth;
    bool escape;
};

static struct err *
broken_syntax(const struct parser *p, const char *what)
{
    int line = 1;
    for (const char *c = p->start; c < p->at && c < p->end; c++)
        line += *c == '\n';
    return FAIL(p->arena, ERR_INVALID, "template.syntax",
                text_printf(p->arena, "%s, line %d: %s.", p->template_name, line, what));
}

static struct node *
node_at(struct parser *p, uint32_t i)
{
    return (struct node *)(void *)p->nodes.at + i;
}

static uint32_t
node_count(const struct parser *p)
{
    return (uint32_t)(p->nodes.length / sizeof(struct node));
}

static struct node *
add_node(struct parser *p, enum node_kind kind)
{
    struct node n = { .kind = kind, .end = node_count(p) + 1 };
    buf_add(&p->nodes, &n, sizeof(n));
    return node_at(p, node_count(p) - 1);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* ---- Text ---- */

static void
add_text(struct parser *p, const char *from, const char *to)
{
    if (to <= from)
        return;
    struct node *n = add_node(p, NODE_TEXT);
    n->text = from;
    n->length = (size_t)(to - from);
}

/* The text from `from` to `to`, line by line where blocks take off indentation. */
static void
take_text(struct parser *p, const char *from, const char *to)
{
    if (!p->strip) {
        add_text(p, from, to);
        return;
    }
    while (from < to) {
        bool at_start = from == p->start || from[-1] == '\n';
        for (size_t n = 0; at_start && n < p->strip && from < to && is_blank(*from); n++)
            from++;
        const char *newline = memchr(from, '\n', (size_t)(to - from));
        const char *stop = newline ? newline + 1 : to;
        add_text(p, from, stop);
        from = stop;
    }
}

static bool
only_blanks(const char *from, const char *to)
{
    while (from < to)
        if (!is_blank(*from++))
            return false;
    return true;
}

/* Behind the line's end when only blanks stand before it, else NULL. */
static const char *
rest_of_line(const struct parser *p, const char *from)
{
    while (from < p->end && is_blank(*from))
        from++;
    if (from == p->end)
        return from;
    if (*from == '\r' && from + 1 < p->end && from[1] == '\n')
        return from + 2;
    return *from == '\n' ? from + 1 : NULL;
}

/* ---- Names ---- */

static bool
split_name(struct parser *p, struct node *n, const char *name, size_t length)
{
    if (length == 1 && name[0] == '.')
        return true;
    uint32_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += name[i] == '.';
    struct name_part *parts = NEW_ARRAY(p->arena, struct name_part, count);
    for (uint32_t i = 0; i < count; i++) {
        const char *dot = memchr(name, '.', length);
        size_t part = dot ? (size_t)(dot - name) : length;
        if (!part)
            return false;
        parts[i].text = text_copy_n(p->arena, name, part);
        parts[i].hash = name_hash(name, part);
        name += part + 1;
        length -= dot ? part + 1 : part;
    }
    n->parts = parts;
    n->part_count = count;
    return true;
}

static void
take_name(struct parser *p, struct node *n, const char *name, size_t length)
{
    n->text = text_copy_n(p->arena, name, length);
    n->length = length;
    n->hash = name_hash(name, length);
}

/* ---- Tags ---- */

struct tag {
    char kind; /* one of & # ^ / ! > < $ = or 'v' for a plain value */
    const char *name;
    size_t length;
    const char *from, *behind; /* the tag in the text */
    const char *blank_from;    /* where the blanks before it begin, when it begins its line */
    const char *next_line;     /* when nothing but blanks follows on its line */
};

static struct err *
set_delimiters(struct parser *p, const struct tag *t)
{
    char open[32], close[32];
    size_t i = 0, o = 0, c = 0;
    while (i < t->length && !is_blank(t->name[i]) && o < sizeof(open) - 1)
        open[o++] = t->name[i++];
    while (i < t->length && (is_blank(t->name[i]) || t->name[i] == '\n'))
        i++;
    while (i < t->length && !is_blank(t->name[i]) && c < sizeof(close) - 1)
        close[c++] = t->name[i++];
    if (!o || !c || i != t->length || memchr(open, '=', o) || memchr(close, '=', c))
        return broken_syntax(p, "delimiters are two words without =");
    memcpy(p->open, open, o);
    memcpy(p->close, close, c);
    p->open_length = o;
    p->close_length = c;
    return NULL;
}

static const char *
find(const char *from, const char *end, const char *what, size_t length)
{
    return memmem(from, (size_t)(end - from), what, length);
}

/* From the opening delimiter at p->at. */
static struct err *
read_tag(struct parser *p, struct tag *t)
{
    const char *inside = p->at + p->open_length;
    const char *stop;
    bool triple =
        p->open_length == 2 && memcmp(p->open, "{{", 2) == 0 && inside < p->end && *inside == '{';
    t->from = p->at;

    while (!triple && inside < p->end && (is_blank(*inside) || *inside == '\n'))
        inside++;
    t->kind = inside < p->end && strchr("&#^/!><$={", *inside) ? *inside : 'v';
    if (t->kind != 'v')
        inside++;
    if (t->kind == '{') {
        stop = find(inside, p->end, "}", 1);
        if (!stop || (size_t)(p->end - stop - 1) < p->close_length ||
            memcmp(stop + 1, p->close, p->close_length) != 0)
            return broken_syntax(p, "a tag opened with { is not closed");
        t->behind = stop + 1 + p->close_length;
    } else if (t->kind == '=') {
        char end_mark[33] = "=";
        memcpy(end_mark + 1, p->close, p->close_length);
        stop = find(inside, p->end, end_mark, p->close_length + 1);
        if (!stop)
            return broken_syntax(p, "a change of delimiters is not closed");
        t->behind = stop + 1 + p->close_length;
    } else {
        stop = find(inside, p->end, p->close, p->close_length);
        if (!stop)
            return broken_syntax(p, "a tag is not closed");
        t->behind = stop + p->close_length;
    }
    while (inside < stop && (is_blank(*inside) || *inside == '\n' || *inside == '\r'))
        inside++;
    while (stop > inside && (is_blank(stop[-1]) || stop[-1] == '\n' || stop[-1] == '\r'))
        stop--;
    t->name = inside;
    t->length = (size_t)(stop - inside);
    if (t->length > NAME_MAX_SIZE && t->kind != '!')
        return broken_syntax(p, "a name is too long");
    if (!t->length && t->kind != '!')
        return broken_syntax(p, "a tag has no name");
    return NULL;
}

static const char *
blanks(struct parser *p, const char *from, const char *to)
{
    size_t n = (size_t)(to - from);
    if (n <= p->strip)
        return "";
    return text_copy_n(p->arena, from + p->strip, n - p->strip);
}

/* A block's body begins on the next line: what its first line is indented by is taken off. */
static void
open_body(struct parser *p, struct node *block, const struct tag *t)
{
    const char *first = t->next_line, *c = first;
    while (c < p->end && is_blank(*c))
        c++;
    bool is_empty =
        c == p->end || ((size_t)(p->end - c) > p->open_length &&
                        memcmp(c, p->open, p->open_length) == 0 && c[p->open_length] == '/');
    if (is_empty || *c == '\n')
        return;
    block->indent = blanks(p, first, c);
    p->strip = (size_t)(c - first) > p->strip ? (size_t)(c - first) : p->strip;
}

/* What goes there: a name, or behind a star the name of the value that tells it. */
static bool
take_target(struct parser *p, struct node *n, const struct tag *t)
{
    size_t skip = 0;
    n->dynamic = t->name[0] == '*';
    if (n->dynamic)
        for (skip = 1; skip < t->length && is_blank(t->name[skip]);)
            skip++;
    take_name(p, n, t->name + skip, t->length - skip);
    return !n->dynamic || split_name(p, n, t->name + skip, t->length - skip);
}

static struct err *
open_node(struct parser *p, enum node_kind kind, const struct tag *t)
{
    if (p->depth == DEPTH_MAX)
        return broken_syntax(p, "too many tags inside one another");
    struct open_tag *open = &p->stack[p->depth++];
    *open = (struct open_tag){ .node = node_count(p),
                               .name = t->name,
                               .length = t->length,
                               .strip = p->strip,
                               .line_start = p->line_start };
    struct node *n = add_node(p, kind);
    if (kind == NODE_SECTION || kind == NODE_INVERTED)
        return split_name(p, n, t->name, t->length) ? NULL
                                                    : broken_syntax(p, "a name is malformed");

    if (!take_target(p, n, t))
        return broken_syntax(p, "a name is malformed");
    if (t->blank_from)
        n->indent = blanks(p, t->blank_from, t->from);
    if (kind == NODE_BLOCK && t->next_line)
        open_body(p, n, t);
    return NULL;
}

static struct err *
close_node(struct parser *p, const struct tag *t)
{
    if (!p->depth)
        return broken_syntax(p, "a tag is closed that was not opened");
    struct open_tag *open = &p->stack[--p->depth];
    if (open->length != t->length || memcmp(open->name, t->name, t->length) != 0) {
        return broken_syntax(p,
                             text_printf(p->arena, "%.*s is closed where %.*s is open",
                                         (int)t->length, t->name, (int)open->length, open->name));
    }
    p->strip = open->strip;
    node_at(p, open->node)->end = node_count(p);
    return NULL;
}

static struct err *
add_value(struct parser *p, const struct tag *t)
{
    bool raw = t->kind == '&' || t->kind == '{' || !p->escape;
    bool word = t->length > 2 && memcmp(t->name, "t.", 2) == 0;
    struct node *n = add_node(p, word ? NODE_WORD : (raw ? NODE_RAW : NODE_VALUE));
    if (word) {
        take_name(p, n, t->name + 2, t->length - 2);
        return NULL;
    }
    return split_name(p, n, t->name, t->length) ? NULL : broken_syntax(p, "a name is malformed");
}

static struct err *
add_partial(struct parser *p, const struct tag *t, bool alone)
{
    struct node *n = add_node(p, NODE_PARTIAL);
    if (alone)
        n->indent = blanks(p, t->blank_from, t->from);
    return take_target(p, n, t) ? NULL : broken_syntax(p, "a name is malformed");
}

static struct err *
add_tag(struct parser *p, const struct tag *t, bool alone)
{
    switch (t->kind) {
    case '!':
        return NULL;
    case '=':
        return set_delimiters(p, t);
    case '#':
        return open_node(p, NODE_SECTION, t);
    case '^':
        return open_node(p, NODE_INVERTED, t);
    case '<':
        return open_node(p, NODE_PARENT, t);
    case '$':
        return open_node(p, NODE_BLOCK, t);
    case '/':
        return close_node(p, t);
    case '>':
        return add_partial(p, t, alone);
    default:
        return add_value(p, t);
    }
}

/* Does the line go with the tag? A value's never does. Tags of inheritance may share a line; the
 * close of a block that was opened on the same line leaves it be. */
static bool
takes_line(const struct parser *p, const struct tag *t)
{
    if (!t->next_line || t->kind == 'v' || t->kind == '&' || t->kind == '{' || p->line_has_text)
        return false;
    if (!p->line_tags)
        return true;
    if (t->kind == '/' && p->depth) {
        const struct open_tag *open = &p->stack[p->depth - 1];
        enum node_kind kind = ((const struct node *)(const void *)p->nodes.at)[open->node].kind;
        if (kind == NODE_PARENT)
            return true;
        return kind == NODE_BLOCK && open->line_start != p->line_start;
    }
    return t->kind == '<' || t->kind == '$';
}

static void
begin_line(struct parser *p, const char *at)
{
    p->line_start = at;
    p->line_has_text = false;
    p->line_tags = 0;
}

/* Notes what the text up to the next tag says of the line the tag is in. */
static void
pass_text(struct parser *p, const char *from, const char *to)
{
    const char *newline = memrchr(from, '\n', (size_t)(to - from));
    if (newline) {
        begin_line(p, newline + 1);
        from = newline + 1;
    }
    if (!only_blanks(from, to))
        p->line_has_text = true;
}

static struct err *
parse_tag(struct parser *p, const char *text_from)
{
    struct tag t = { 0 };
    TRY(read_tag(p, &t));
    t.next_line = rest_of_line(p, t.behind);
    bool begins_line = !p->line_has_text && !p->line_tags;
    if (begins_line)
        t.blank_from = p->line_start;

    bool alone = takes_line(p, &t);
    take_text(p, text_from, alone && begins_line ? p->line_start : t.from);
    TRY(add_tag(p, &t, alone));
    p->at = alone ? t.next_line : t.behind;
    if (alone && p->at > p->start && p->at[-1] == '\n')
        begin_line(p, p->at);
    else
        p->line_tags++;
    if (t.kind == 'v' || t.kind == '&' || t.kind == '{')
        p->line_has_text = true;
    return NULL;
}

static struct err *
parse(struct parser *p)
{
    for (;;) {
        const char *text_from = p->at;
        const char *tag = find(p->at, p->end, p->open, p->open_length);
        pass_text(p, text_from, tag ? tag : p->end);
        if (!tag) {
            take_text(p, text_from, p->end);
            break;
        }
        p->at = tag;
        TRY(parse_tag(p, text_from));
    }
    if (p->depth)
        return broken_syntax(p, text_printf(p->arena, "%.*s is not closed",
                                            (int)p->stack[p->depth - 1].length,
                                            p->stack[p->depth - 1].name));
    return NULL;
}

struct err *
template_compile(struct arena *a, const char *name, const char *text, size_t length, bool escape,
                 struct template **out)
{
    struct parser p = { .arena = a,
                        .template_name = name,
                        .at = text,
                        .start = text,
                        .end = text + length,
                        .open = "{{",
                        .close = "}}",
                        .open_length = 2,
                        .close_length = 2,
                        .line_start = text,
                        .escape = escape };
    p.nodes = buf_new(a, 16 * sizeof(struct node));
    TRY(parse(&p));

    struct template *t = NEW(a, struct template);
    t->name = name;
    t->escape = escape;
    t->nodes = (struct node *)(void *)p.nodes.at;
    t->count = node_count(&p);
    *out = t;
    return NULL;
}
