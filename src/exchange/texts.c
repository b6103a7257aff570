/* Titles, descriptions and slugs, in as many languages as the file has: by a column each, or by a
 * row each. What comes as HTML is kept twice, safe and plain. */
#include <string.h>

#include "base/slug.h"
#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"
#include "view/html.h"

#define TITLE_MOST       200 /* characters, as the catalogue has them */
#define DESCRIPTION_MOST 9999
#define SLUG_MOST        200
#define LANGUAGES_MOST   40

/* A text on its way: the description's parts are only known when all columns are read. */
struct draft {
    const struct row *row;
    int at;
    const char *summary, *description;
};

struct texts {
    struct build *b;
    size_t count;
    struct import_text at[LANGUAGES_MOST];
    struct draft drafts[LANGUAGES_MOST];
};

static bool
is_region_of(const char *language, const char *base)
{
    size_t n = strlen(base);
    return !strncmp(language, base, n) && language[n] == '-';
}

/* The shop's own language that a file's stands for: itself, else without its region. */
static const char *
fitting(const struct import_settings *s, const char *language)
{
    for (size_t i = 0; i < s->language_count; i++)
        if (text_is(s->languages[i], language))
            return language;
    if (is_region_of(language, s->language))
        return s->language;
    for (size_t i = 0; i < s->language_count; i++)
        if (is_region_of(language, s->languages[i]))
            return s->languages[i];
    return language;
}

/* Whose texts the row's column has; NULL when the row names a language that is none. */
static const char *
language_of(struct texts *t, const struct row *r, int column)
{
    const struct build_setup *setup = t->b->setup;
    const char *language = setup->columns->language[column];
    int at;
    if (language)
        return fitting(setup->settings, language);
    const char *text = build_field(t->b, r, FIELD_LANGUAGE, &at);
    if (!*text)
        return setup->settings->language;
    return value_language(t->b->arena, text, &language) ? NULL : fitting(setup->settings, language);
}

static size_t
place_for(struct texts *t, const char *language)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_is(t->at[i].language, language))
            return i;
    if (t->count == LANGUAGES_MOST)
        return t->count;
    t->at[t->count].language = language;
    return t->count++;
}

/* What WooCommerce writes for a line end and a comma in a text. */
static char *
unescaped(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, strlen(text) + 1);
    for (; *text; text++) {
        if (text[0] == '\\' && (text[1] == 'n' || text[1] == ',')) {
            buf_char(&b, text[1] == 'n' ? '\n' : ',');
            text++;
        } else {
            buf_char(&b, *text);
        }
    }
    return b.at;
}

/* One line, references decoded: "&quot;" of a name that went through a web page. */
static const char *
title_of(struct texts *t, const struct row *r, int at, const char *text)
{
    struct arena *a = t->b->arena;
    if (!t->b->setup->verbatim) {
        char *plain = strchr(text, '&') ? html_decoded(a, text) : text_copy(a, text);
        for (char *p = plain; (p = strpbrk(p, "\r\n\t")); p++)
            *p = ' ';
        text = text_trim(a, plain);
    }
    return build_cut(t->b, r, at, text, TITLE_MOST);
}

static bool
is_slug(const char *text)
{
    return *text && text[0] != '-' && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

static const char *
slug_from(struct texts *t, const struct row *r, int at, const char *text)
{
    if (text_characters(text) > SLUG_MOST)
        build_finding(t->b, r, at, "import.slug_long", text, NULL);
    else if (t->b->setup->verbatim || is_slug(text))
        return text;
    return slug_of(t->b->arena, text, SLUG_MOST, "");
}

static void
take_text(struct texts *t, const struct row *r, int at, enum import_field field, const char *text)
{
    const char *language = language_of(t, r, at);
    size_t place = language ? place_for(t, language) : LANGUAGES_MOST;
    if (place == LANGUAGES_MOST)
        return;
    struct import_text *to = &t->at[place];
    struct draft *draft = &t->drafts[place];
    if (field == FIELD_TITLE && !to->title) {
        to->title = title_of(t, r, at, text);
    } else if (field == FIELD_SLUG && !to->slug) {
        to->slug = slug_from(t, r, at, text);
    } else if (field == FIELD_SUMMARY && !draft->summary) {
        draft->summary = text;
    } else if (field == FIELD_DESCRIPTION && !draft->description) {
        draft->description = text;
    } else {
        return;
    }
    if (field == FIELD_SUMMARY || field == FIELD_DESCRIPTION) {
        draft->row = r;
        draft->at = at;
    }
}

/* Line ends as LF, references decoded. */
static const char *
plain_lines(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, strlen(text) + 1);
    for (; *text; text++)
        if (*text != '\r' || text[1] != '\n')
            buf_char(&b, *text == '\r' ? '\n' : *text);
    return b.at;
}

