/* The walk over the tree. A context is a stack of values, a name is looked for from its top; blocks
 * are looked for in the frames that parents opened, outermost first, and what stands in a block
 * sees only the frames around the place where it was written. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/escape.h"
#include "view/language.h"
#include "view/shown.h"
#include "view/tree.h"

#define STACK_MAX 128
#define FRAME_MAX 64
#define DEPTH_MAX 100

/* The blocks given to one parent: children of its node. */
struct frame {
    const struct template *template;
    uint32_t from, to;
};

struct walk {
    struct buf *out;
    const struct render *how;
    const struct template *template;
    const struct val *stack[STACK_MAX];
    int stacked;
    struct frame frames[FRAME_MAX];
    int framed, depth;
    const char *indent;
    size_t indent_length;
    bool at_line_start;
};

static void render_nodes(struct walk *w, uint32_t from, uint32_t to);

/* ---- Names ---- */

static const struct val *
first_part(const struct walk *w, const struct name_part *part)
{
    for (int i = w->stacked; i-- > 0;)
        if (w->stack[i] && w->stack[i]->kind == VAL_MAP) {
            const struct val *v = val_find(w->stack[i], part->text, part->hash);
            if (v)
                return v;
        }
    return NULL;
}

/* Money and times have members of their own. */
static const struct val *
member_of(struct walk *w, const struct val *v, const struct name_part *part)
{
    if (v->kind == VAL_MAP)
        return val_find(v, part->text, part->hash);
    return shown_member(w->out->arena, w->how, v, part->text);
}

static const struct val *
look_up(struct walk *w, const struct node *n)
{
    if (!n->part_count)
        return w->stacked ? w->stack[w->stacked - 1] : NULL;
    const struct val *v = first_part(w, &n->parts[0]);
    for (uint32_t i = 1; v && i < n->part_count; i++)
        v = member_of(w, v, &n->parts[i]);
    return v;
}

const struct val *
shown_context(const struct walk *w, const char *name)
{
    struct name_part part = { name, name_hash(name, strlen(name)) };
    return first_part(w, &part);
}

static bool
is_true(const struct val *v)
{
    if (!v)
        return false;
    switch (v->kind) {
    case VAL_NULL:
        return false;
    case VAL_BOOL:
        return v->number != 0;
    case VAL_TEXT:
    case VAL_HTML:
        return v->text[0] != 0;
    case VAL_LIST:
        return v->count > 0;
    default:
        return true;
    }
}

/* ---- Writing ---- */

static void
begin_line(struct walk *w)
{
    if (w->indent_length && w->at_line_start)
        buf_add(w->out, w->indent, w->indent_length);
    w->at_line_start = false;
}

static void
write_text(struct walk *w, const char *text, size_t length)
{
    if (!w->indent_length) {
        buf_add(w->out, text, length);
        w->at_line_start = length ? text[length - 1] == '\n' : w->at_line_start;
        return;
    }
    while (length) {
        const char *newline = memchr(text, '\n', length);
        size_t n = newline ? (size_t)(newline - text) + 1 : length;
        if (text[0] != '\n')
            begin_line(w);
        buf_add(w->out, text, n);
        w->at_line_start = newline != NULL;
        text += n;
        length -= n;
    }
}

static void
write_value(struct walk *w, const struct val *v, bool escape)
{
    if (!v || v->kind == VAL_NULL)
        return;
    begin_line(w);
    if (v->kind == VAL_HTML) {
        buf_text(w->out, v->text);
    } else if (v->kind == VAL_TEXT) {
        if (escape)
            escape_html(w->out, v->text, strlen(v->text));
        else
            buf_text(w->out, v->text);
    } else if (v->kind == VAL_WORD) {
        shown_word(w, w->how->language, v->text, escape, w->out);
    } else {
        shown_value(w->out->arena, w->how, v, w->out);
    }
}

/* ---- Words ---- */

/* The text of a key is a template of its own, filled from where it is shown; the whole is escaped.
 */
static void
render_word_template(struct walk *w, const struct template *t, bool escape, struct buf *out)
{
    struct walk inner = *w;
    struct buf text = buf_new(out->arena, 128);
    inner.out = &text;
    inner.template = t;
    inner.indent_length = 0;
    inner.framed = 0;
    inner.depth++;
    if (inner.depth < DEPTH_MAX)
        render_nodes(&inner, 0, t->count);
    if (escape)
        escape_html(out, text.at, text.length);
    else
        buf_add(out, text.at, text.length);
}

void
shown_word(struct walk *w, const struct language *language, const char *key, bool escape,
           struct buf *out)
{
    const struct val *count = language ? shown_context(w, "count") : NULL;
    bool one = count && language_is_one(language, count->kind == VAL_COUNT || count->kind == VAL_I64
                                                      ? count->number
                                                      : 2);
    const struct word *word = language ? language_word(language, key, one) : NULL;
    if (!word)
        buf_text(out, key);
    else if (word->template)
        render_word_template(w, word->template, escape, out);
    else if (escape)
        buf_add(out, word->html, word->html_length);
    else
        buf_text(out, word->text);
}

/* ---- Nodes ---- */

