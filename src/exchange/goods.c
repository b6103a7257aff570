/* What a product has once, beside its texts: brand, categories, tags, status, tax, condition. */
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"
#include "view/html.h"

#define MPN_MOST           100 /* characters, as the catalogue has them */
#define GOOGLE_MOST        750
#define CATEGORY_NAME_MOST 100
#define CATEGORY_PATH_MOST 1000
#define CATEGORIES_MOST    50
#define TAG_MOST           255

/* --- words for states --- */

struct word_of {
    const char *word;
    int means;
};

/* clang-format off */
static const struct word_of statuses[] = {
    { "active",    IMPORT_ACTIVE },   { "published", IMPORT_ACTIVE },   { "enabled",  IMPORT_ACTIVE },
    { "1",         IMPORT_ACTIVE },   { "true",      IMPORT_ACTIVE },   { "aktiv",    IMPORT_ACTIVE },
    { "actif",     IMPORT_ACTIVE },   { "publish",   IMPORT_ACTIVE },
    { "draft",     IMPORT_DRAFT },    { "unlisted",  IMPORT_DRAFT },    { "disabled", IMPORT_DRAFT },
    { "0",         IMPORT_DRAFT },    { "false",     IMPORT_DRAFT },    { "entwurf",  IMPORT_DRAFT },
    { "brouillon", IMPORT_DRAFT },    { "inactive",  IMPORT_DRAFT },    { "proposed", IMPORT_DRAFT },
    { "pending",   IMPORT_DRAFT },    { "private",   IMPORT_DRAFT },    { "inaktiv",  IMPORT_DRAFT },
    { "archived",  IMPORT_ARCHIVED }, { "archiviert", IMPORT_ARCHIVED }, { "archivé", IMPORT_ARCHIVED },
    { "rejected",  IMPORT_ARCHIVED }, { "discontinued", IMPORT_ARCHIVED },
};
static const struct word_of conditions[] = {
    { "new",  IMPORT_NEW },  { "neu",       IMPORT_NEW },  { "neuf",     IMPORT_NEW },
    { "used", IMPORT_USED }, { "gebraucht", IMPORT_USED }, { "occasion", IMPORT_USED },
    { "refurbished", IMPORT_REFURBISHED },  { "generalüberholt", IMPORT_REFURBISHED },
    { "reconditionné", IMPORT_REFURBISHED },
};
/* clang-format on */

/* What the first row with a word in the field means; 0: none has, or, with a finding, nothing. */
static int
meaning(struct build *b, enum import_field field, const struct word_of *words, size_t n,
        const char *code)
{
    const struct row *r;
    int at;
    const char *text = build_first(b, field, &r, &at);
    if (!text)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(words[i].word, text))
            return words[i].means;
    build_finding(b, r, at, code, text, NULL);
    return 0;
}

/* Active, but not in the shop window, is a draft to us. */
static void
take_status(struct build *b)
{
    const struct row *r;
    bool published = true;
    int at;
    b->p->status = (enum import_status)meaning(b, FIELD_STATUS, statuses, COUNT(statuses),
                                               "import.status_unknown");
    const char *text = build_first(b, FIELD_PUBLISHED, &r, &at);
    if (!text)
        return;
    const char *code = value_flag(text, &published);
    if (code)
        build_finding(b, r, at, code, text, NULL);
    else if (!b->p->status || b->p->status == IMPORT_ACTIVE)
        b->p->status = published ? IMPORT_ACTIVE : IMPORT_DRAFT;
}

/* --- categories --- */

/* The next part of a path, trimmed, and past it and what stands between. */
static char *
next_part(struct arena *a, const char **path, const char *mark)
{
    const char *end = strstr(*path, mark);
    size_t n = end ? (size_t)(end - *path) : strlen(*path);
    char *part = text_copy_n(a, *path, n);
    *path += n + (end ? strlen(mark) : 0);
    n = strlen(part);
    if (n && part[n - 1] == '-' && *mark == '>') /* "A -> B" */
        part[n - 1] = 0;
    return text_trim(a, part);
}

/* "A > B" in our spelling; NULL with a finding when it cannot be one. */
static const char *
path_of(struct build *b, const struct row *r, int at, const char *text)
{
    struct buf path = buf_new(b->arena, strlen(text) + 8);
    bool decode = !b->setup->verbatim && strchr(text, '&');
    const char *rest = decode ? html_decoded(b->arena, text) : text;
    bool slashes = b->setup->plan->shape.dialect == DIALECT_OTHER && !strchr(rest, '>');
    while (*rest) {
        const char *part = next_part(b->arena, &rest, slashes ? "/" : ">");
        if (!*part)
            continue;
        if (text_characters(part) > CATEGORY_NAME_MOST) {
            build_finding(b, r, at, "import.category_form", text, NULL);
            return NULL;
        }
        if (path.length)
            buf_text(&path, " > ");
        buf_text(&path, part);
    }
    if (text_characters(path.at) > CATEGORY_PATH_MOST) {
        build_finding(b, r, at, "import.category_form", text, NULL);
        return NULL;
    }
    return path.length ? path.at : NULL;
}

