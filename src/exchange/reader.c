/* From a group of rows to a product: each part has its file (texts, goods, pictures, roles,
 * variants); here they are put together, and what is wrong with the rows as such is told. */
#include "exchange/reader.h"

#include "base/must.h"
#include "base/text.h"
#include "exchange/build.h"
#include "exchange/faults.h"

struct import_reader {
    struct import_plan plan;
    struct import_settings settings;
    struct build_setup setup;
    struct groups *groups;
    struct findings notes;
    int64_t number;
};

/* --- opening --- */

static void
note(struct import_reader *r, const char *code, const char *other)
{
    finding_add(&r->notes, (struct finding){ .code = code, .other = other }, false);
}

/* The names of columns that no field of ours takes. */
static char *
names_aside(struct arena *a, const struct import_plan *plan)
{
    struct buf b = buf_new(a, 200);
    for (size_t i = 0; i < plan->mapping.count; i++) {
        const struct mapped_column *c = &plan->mapping.columns[i];
        if (c->field == FIELD_ASIDE && *c->header && b.length < 4000)
            buf_printf(&b, "%s%s", b.length ? ", " : "", c->header);
    }
    return b.at;
}

static void
take_notes(struct arena *a, struct import_reader *r)
{
    const struct columns *c = r->setup.columns;
    const char *aside = names_aside(a, &r->plan);
    bool texts = r->plan.shape.dialect == DIALECT_TRANSLATIONS;
    r->notes.arena = a;
    if (!texts && !columns_have(c, FIELD_PRICE) && !columns_have(c, FIELD_PRICE_MINOR))
        note(r, "import.no_price_column", NULL);
    if (!columns_have(c, FIELD_TITLE))
        note(r, "import.no_title_column", NULL);
    if (*aside)
        note(r, "import.columns_aside", aside);
}

static struct build_setup
setup_of(struct arena *a, struct import_reader *r)
{
    enum dialect d = r->plan.shape.dialect;
    struct columns *c = columns_new(a, &r->plan.mapping);
    return (struct build_setup){
        .plan = &r->plan,
        .settings = &r->settings,
        .columns = c,
        .grouping = grouping_of(&r->plan, c),
        .verbatim = d == DIALECT_OWN,
        .guarded = d != DIALECT_OTHER && d != DIALECT_SPRYKER, /* as we and WooCommerce write */
        .escaped = d == DIALECT_WOOCOMMERCE,
        .described = d == DIALECT_SPRYKER,
        .gallery = d == DIALECT_SHOPIFY || d == DIALECT_SHOPIFY_2024,
        .skus = keys_new(a, r->plan.shape.rows * 2), /* of products and of variants */
    };
}

struct err *
import_open(struct arena *a, int fd, const struct import_plan *plan,
            const struct import_settings *settings, struct import_reader **out)
{
    struct import_reader *r = NEW(a, struct import_reader);
    must(plan->shape.dialect != DIALECT_ORDERS && settings->currency && settings->language);
    TRY(plan_check(a, plan));
    r->plan = *plan;
    r->settings = *settings;
    r->setup = setup_of(a, r);
    take_notes(a, r);
    TRY(groups_new(a, fd, &r->plan, r->setup.columns, r->setup.grouping, settings->spool,
                   &r->groups));
    *out = r;
    return NULL;
}

/* --- rows as such --- */

static void
check_rows(struct build *b, const struct group *g)
{
    int64_t *numbers = NEW_ARRAY(b->arena, int64_t, g->count + 1);
    for (size_t i = 0; i < g->count; i++) {
        numbers[i] = g->rows[i].number;
        row_check(&b->setup->plan->mapping, &g->rows[i], &b->p->findings);
    }
    b->p->rows = numbers;
    b->p->row_count = g->count;
    if (g->left)
        build_finding(b, &g->rows[g->count - 1], -1, "import.variants_many", "",
                      text_i64(b->arena, IMPORT_VARIANTS_MOST));
}

static bool
ends_table(const struct group *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (row_ends_table(&g->rows[i]))
            return true;
    return false;
}

/* --- products --- */

/* A row of texts names its product by SKU, else by slug. */
static void
name_translated(struct build *b)
{
    const struct row *r;
    int at;
    const char *sku = build_first(b, FIELD_PRODUCT_SKU, &r, &at);
    b->p->sku = sku ? sku : build_first(b, FIELD_SKU, &r, &at);
    if (!b->p->sku)
        b->p->by_slug = build_first(b, FIELD_HANDLE, &r, &at);
    if (!b->p->sku && !b->p->by_slug)
        build_finding(b, &b->rows[0], -1, "import.row_no_key", "", NULL);
}

static void
build(struct build *b)
{
    build_roles(b);
    if (b->p->texts_only) {
        name_translated(b);
    } else {
        build_goods(b);
        build_images(b);
        build_variants(b);
    }
    build_texts(b);
}

struct err *
import_next(struct import_reader *r, struct arena *a, struct import_product **out)
{
    struct group g;
    TRY(groups_next(r->groups, a, &g));
    *out = NULL;
    if (!g.count)
        return NULL;
    struct import_product *p = NEW(a, struct import_product);
    struct build b = { .arena = a, .setup = &r->setup, .p = p, .rows = g.rows, .count = g.count };
    p->number = ++r->number;
    p->line = g.rows[0].line;
    p->row = g.rows[0].number;
    p->findings.arena = a;
    p->texts_only = r->plan.shape.dialect == DIALECT_TRANSLATIONS;
    check_rows(&b, &g);
    if (g.too_many_rows)
        build_finding(&b, &g.rows[0], -1, "import.rows_many", "", text_i64(a, IMPORT_ROWS_MOST));
    else if (!ends_table(&g))
        build(&b);
    p->refused = p->findings.refused;
    *out = p;
    return NULL;
}

const struct findings *
import_notes(const struct import_reader *r)
{
    return &r->notes;
}

void
import_progress(const struct import_reader *r, int64_t *done, int64_t *of)
{
    groups_progress(r->groups, done, of);
}
