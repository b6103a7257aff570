/* One reader cuts foreign HTML into text, opened and closed elements; two writers make of these the
 * safe subset and the plain text. Nothing of the input is copied but by name from the table, as
 * decoded and newly escaped text, or as an address that was looked at: so whatever a browser would
 * have made of the input, it does not get to see it. Everything is read once, in one direction;
 * what a missing > or --> would make us search again is remembered. */
#include "view/html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "view/escape.h"
#include "view/references.h"

#define NAME_MOST  15
#define DEPTH_MOST 32

struct element {
    const char *name;
    const char *as;     /* what it is written as; NULL: the tag falls away, its text stays */
    const char *ends;   /* open elements that it ends, as a p ends a p */
    const char *within; /* … looked for up to one of these */
    int lines;          /* of plain text: 1 begins a line, 2 leaves one blank */
    bool empty;         /* has no end: br, hr */
    bool silent;        /* goes with all that is in it */
};

/* clang-format off */
static const struct element elements[] = {
    /* name          as            ends            within         lines empty  silent */
    { "a",          "a",          "a",            "table",        0 },
    { "abbr",       NULL,         NULL,           NULL,           0 },
    { "address",    "div",        "p",            "td th li",     1 },
    { "article",    "div",        "p",            "td th li",     2 },
    { "b",          "strong",     NULL,           NULL,           0 },
    { "blockquote", "blockquote", "p",            "td th li",     2 },
    { "body",       NULL,         NULL,           NULL,           0 },
    { "br",         "br",         NULL,           NULL,           1, true },
    { "caption",    "caption",    NULL,           NULL,           1 },
    { "center",     "div",        "p",            "td th li",     1 },
    { "code",       "code",       NULL,           NULL,           0 },
    { "dd",         "dd",         "p dt dd",      "dl table",     1 },
    { "del",        "s",          NULL,           NULL,           0 },
    { "div",        "div",        "p",            "td th li",     1 },
    { "dl",         "dl",         "p",            "td th li",     2 },
    { "dt",         "dt",         "p dt dd",      "dl table",     1 },
    { "em",         "em",         NULL,           NULL,           0 },
    { "embed",      NULL,         NULL,           NULL,           0, true },
    { "figcaption", "div",        "p",            "td th li",     1 },
    { "figure",     "div",        "p",            "td th li",     2 },
    { "font",       NULL,         NULL,           NULL,           0 },
    { "footer",     "div",        "p",            "td th li",     2 },
    { "h1",         "h2",         "p",            "td th li",     2 },
    { "h2",         "h2",         "p",            "td th li",     2 },
    { "h3",         "h3",         "p",            "td th li",     2 },
    { "h4",         "h4",         "p",            "td th li",     2 },
    { "h5",         "h5",         "p",            "td th li",     2 },
    { "h6",         "h6",         "p",            "td th li",     2 },
    { "head",       NULL,         NULL,           NULL,           0, false, true },
    { "header",     "div",        "p",            "td th li",     2 },
    { "hr",         "hr",         "p",            "td th li",     2, true },
    { "html",       NULL,         NULL,           NULL,           0 },
    { "i",          "em",         NULL,           NULL,           0 },
    { "iframe",     NULL,         NULL,           NULL,           0, false, true },
    { "img",        NULL,         NULL,           NULL,           0, true },
    { "input",      NULL,         NULL,           NULL,           0, true },
    { "li",         "li",         "p li",         "ul ol table",  1 },
    { "link",       NULL,         NULL,           NULL,           0, true },
    { "main",       "div",        "p",            "td th li",     2 },
    { "math",       NULL,         NULL,           NULL,           0, false, true },
    { "meta",       NULL,         NULL,           NULL,           0, true },
    { "noembed",    NULL,         NULL,           NULL,           0, false, true },
    { "noframes",   NULL,         NULL,           NULL,           0, false, true },
    { "noscript",   NULL,         NULL,           NULL,           0, false, true },
    { "object",     NULL,         NULL,           NULL,           0, false, true },
    { "ol",         "ol",         "p",            "td th li",     2 },
    { "p",          "p",          "p",            "td th li",     2 },
    { "pre",        "pre",        "p",            "td th li",     2 },
    { "s",          "s",          NULL,           NULL,           0 },
    { "script",     NULL,         NULL,           NULL,           0, false, true },
    { "section",    "div",        "p",            "td th li",     2 },
    { "select",     NULL,         NULL,           NULL,           0, false, true },
    { "small",      "small",      NULL,           NULL,           0 },
    { "span",       NULL,         NULL,           NULL,           0 },
    { "strike",     "s",          NULL,           NULL,           0 },
    { "strong",     "strong",     NULL,           NULL,           0 },
    { "style",      NULL,         NULL,           NULL,           0, false, true },
    { "sub",        "sub",        NULL,           NULL,           0 },
    { "sup",        "sup",        NULL,           NULL,           0 },
    { "svg",        NULL,         NULL,           NULL,           0, false, true },
    { "table",      "table",      "p",            "td th li",     2 },
    { "tbody",      "tbody",      "td th tr thead tbody caption", "table", 0 },
    { "td",         "td",         "p td th",      "tr table",     0 },
    { "template",   NULL,         NULL,           NULL,           0, false, true },
    { "textarea",   NULL,         NULL,           NULL,           0, false, true },
    { "tfoot",      "tfoot",      "td th tr thead tbody caption", "table", 0 },
    { "th",         "th",         "p td th",      "tr table",     0 },
    { "thead",      "thead",      "td th tr thead tbody caption", "table", 0 },
    { "title",      NULL,         NULL,           NULL,           0, false, true },
    { "tr",         "tr",         "p td th tr",   "table",        1 },
    { "u",          "u",          NULL,           NULL,           0 },
    { "ul",         "ul",         "p",            "td th li",     2 },
    { "xmp",        NULL,         NULL,           NULL,           0, false, true },
};
/* clang-format on */
static const struct element unknown = { "" };

