/* Where rows may stand anywhere they are put by first, each with the number of its group, and come
 * back by that number. What a group goes by (a handle, a SKU, a parent's id) is only compared, so
 * its hash is enough. */
#include "exchange/groups.h"

#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/keys.h"
#include "exchange/spool.h"
#include "exchange/values.h"

struct groups {
    const struct import_plan *plan;
    const struct columns *columns;
    enum grouping grouping;
    enum import_field key[3]; /* the fields that a group goes by: the first that has a text */

    struct input *input;
    struct table *table;
    struct row row; /* the next one of the table, if has_row; valid until it reads on */
    bool has_row, ended, too_many_rows;
    int64_t rows;

    struct spool *spool; /* NULL: rows are drawn together as they pass */
    struct keys *keys;
    uint32_t group_count;
};

/* --- columns --- */

static bool
is_of_language(enum import_field field)
{
    return field == FIELD_TITLE || field == FIELD_DESCRIPTION || field == FIELD_SUMMARY ||
           field == FIELD_SLUG;
}

static bool
is_of_currency(enum import_field field)
{
    return field == FIELD_PRICE || field == FIELD_COMPARE_AT || field == FIELD_SALE_PRICE;
}

/* What `of` means to the column; false: nothing that there is. */
static bool
read_of(struct arena *a, struct columns *c, size_t at)
{
    const struct mapped_column *column = &c->mapping->columns[at];
    if (column->of && is_of_language(column->field))
        return !value_language(a, column->of, &c->language[at]);
    if (column->of && is_of_currency(column->field))
        return currency_read(column->of, &c->currency[at]);
    return true;
}

/* Before those with a higher number, and before those behind it in the file. */
static void
insert(struct columns *c, enum import_field field, int at)
{
    int *place = &c->first[field];
    while (*place >= 0 && c->mapping->columns[*place].n < c->mapping->columns[at].n)
        place = &c->next[*place];
    c->next[at] = *place;
    *place = at;
}

static int
column_numbered(const struct columns *c, enum import_field field, int n)
{
    for (int at = c->first[field]; at >= 0; at = c->next[at])
        if (c->mapping->columns[at].n == n)
            return at;
    return -1;
}

static void
find_partners(struct columns *c)
{
    for (size_t i = 0; i < c->mapping->count; i++) {
        const struct mapped_column *column = &c->mapping->columns[i];
        c->partner[i] = -1;
        if (column->field == FIELD_OPTION_VALUE)
            c->partner[i] = column_numbered(c, FIELD_OPTION_NAME, column->n);
        else if (column->field == FIELD_IMAGE)
            c->partner[i] = column_numbered(c, FIELD_IMAGE_ALT, column->n);
    }
}

struct columns *
columns_new(struct arena *a, const struct mapping *m)
{
    struct columns *c = NEW(a, struct columns);
    c->mapping = m;
    c->next = NEW_ARRAY(a, int, m->count + 1);
    c->partner = NEW_ARRAY(a, int, m->count + 1);
    c->language = NEW_ARRAY(a, const char *, m->count + 1);
    c->currency = NEW_ARRAY(a, enum currency, m->count + 1);
    for (int f = 0; f < FIELDS; f++)
        c->first[f] = -1;
    for (size_t i = m->count; i-- > 0;)
        insert(c, read_of(a, c, i) ? m->columns[i].field : FIELD_ASIDE, (int)i);
    find_partners(c);
    return c;
}

bool
columns_have(const struct columns *c, enum import_field field)
{
    return c->first[field] >= 0;
}

const char *
columns_text(const struct columns *c, struct arena *a, const struct row *r, enum import_field field)
{
    for (int at = c->first[field]; at >= 0; at = c->next[at]) {
        const char *text = row_text(r, (size_t)at);
        if (text[strspn(text, " \t\r\n")])
            return text_trim(a, text);
    }
    return "";
}

/* --- what a group goes by --- */

enum grouping
grouping_of(const struct import_plan *plan, const struct columns *c)
{
    if (plan->shape.dialect == DIALECT_OWN || plan->shape.dialect == DIALECT_TRANSLATIONS)
        return GROUP_TOGETHER;
    if (plan->shape.dialect == DIALECT_ORDERS)
        return GROUP_ANYWHERE;
    if (columns_have(c, FIELD_PARENT))
        return GROUP_PARENTS;
    if (columns_have(c, FIELD_HANDLE) || columns_have(c, FIELD_PRODUCT_SKU))
        return GROUP_ANYWHERE;
    bool repeats = columns_have(c, FIELD_LANGUAGE) || columns_have(c, FIELD_WAREHOUSE);
    if (repeats && columns_have(c, FIELD_SKU))
        return GROUP_ANYWHERE;
    return GROUP_ALONE;
}

static void
choose_key(struct groups *g)
{
    if (g->plan->shape.dialect == DIALECT_ORDERS) {
        g->key[0] = FIELD_ORDER_NUMBER;
        return;
    }
    g->key[0] = FIELD_PRODUCT_SKU;
    g->key[1] = FIELD_HANDLE;
    g->key[2] = FIELD_SKU; /* of a row that speaks of a variant only */
}

/* "" when the row says none: then it is a group of its own. */
static const char *
key_of(const struct groups *g, struct arena *a, const struct row *r)
{
    const char *text = "";
    for (size_t i = 0; i < COUNT(g->key) && g->key[i] && !*text; i++)
        text = columns_text(g->columns, a, r, g->key[i]);
    return text;
}

/* --- rows as they come --- */

static bool
is_blank(const struct row *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->cells[i].text[strspn(r->cells[i].text, " \t\r\n")])
            return false;
    return !r->fault;
}