static void
push(struct walk *w, const struct val *v)
{
    if (w->stacked < STACK_MAX)
        w->stack[w->stacked] = v;
    w->stacked++;
}

static void
render_section(struct walk *w, uint32_t i)
{
    const struct node *n = &w->template->nodes[i];
    const struct val *v = look_up(w, n);
    if (!is_true(v) || w->stacked >= STACK_MAX)
        return;
    if (v->kind != VAL_LIST) {
        push(w, v);
        render_nodes(w, i + 1, n->end);
        w->stacked--;
        return;
    }
    for (uint32_t item = 0; item < v->count; item++) {
        push(w, v->items[item]);
        render_nodes(w, i + 1, n->end);
        w->stacked--;
    }
}

struct indented {
    const char *text;
    size_t length;
};

/* What is put in place of a tag is indented by what stood before the tag, inside what is indented
 * already. */
static struct indented
indent_more(struct walk *w, const char *indent)
{
    struct indented before = { w->indent, w->indent_length };
    size_t more = indent ? strlen(indent) : 0;
    if (more) {
        char *both = arena_alloc_raw(w->out->arena, w->indent_length + more + 1);
        memcpy(both, w->indent, w->indent_length);
        memcpy(both + w->indent_length, indent, more + 1);
        w->indent = both;
        w->indent_length += more;
    }
    return before;
}

static void
indent_back(struct walk *w, struct indented before)
{
    w->indent = before.text;
    w->indent_length = before.length;
}

static const struct template *
named(struct walk *w, const struct node *n)
{
    if (!n->dynamic)
        return template_find(w->how->set, n->text);
    const struct val *v = look_up(w, n);
    return v && v->kind == VAL_TEXT ? template_find(w->how->set, v->text) : NULL;
}

static void
render_other(struct walk *w, const struct template *other, const char *indent)
{
    if (!other || w->depth >= DEPTH_MAX)
        return;
    const struct template *own = w->template;
    struct indented before = indent_more(w, indent);
    w->template = other;
    w->depth++;
    render_nodes(w, 0, other->count);
    w->depth--;
    w->template = own;
    indent_back(w, before);
}

static void
render_parent(struct walk *w, uint32_t i)
{
    const struct node *n = &w->template->nodes[i];
    const struct template *parent = named(w, n);
    if (!parent || w->framed >= FRAME_MAX)
        return;
    w->frames[w->framed++] = (struct frame){ w->template, i + 1, n->end };
    render_other(w, parent, n->indent);
    w->framed--;
}

/* The block of that name among the direct children of a parent's tag; 0 when it has none. */
static uint32_t
find_block(const struct frame *f, const struct node *wanted)
{
    for (uint32_t i = f->from; i < f->to; i = f->template->nodes[i].end) {
        const struct node *n = &f->template->nodes[i];
        if (n->kind == NODE_BLOCK && n->hash == wanted->hash && strcmp(n->text, wanted->text) == 0)
            return i;
    }
    return 0;
}

static void
render_block(struct walk *w, uint32_t i)
{
    const struct node *n = &w->template->nodes[i];
    struct indented before = indent_more(w, n->indent);
    int framed = w->framed;
    for (int f = 0; f < framed; f++) {
        uint32_t given = find_block(&w->frames[f], n);
        /* The index of a first child is never 0: its parent's tag stands before it. */
        if (!given || w->depth >= DEPTH_MAX)
            continue;
        const struct template *own = w->template;
        struct frame around[FRAME_MAX];
        memcpy(around, w->frames, sizeof(around));
        w->template = w->frames[f].template;
        w->framed = f;
        w->depth++;
        render_nodes(w, given + 1, w->template->nodes[given].end);
        w->depth--;
        memcpy(w->frames, around, sizeof(around));
        w->framed = framed;
        w->template = own;
        indent_back(w, before);
        return;
    }
    render_nodes(w, i + 1, n->end);
    indent_back(w, before);
}

static void
render_nodes(struct walk *w, uint32_t from, uint32_t to)
{
    const struct node *nodes = w->template->nodes;
    for (uint32_t i = from; i < to; i = nodes[i].end) {
        const struct node *n = &nodes[i];
        switch (n->kind) {
        case NODE_TEXT:
            write_text(w, n->text, n->length);
            break;
        case NODE_VALUE:
            write_value(w, look_up(w, n), true);
            break;
        case NODE_RAW:
            write_value(w, look_up(w, n), false);
            break;
        case NODE_WORD:
            begin_line(w);
            shown_word(w, w->how->language, n->text, w->template->escape, w->out);
            break;
        case NODE_SECTION:
            render_section(w, i);
            break;
        case NODE_INVERTED:
            if (!is_true(look_up(w, n)))
                render_nodes(w, i + 1, n->end);
            break;
        case NODE_PARTIAL:
            render_other(w, named(w, n), n->indent);
            break;
        case NODE_PARENT:
            render_parent(w, i);
            break;
        case NODE_BLOCK:
            render_block(w, i);
            break;
        }
    }
}

void
template_render(const struct template *t, const struct render *how, const struct val *model,
                struct buf *out)
{
    struct walk w = { .out = out, .how = how, .template = t, .indent = "", .at_line_start = true };
    push(&w, model);
    render_nodes(&w, 0, t->count);
}