/* --- names and references --- */

static int
by_element_name(const void *name, const void *row)
{
    return strcmp(name, ((const struct element *)row)->name);
}

static bool
is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* The element that a tag's name means; never NULL. */
static const struct element *
element_of(const char *name, size_t length)
{
    char lower[NAME_MOST + 1] = "";
    if (length > NAME_MOST)
        return &unknown;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)(is_letter(name[i]) ? name[i] | 0x20 : name[i]);
    const struct element *found =
        bsearch(lower, elements, COUNT(elements), sizeof(elements[0]), by_element_name);
    return found ? found : &unknown;
}

/* Whether the name is one of the words, which have a blank between them. */
static bool
is_among(const char *words, const char *name)
{
    size_t length = strlen(name);
    while (words && *words) {
        size_t n = strcspn(words, " ");
        if (n == length && !memcmp(words, name, n))
            return true;
        words += n;
        words += *words == ' ';
    }
    return false;
}

static void
put_code_point(struct buf *b, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n; i-- > 1; c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(first[n] | c);
    buf_add(b, bytes, n);
}

/* Numbers 128 to 159 mean what Windows has there. */
static uint32_t
sound_code_point(uint32_t c)
{
    static const uint16_t windows[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                          0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
                                          0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d,
                                          0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                          0x0153, 0xfffd, 0x017e, 0x0178 };
    if (c >= 0x80 && c < 0xa0)
        return windows[c - 0x80];
    if (!c || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    return c < 0x20 || c == 0x7f ? ' ' : c;
}

static bool
read_number(const char *text, size_t length, uint32_t *out)
{
    char digits[9] = "", *end;
    int base = length && (*text | 0x20) == 'x' ? 16 : 10;
    size_t skip = base == 16;
    if (length <= skip || length - skip >= sizeof(digits))
        return false;
    memcpy(digits, text + skip, length - skip);
    *out = (uint32_t)strtoul(digits, &end, base);
    return !*end && is_name(digits[0]);
}

static int
by_reference_name(const void *name, const void *row)
{
    return strcmp(name, ((const struct reference *)row)->name);
}

/* The reference that begins at &: its code point, and its length with & and ;. 0: it is none. */
static size_t
read_reference(const char *at, const char *end, uint32_t *out)
{
    char name[12] = "";
    size_t n = 0;
    const char *from = at + 1;
    while (from + n < end && n < sizeof(name) - 1 && (is_name(from[n]) || from[n] == '#'))
        n++;
    if (!n || from + n >= end || from[n] != ';')
        return 0;
    memcpy(name, from, n);
    if (name[0] == '#') {
        if (!read_number(name + 1, n - 1, out))
            return 0;
        *out = sound_code_point(*out);
        return n + 2;
    }
    const struct reference *found =
        bsearch(name, references, COUNT(references), sizeof(references[0]), by_reference_name);
    if (!found)
        return 0;
    *out = found->code_point;
    return n + 2;
}

static void
put_decoded(struct buf *b, const char *at, const char *end)
{
    while (at < end) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        uint32_t c;
        buf_add(b, at, (size_t)((amp ? amp : end) - at));
        if (!amp)
            return;
        size_t n = read_reference(amp, end, &c);
        if (n)
            put_code_point(b, c);
        else
            buf_char(b, '&');
        at = amp + (n ? n : 1);
    }
}