/* The next row that is below the header and has something in it; g->ended when there is none. */
static struct err *
read_row(struct groups *g)
{
    bool more = true;
    g->has_row = false;
    do {
        TRY(table_next(g->table, &g->row, &more));
        if (!more || (g->rows == IMPORT_ROWS_MOST && !is_blank(&g->row))) {
            g->too_many_rows = more;
            g->ended = true;
            return NULL;
        }
    } while (g->row.number <= g->plan->shape.header_row || is_blank(&g->row));
    g->has_row = true;
    g->rows++;
    return NULL;
}

/* The row that comes next, and those behind it that go with it. */
static struct err *
next_together(struct groups *g, struct arena *a, struct group *out)
{
    size_t room = 4, bytes = 0;
    out->rows = NEW_ARRAY(a, struct row, room);
    if (!g->has_row)
        return NULL;
    const char *key = key_of(g, a, &g->row);
    do {
        if (out->count == GROUP_ROWS_MOST || bytes > SPOOL_GROUP_MOST) {
            out->left++;
        } else {
            if (out->count == room) {
                struct row *more = NEW_ARRAY(a, struct row, room * 2);
                memcpy(more, out->rows, room * sizeof(*more));
                out->rows = more;
                room *= 2;
            }
            bytes += row_bytes(&g->row);
            out->rows[out->count++] = row_copy(a, &g->row);
        }
        TRY(read_row(g));
    } while (g->has_row && g->grouping == GROUP_TOGETHER && *key &&
             !strcasecmp(key_of(g, a, &g->row), key));
    return NULL;
}

/* --- rows put by --- */

static uint32_t
new_group(struct groups *g)
{
    return ++g->group_count;
}

/* The group of what the key names; new when it was not named before. */
static uint32_t
group_named(struct groups *g, char kind, const char *key)
{
    uint32_t found = keys_find(g->keys, kind, key);
    if (found)
        return found;
    found = new_group(g);
    keys_put(g->keys, kind, key, found);
    return found;
}

/* A product goes by its SKU and by its id; a variation by which of them it names. */
static uint32_t
group_of_family(struct groups *g, struct arena *a, const struct row *r)
{
    const char *parent = columns_text(g->columns, a, r, FIELD_PARENT);
    const char *sku = columns_text(g->columns, a, r, FIELD_SKU);
    const char *id = columns_text(g->columns, a, r, FIELD_ID);
    if (*parent)
        return strncasecmp(parent, "id:", 3) ? group_named(g, 's', parent)
                                             : group_named(g, 'i', parent + 3);
    if (!*sku && !*id)
        return new_group(g);
    uint32_t by_sku = *sku ? keys_find(g->keys, 's', sku) : 0;
    uint32_t by_id = *id ? keys_find(g->keys, 'i', id) : 0;
    if (by_sku && by_id && by_sku != by_id)
        spool_join(g->spool, by_sku > by_id ? by_sku : by_id, by_sku > by_id ? by_id : by_sku);
    uint32_t group = by_sku ? by_sku : by_id ? by_id : new_group(g);
    if (*sku)
        keys_put(g->keys, 's', sku, group);
    if (*id)
        keys_put(g->keys, 'i', id, group);
    return group;
}

static uint32_t
group_of_row(struct groups *g, struct arena *a, const struct row *r)
{
    if (g->grouping == GROUP_PARENTS)
        return group_of_family(g, a, r);
    const char *key = key_of(g, a, r);
    return *key ? group_named(g, 'k', key) : new_group(g);
}

static struct err *
put_all_by(struct groups *g, struct arena *a, const char *folder)
{
    struct arena *round = arena_new((size_t)16 << 20);
    struct err *e = spool_new(a, folder, g->plan->shape.rows, &g->spool);
    g->keys = keys_new(a, g->plan->shape.rows);
    while (!e && g->has_row) {
        e = spool_put(g->spool, group_of_row(g, round, &g->row), &g->row);
        arena_reset(round);
        if (!e)
            e = read_row(g);
    }
    arena_free(round);
    return e ? e : spool_rewind(g->spool);
}

/* --- */

struct err *
groups_new(struct arena *a, int fd, const struct import_plan *plan, const struct columns *c,
           enum grouping grouping, const char *spool, struct groups **out)
{
    struct groups *g = NEW(a, struct groups);
    g->plan = plan;
    g->columns = c;
    g->grouping = grouping;
    choose_key(g);
    g->input = input_new(a, fd, &plan->shape);
    g->table = table_new(a, input_source(g->input), plan->shape.separator);
    TRY(read_row(g));
    if (grouping == GROUP_ANYWHERE || grouping == GROUP_PARENTS)
        TRY(put_all_by(g, a, spool));
    *out = g;
    return NULL;
}

struct err *
groups_next(struct groups *g, struct arena *a, struct group *out)
{
    *out = (struct group){ 0 };
    if (g->spool)
        TRY(spool_next(g->spool, a, GROUP_ROWS_MOST, &out->rows, &out->count, &out->left));
    else
        TRY(next_together(g, a, out));
    if (!out->count && g->too_many_rows) { /* told once, as a last group of this row */
        g->too_many_rows = false;
        out->too_many_rows = true;
        out->rows[0] = row_copy(a, &g->row);
        out->count = 1;
    }
    return NULL;
}

void
groups_progress(const struct groups *g, int64_t *done, int64_t *of)
{
    *done = g->spool ? spool_rows_back(g->spool) : input_read(g->input);
    *of = g->spool ? spool_rows(g->spool) : input_size(g->input);
}