static void
finish_description(struct texts *t, size_t i)
{
    struct arena *a = t->b->arena;
    struct draft *d = &t->drafts[i];
    if (!d->summary && !d->description)
        return;
    const char *text = d->summary && d->description
                           ? text_join(a, d->summary, "\n\n", d->description, NULL)
                       : d->summary ? d->summary
                                    : d->description;
    if (t->b->setup->escaped)
        text = unescaped(a, text);
    if (!t->b->setup->verbatim) {
        if (html_is(text)) {
            t->at[i].html = html_safe(a, text);
            text = html_plain(a, text);
        } else {
            text = plain_lines(a, text);
        }
    }
    t->at[i].description = build_cut(t->b, d->row, d->at, text, DESCRIPTION_MOST);
}

/* A column that is there and empty in all rows empties the text: the first row says so. */
static void
take_empty(struct texts *t, enum import_field field)
{
    const struct columns *c = t->b->setup->columns;
    for (int at = c->first[field]; at >= 0 && t->b->count; at = c->next[at]) {
        const char *language = language_of(t, &t->b->rows[0], at);
        size_t place =
            language && !columns_have(c, FIELD_LANGUAGE) ? place_for(t, language) : LANGUAGES_MOST;
        if (place == LANGUAGES_MOST)
            continue;
        if (field == FIELD_DESCRIPTION && !t->at[place].description)
            t->at[place].description = "";
        if (field == FIELD_TITLE && !t->at[place].title)
            t->at[place].title = "";
    }
}

/* A handle is the product's address in the shop it comes from, so it is ours, too. */
static void
take_handle(struct texts *t)
{
    const struct row *r;
    int at;
    const char *handle = build_first(t->b, FIELD_HANDLE, &r, &at);
    size_t place = place_for(t, t->b->setup->settings->language);
    if (!handle || t->b->p->texts_only || place == LANGUAGES_MOST || t->at[place].slug)
        return;
    if (is_slug(handle) && strpbrk(handle, "abcdefghijklmnopqrstuvwxyz"))
        t->at[place].slug = slug_from(t, r, at, handle);
}

static void
check_language(struct texts *t, const struct row *r)
{
    const char *spelled;
    int at;
    const char *text = build_field(t->b, r, FIELD_LANGUAGE, &at);
    if (*text && value_language(t->b->arena, text, &spelled))
        build_finding(t->b, r, at, "import.language_format", text, NULL);
    if (!*text && t->b->p->texts_only && columns_have(t->b->setup->columns, FIELD_LANGUAGE))
        build_finding(t->b, r, t->b->setup->columns->first[FIELD_LANGUAGE],
                      "import.language_missing", "", NULL);
}

static void
check_titles(struct texts *t)
{
    const struct columns *c = t->b->setup->columns;
    if (!columns_have(c, FIELD_TITLE) || !t->b->count)
        return;
    for (size_t i = 0; i < t->count; i++)
        if (t->at[i].title && *t->at[i].title)
            return;
    build_finding(t->b, &t->b->rows[0], c->first[FIELD_TITLE], "import.title_missing", "", NULL);
}

/* The shop's own language first; texts without anything fall away. */
static void
hand_over(struct texts *t)
{
    struct import_product *p = t->b->p;
    p->texts = NEW_ARRAY(t->b->arena, struct import_text, t->count + 1);
    for (int own = 1; own >= 0; own--)
        for (size_t i = 0; i < t->count; i++) {
            bool said = t->at[i].title || t->at[i].description || t->at[i].slug;
            if (said && text_is(t->at[i].language, t->b->setup->settings->language) == own)
                p->texts[p->text_count++] = t->at[i];
        }
}

void
build_texts(struct build *b)
{
    static const enum import_field fields[] = { FIELD_TITLE, FIELD_SUMMARY, FIELD_DESCRIPTION,
                                                FIELD_SLUG };
    struct texts *t = NEW(b->arena, struct texts);
    const struct columns *c = b->setup->columns;
    t->b = b;
    for (size_t i = 0; i < b->count; i++) {
        check_language(t, &b->rows[i]);
        for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++)
            for (int at = c->first[fields[f]]; at >= 0; at = c->next[at]) {
                const char *text = build_cell(b, &b->rows[i], at);
                if (*text && build_speaks(b, i))
                    take_text(t, &b->rows[i], at, fields[f], text);
            }
    }
    for (size_t i = 0; i < t->count; i++)
        finish_description(t, i);
    take_handle(t);
    take_empty(t, FIELD_DESCRIPTION);
    take_empty(t, FIELD_TITLE);
    check_titles(t);
    hand_over(t);
}