char *
html_decoded(struct arena *a, const char *text)
{
    size_t length = strlen(text);
    struct buf b = buf_new(a, length + 1);
    put_decoded(&b, text, text + length);
    return b.at;
}

/* --- reading --- */

enum part_kind { PART_END, PART_TEXT, PART_OPEN, PART_CLOSE };

struct part {
    enum part_kind kind;
    const struct element *element;
    const char *from, *to; /* the text, or the tag's attributes */
};

struct reader {
    const char *at, *end;
    bool quotes_are_open;  /* one has no end, so they are not looked at any more */
    bool no_more_tags;     /* there is no > any more */
    bool no_more_comments; /* there is no --> any more */
};

static struct reader
reader_on(const char *html)
{
    return (struct reader){ .at = html, .end = html + strlen(html) };
}

static const char *
find(const struct reader *r, const char *from, const char *what)
{
    return memmem(from, (size_t)(r->end - from), what, strlen(what));
}

/* The > that ends a tag; those in quotes do not. */
static const char *
tag_end(struct reader *r, const char *from)
{
    if (!r->quotes_are_open) {
        char quote = 0;
        for (const char *p = from; p < r->end; p++) {
            if (quote ? *p == quote : (*p == '"' || *p == '\'') && p[-1] == '=')
                quote = quote ? 0 : *p;
            else if (*p == '>' && !quote)
                return p;
        }
        r->quotes_are_open = true;
    }
    const char *end = find(r, from, ">");
    r->no_more_tags = !end;
    return end;
}

/* Past what a comment, a document type or a processing instruction takes; false: it is none. */
static bool
skip_declaration(struct reader *r)
{
    const char *end = NULL;
    if (r->at[1] != '!' && r->at[1] != '?')
        return false;
    if (!strncmp(r->at, "<!--", 4) && !r->no_more_comments) {
        end = find(r, r->at + 4, "-->");
        r->no_more_comments = !end;
        end = end ? end + 2 : NULL;
    }
    if (!end)
        end = find(r, r->at, ">");
    r->no_more_tags = !end;
    r->at = end ? end + 1 : r->at;
    return end;
}

/* Past the end tag of an element that goes with all that is in it. */
static void
skip_silent(struct reader *r, const struct element *e)
{
    size_t n = strlen(e->name);
    const char *p = r->at;
    while ((p = find(r, p, "</"))) {
        p += 2;
        if (!strncasecmp(p, e->name, n) && !is_name(p[n])) {
            const char *end = find(r, p, ">");
            r->at = end ? end + 1 : r->end;
            return;
        }
    }
    r->at = r->end;
}

/* A tag at <, if it is one that has an end. */
static bool
read_tag(struct reader *r, struct part *out)
{
    const char *name = r->at + 1;
    bool closes = *name == '/';
    name += closes;
    if (!is_letter(*name))
        return false;
    size_t n = 0;
    while (is_name(name[n]))
        n++;
    const char *end = tag_end(r, name + n);
    if (!end)
        return false;
    out->kind = closes ? PART_CLOSE : PART_OPEN;
    out->element = element_of(name, n);
    out->from = name + n;
    out->to = end;
    r->at = end + 1;
    return true;
}