static void
add_category(struct build *b, const struct row *r, int at, const char *text)
{
    struct import_product *p = b->p;
    const char *path = *text ? path_of(b, r, at, text) : NULL;
    if (!path || p->category_count == CATEGORIES_MOST)
        return;
    for (size_t i = 0; i < p->category_count; i++)
        if (text_is(p->categories[i], path))
            return;
    p->categories[p->category_count++] = path;
}

/* One of comma-joined texts, trimmed; "\," is a comma of its own where the dialect writes so, and
 * in ours "\\" a backslash. */
static char *
next_of_list(struct build *b, const char **list)
{
    struct buf item = buf_new(b->arena, 32);
    for (; **list && **list != ','; (*list)++) {
        char next = (*list)[0] == '\\' ? (*list)[1] : 0;
        if ((next == ',' && (b->setup->escaped || b->setup->verbatim)) ||
            (next == '\\' && b->setup->verbatim))
            (*list)++;
        buf_char(&item, **list);
    }
    if (**list)
        (*list)++;
    return text_trim(b->arena, item.at);
}

static void
take_categories(struct build *b)
{
    struct import_product *p = b->p;
    const struct columns *c = b->setup->columns;
    const struct row *r;
    int at;
    p->categories = NEW_ARRAY(b->arena, const char *, CATEGORIES_MOST);
    p->has_categories = columns_have(c, FIELD_CATEGORY) || columns_have(c, FIELD_CATEGORIES);
    const char *list = build_first(b, FIELD_CATEGORIES, &r, &at);
    while (list && *list)
        add_category(b, r, at, next_of_list(b, &list));
    if (p->category_count > 1)
        build_finding(b, r, at, "import.categories_more", row_text(r, (size_t)at),
                      p->categories[0]);
    for (at = c->first[FIELD_CATEGORY]; at >= 0; at = c->next[at]) /* the surer column first */
        for (size_t i = 0; i < b->count; i++)
            if (build_speaks(b, i))
                add_category(b, &b->rows[i], at, build_cell(b, &b->rows[i], at));
}

/* --- tags --- */

/* False: there is no room for it. */
static bool
add_tag(struct build *b, const struct row *r, int at, const char *text)
{
    struct import_product *p = b->p;
    const char *tag = build_cut(b, r, at, text, TAG_MOST);
    for (size_t i = 0; i < p->tag_count; i++)
        if (text_is(p->tags[i], tag))
            return true;
    if (*tag && p->tag_count == IMPORT_TAGS_MOST)
        return false;
    if (*tag)
        p->tags[p->tag_count++] = tag;
    return true;
}

static void
take_tags_of(struct build *b, const struct row *r, int at)
{
    const char *list = build_cell(b, r, at), *tag = "";
    bool fits = true;
    while (*list && fits) {
        tag = next_of_list(b, &list);
        fits = add_tag(b, r, at, tag);
    }
    if (!fits)
        build_finding(b, r, at, "import.tags_many", tag, text_i64(b->arena, IMPORT_TAGS_MOST));
}

static void
take_tags(struct build *b)
{
    const struct columns *c = b->setup->columns;
    b->p->tags = NEW_ARRAY(b->arena, const char *, IMPORT_TAGS_MOST);
    b->p->has_tags = columns_have(c, FIELD_TAGS);
    for (size_t i = 0; i < b->count; i++)
        for (int at = c->first[FIELD_TAGS]; at >= 0 && build_speaks(b, i); at = c->next[at])
            take_tags_of(b, &b->rows[i], at);
}

/* --- the rest --- */

/* Said, even when it is empty; NULL when the file has no such column. */
static const char *
plain_field(struct build *b, enum import_field field, size_t most)
{
    const struct row *r;
    int at;
    if (!columns_have(b->setup->columns, field))
        return NULL;
    const char *text = build_first(b, field, &r, &at);
    return text ? build_cut(b, r, at, text, most) : "";
}

static void
take_tax(struct build *b)
{
    const struct row *r;
    int at;
    const char *text = build_first(b, FIELD_TAX_RATE, &r, &at);
    if (!text)
        return;
    const char *code =
        value_percent(text, b->setup->plan->shape.decimal, &b->p->tax_rate_hundredths);
    if (code)
        build_finding(b, r, at, code, text, NULL);
    else
        b->p->has_tax_rate = true;
}

static void
take_asides(struct build *b)
{
    const struct columns *c = b->setup->columns;
    struct import_product *p = b->p;
    p->asides = NEW_ARRAY(b->arena, struct import_aside, c->mapping->count + 1);
    for (int at = c->first[FIELD_ASIDE]; at >= 0 && b->count; at = c->next[at]) {
        const char *text = build_cell(b, &b->rows[0], at);
        if (*text)
            p->asides[p->aside_count++] =
                (struct import_aside){ c->mapping->columns[at].header, text };
    }
}

void
build_goods(struct build *b)
{
    take_status(b);
    b->p->condition = (enum import_condition)meaning(b, FIELD_CONDITION, conditions,
                                                     COUNT(conditions), "import.condition_unknown");
    b->p->brand = plain_field(b, FIELD_BRAND, BRAND_MOST);
    b->p->mpn = plain_field(b, FIELD_MPN, MPN_MOST);
    b->p->google_category = plain_field(b, FIELD_GOOGLE_CATEGORY, GOOGLE_MOST);
    take_categories(b);
    take_tags(b);
    take_tax(b);
    take_asides(b);
}