static struct part
next_part(struct reader *r)
{
    struct part p = { .kind = PART_TEXT, .from = r->at };
    while (r->at < r->end) {
        if (*r->at == '<' && !r->no_more_tags) {
            p.to = r->at;
            if (p.from < p.to && (is_letter(r->at[1]) || strchr("/!?", r->at[1])) && r->at[1])
                return p; /* the text before what may be a tag */
            if (skip_declaration(r)) {
                p.from = r->at;
                continue;
            }
            if (read_tag(r, &p)) {
                if (p.kind != PART_OPEN || !p.element->silent)
                    return p;
                skip_silent(r, p.element);
                p = (struct part){ .kind = PART_TEXT, .from = r->at };
                continue;
            }
        }
        r->at++;
        const char *next = memchr(r->at, '<', (size_t)(r->end - r->at));
        r->at = next ? next : r->end;
    }
    p.to = r->end;
    if (p.from == p.to)
        p.kind = PART_END;
    return p;
}

/* Whether its lines are made by elements; else its line ends are meant. */
static bool
has_lines(const char *html)
{
    struct reader r = reader_on(html);
    for (struct part p = next_part(&r); p.kind != PART_END; p = next_part(&r))
        if (p.kind == PART_OPEN && p.element->lines)
            return true;
    return false;
}

bool
html_is(const char *text)
{
    struct reader r = reader_on(text);
    uint32_t c;
    for (struct part p = next_part(&r); p.kind != PART_END; p = next_part(&r)) {
        if (p.kind != PART_TEXT && p.element != &unknown)
            return true;
        for (const char *amp = p.from; p.kind == PART_TEXT && amp < p.to; amp++)
            if (*amp == '&' && read_reference(amp, p.to, &c))
                return true;
    }
    return false;
}

/* --- the safe subset --- */

struct safe {
    struct arena *arena;
    struct buf out;
    bool keep_lines;
    int depth;
    const struct element *open[DEPTH_MOST];
};

static void
put_tag(struct safe *s, const char *before, const char *name)
{
    buf_text(&s->out, before);
    buf_text(&s->out, name);
    buf_char(&s->out, '>');
}

static void
close_down_to(struct safe *s, int depth)
{
    while (s->depth > depth)
        put_tag(s, "</", s->open[--s->depth]->as);
}

/* Elements that cannot stay open where this one begins. */
static void
end_others(struct safe *s, const struct element *e)
{
    int down_to = s->depth;
    for (int i = s->depth; e->ends && i-- > 0 && !is_among(e->within, s->open[i]->as);)
        if (is_among(e->ends, s->open[i]->as))
            down_to = i;
    close_down_to(s, down_to);
}

/* The value of href, decoded, without white space; NULL when there is none. */
static char *
link_address(struct arena *a, const char *at, const char *end)
{
    for (; at < end; at++) {
        if (strncasecmp(at, "href", 4) || is_name(at[-1]) || at[-1] == '-')
            continue;
        const char *p = at + 4;
        while (p < end && strchr(" \t\r\n", *p))
            p++;
        if (p == end || *p++ != '=')
            continue;
        while (p < end && strchr(" \t\r\n", *p))
            p++;
        bool quoted = p < end && (*p == '"' || *p == '\'');
        char quote = *p;
        p += quoted;
        const char *to = p;
        while (to < end && (quoted ? *to != quote : !strchr(" \t\r\n", *to)))
            to++;
        struct buf b = buf_new(a, (size_t)(to - p) + 1);
        put_decoded(&b, p, to);
        return b.at;
    }
    return NULL;
}

static bool
is_fit_address(char *address)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
    char *to = address;
    for (const char *p = address; *p; p++) /* as browsers leave them out */
        if ((unsigned char)*p > ' ')
            *to++ = *p;
    *to = 0;
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (!strncasecmp(address, schemes[i], strlen(schemes[i])))
            return true;
    return false;
}

static void
open_element(struct safe *s, const struct part *p)
{
    const struct element *e = p->element;
    char *address = NULL;
    if (!e->as || (s->depth == DEPTH_MOST && !e->empty))
        return;
    if (text_is(e->name, "a")) {
        address = link_address(s->arena, p->from, p->to);
        if (!address || !is_fit_address(address))
            return;
    }
    end_others(s, e);
    if (address) {
        buf_text(&s->out, "<a href=\"");
        escape_html(&s->out, address, strlen(address));
        buf_text(&s->out, "\" rel=\"nofollow noopener\">");
    } else {
        put_tag(s, "<", e->as);
    }
    if (!e->empty)
        s->open[s->depth++] = e;
}

static void
close_element(struct safe *s, const struct element *e)
{
    for (int i = s->depth; e->as && i-- > 0;)
        if (text_is(s->open[i]->as, e->as)) {
            close_down_to(s, i);
            return;
        }
}

static void
put_safe_text(struct safe *s, const struct part *p)
{
    struct buf text = buf_new(s->arena, (size_t)(p->to - p->from) + 1);
    put_decoded(&text, p->from, p->to);
    const char *at = text.at, *end = text.at + text.length, *line;
    while (s->keep_lines && (line = memchr(at, '\n', (size_t)(end - at)))) {
        escape_html(&s->out, at, (size_t)(line - at));
        buf_text(&s->out, "<br>\n");
        at = line + 1;
    }
    escape_html(&s->out, at, (size_t)(end - at));
}

char *
html_safe(struct arena *a, const char *html)
{
    struct reader r = reader_on(html);
    struct safe s = { .arena = a, .out = buf_new(a, strlen(html) + 1) };
    s.keep_lines = !has_lines(html);
    for (struct part p = next_part(&r); p.kind != PART_END; p = next_part(&r)) {
        if (p.kind == PART_TEXT)
            put_safe_text(&s, &p);
        else if (p.kind == PART_OPEN)
            open_element(&s, &p);
        else
            close_element(&s, p.element);
    }
    close_down_to(&s, 0);
    return s.out.at;
}

/* --- plain text --- */

struct plain {
    struct buf out;
    bool keep_lines;
    int lines;  /* line ends that the next text has before it, */
    bool blank; /* a blank, */
    bool item;  /* the mark of a list item */
};

static void
begin_lines(struct plain *p, int lines)
{
    if (p->lines < lines && !p->item)
        p->lines = lines;
}

static void
put_plain_bytes(struct plain *p, const char *bytes, size_t length)
{
    if (p->lines || !p->out.length)
        p->blank = false;
    for (; p->lines; p->lines--)
        if (p->out.length)
            buf_char(&p->out, '\n');
    if (p->item)
        buf_text(&p->out, "- ");
    else if (p->blank)
        buf_char(&p->out, ' ');
    p->blank = p->item = false;
    buf_add(&p->out, bytes, length);
}

/* How many bytes of white space are at the place. */
static size_t
blank_at(const char *at)
{
    if (at[0] == '\xc2' && at[1] == '\xa0') /* the no-break space */
        return 2;
    return *at && strchr(" \t\r\n", *at) ? 1 : 0;
}

static void
put_plain_text(struct plain *p, struct arena *a, const struct part *part)
{
    struct buf text = buf_new(a, (size_t)(part->to - part->from) + 1);
    put_decoded(&text, part->from, part->to);
    for (const char *at = text.at, *end = text.at + text.length; at < end;) {
        size_t n = blank_at(at);
        if (n) {
            p->blank = true;
            p->lines += p->keep_lines && *at == '\n' && p->lines < 2;
        } else {
            n = strcspn(at, " \t\r\n\xc2");
            n = n ? n : 1;
            put_plain_bytes(p, at, n);
        }
        at += n;
    }
}

static void
put_plain_element(struct plain *p, const struct part *part)
{
    const struct element *e = part->element;
    bool opens = part->kind == PART_OPEN;
    if (text_is(e->name, "br"))
        p->lines += p->lines < 2 && !p->item;
    else
        begin_lines(p, e->lines);
    if (text_is(e->name, "li"))
        p->item = opens;
    if (opens && (text_is(e->name, "td") || text_is(e->name, "th")))
        p->blank = true;
}

char *
html_plain(struct arena *a, const char *html)
{
    struct reader r = reader_on(html);
    struct plain out = { .out = buf_new(a, strlen(html) + 1), .keep_lines = !has_lines(html) };
    for (struct part p = next_part(&r); p.kind != PART_END; p = next_part(&r)) {
        if (p.kind == PART_TEXT)
            put_plain_text(&out, a, &p);
        else
            put_plain_element(&out, &p);
    }
    return out.out.at;
}
