/* Past orders: lines drawn together by the order's number wherever they stand, money to the cent.
 * Some codes are no goods: postage, discounts, fees; a table says which. */
#include "exchange/orders_in.h"

#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/faults.h"
#include "exchange/groups.h"
#include "exchange/values.h"

struct past_orders {
    struct import_plan plan;
    struct import_settings settings;
    struct columns *columns;
    struct groups *groups;
    bool stock_codes; /* of the shop whose data UCI keeps */
    int64_t number;
};

/* clang-format off */
static const struct {
    const char *code;
    enum past_line_kind kind;
    bool stock_code; /* only where the column is called StockCode: elsewhere it may be a SKU */
} codes[] = {
    { "POST",         PAST_SHIPPING, true }, { "DOT",       PAST_SHIPPING, true },
    { "C2",           PAST_SHIPPING, true }, { "D",         PAST_DISCOUNT, true },
    { "M",            PAST_MANUAL,   true }, { "B",         PAST_MANUAL,   true },
    { "S",            PAST_MANUAL,   true }, { "BANK CHARGES", PAST_FEE,   true },
    { "AMAZONFEE",    PAST_FEE,      true }, { "CRUK",      PAST_FEE,      true },
    { "POSTAGE",      PAST_SHIPPING },       { "SHIPPING",  PAST_SHIPPING },
    { "VERSAND",      PAST_SHIPPING },       { "LIVRAISON", PAST_SHIPPING },
    { "DISCOUNT",     PAST_DISCOUNT },       { "RABATT",    PAST_DISCOUNT },
    { "REMISE",       PAST_DISCOUNT },
};
/* clang-format on */

/* One order being made out of its rows. */
struct making {
    const struct past_orders *r;
    struct arena *arena;
    struct past_order *o;
};

static const char *
text_at(const struct making *m, const struct row *r, enum import_field field)
{
    return columns_text(m->r->columns, m->arena, r, field);
}

static void
tell(struct making *m, const struct row *r, enum import_field field, const char *code,
     const char *value, const char *other)
{
    int at = m->r->columns->first[field];
    finding_add(&m->o->findings, row_finding(&m->r->plan.mapping, r, at, code, value, other),
                false);
}

static enum past_line_kind
kind_of(const struct past_orders *r, const char *sku)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if ((!codes[i].stock_code || r->stock_codes) && !strcasecmp(codes[i].code, sku))
            return codes[i].kind;
    return PAST_GOODS;
}

/* --- lines --- */

static void
take_price(struct making *m, const struct row *r, struct past_line *line)
{
    enum currency cur = m->r->settings.currency;
    const char *text = text_at(m, r, FIELD_ORDER_UNIT_PRICE);
    const char *named = text_at(m, r, FIELD_CURRENCY);
    struct decimal price;
    enum currency own = cur;
    if (*named && (!currency_read(named, &own) || own != cur))
        tell(m, r, FIELD_CURRENCY, own == cur ? "import.currency_unknown" : "import.currency",
             named, currency_code(cur));
    const char *code =
        *text ? value_amount(text, m->r->plan.shape.decimal, cur, &price) : "import.price_format";
    if (!code && (!amount_times(price, 1, cur, &line->unit_price) ||
                  !amount_times(price, line->quantity, cur, &line->total)))
        code = "import.price_large";
    if (code)
        tell(m, r, FIELD_ORDER_UNIT_PRICE, code, text, currency_code(cur));
    else if (price.scale > currency_decimals(cur))
        tell(m, r, FIELD_ORDER_UNIT_PRICE, "import.order_rounded", text, NULL);
}

static void
take_line(struct making *m, const struct row *r)
{
    struct past_line *line = &m->o->lines[m->o->line_count++];
    line->line = r->line;
    line->row = r->number;
    line->sku = text_at(m, r, FIELD_SKU);
    line->title = text_at(m, r, FIELD_ORDER_ITEM);
    line->kind = kind_of(m->r, line->sku);
    line->unit_price.cur = line->total.cur = m->r->settings.currency;
    if (!*line->sku)
        tell(m, r, FIELD_SKU, "import.row_no_key", "", NULL);
    if (value_is_wreck(line->sku))
        tell(m, r, FIELD_SKU, "import.wreck", line->sku, NULL);
    const char *text = text_at(m, r, FIELD_ORDER_QUANTITY);
    const char *code = value_quantity(text, m->r->plan.shape.decimal, &line->quantity);
    if (code || !line->quantity)
        tell(m, r, FIELD_ORDER_QUANTITY, code ? code : "import.quantity_format", text, NULL);
    take_price(m, r, line);
    struct money sum;
    if (amount_times((struct decimal){ m->o->total.minor + line->total.minor,
                                       currency_decimals(line->total.cur) },
                     1, line->total.cur, &sum))
        m->o->total = sum;
    else
        tell(m, r, FIELD_ORDER_UNIT_PRICE, "import.price_large", "", NULL);
}

/* --- the order --- */

/* A number that a spreadsheet made a fraction of: "17850.0". */
static const char *
whole(struct arena *a, const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n && text_is(text + n, ".0") ? text_copy_n(a, text, n) : text;
}

/* What all rows of an order should have alike: the first that says it counts. */
static const char *
same_in_all(struct making *m, const struct group *g, enum import_field field)
{
    const char *said = "";
    bool told = false;
    for (size_t i = 0; i < g->count; i++) {
        const char *text = text_at(m, &g->rows[i], field);
        if (!*said)
            said = text;
        if (*text && !text_is(text, said) && !told) {
            tell(m, &g->rows[i], field, "import.order_rows_differ", text, said);
            told = true;
        }
    }
    return whole(m->arena, said);
}

/* The earliest of its rows' times: some were entered over a minute or two. */
static void
take_time(struct making *m, const struct group *g)
{
    for (size_t i = 0; i < g->count; i++) {
        const char *text = text_at(m, &g->rows[i], FIELD_ORDER_AT);
        int64_t at_us;
        if (!*text)
            continue;
        const char *code = value_time(text, &at_us);
        if (code)
            tell(m, &g->rows[i], FIELD_ORDER_AT, code, text, NULL);
        else if (!m->o->at_us || at_us < m->o->at_us)
            m->o->at_us = at_us;
    }
    if (!m->o->at_us && !m->o->findings.refused)
        tell(m, &g->rows[0], FIELD_ORDER_AT, "import.time_format", "", NULL);
}

static const char *
or_null(const char *text)
{
    return *text ? text : NULL;
}

static void
take_people(struct making *m, const struct group *g)
{
    m->o->customer = or_null(same_in_all(m, g, FIELD_CUSTOMER));
    m->o->country = same_in_all(m, g, FIELD_COUNTRY);
    const char *email = same_in_all(m, g, FIELD_CUSTOMER_EMAIL);
    const char *at = strchr(email, '@');
    if (*email && (!at || at == email || !strchr(at, '.') || strpbrk(email, " \t<>,;")))
        tell(m, &g->rows[0], FIELD_CUSTOMER_EMAIL, "import.email_format", email, NULL);
    else
        m->o->email = or_null(email);
}

static enum past_order_kind
kind_of_order(const struct past_order *o)
{
    bool taken = o->line_count > 0;
    for (size_t i = 0; i < o->line_count; i++)
        taken = taken && o->lines[i].quantity < 0 && !o->lines[i].total.minor;
    if ((o->name[0] == 'C' || o->name[0] == 'c') && o->name[1] >= '0' && o->name[1] <= '9')
        return PAST_CANCELLATION;
    return taken ? PAST_ADJUSTMENT : PAST_SALE;
}

static void
make(struct making *m, const struct group *g)
{
    struct past_order *o = m->o;
    o->lines = NEW_ARRAY(m->arena, struct past_line, g->count);
    o->total.cur = m->r->settings.currency;
    o->name = text_at(m, &g->rows[0], FIELD_ORDER_NUMBER);
    if (!*o->name)
        tell(m, &g->rows[0], FIELD_ORDER_NUMBER, "import.row_no_key", "", NULL);
    if (value_is_wreck(o->name))
        tell(m, &g->rows[0], FIELD_ORDER_NUMBER, "import.wreck", o->name, NULL);
    for (size_t i = 0; i < g->count; i++)
        take_line(m, &g->rows[i]);
    take_time(m, g);
    take_people(m, g);
    o->kind = kind_of_order(o);
    if (g->left)
        tell(m, &g->rows[0], FIELD_ORDER_NUMBER, "import.order_lines_many", o->name,
             text_i64(m->arena, GROUP_ROWS_MOST));
}

struct err *
past_orders_open(struct arena *a, int fd, const struct import_plan *plan,
                 const struct import_settings *settings, struct past_orders **out)
{
    struct past_orders *r = NEW(a, struct past_orders);
    must(plan->shape.dialect == DIALECT_ORDERS && settings->currency);
    TRY(plan_check(a, plan));
    r->plan = *plan;
    r->settings = *settings;
    r->columns = columns_new(a, &r->plan.mapping);
    r->stock_codes =
        !strcasecmp(plan->mapping.columns[r->columns->first[FIELD_SKU]].header, "StockCode");
    TRY(groups_new(a, fd, &r->plan, r->columns, grouping_of(&r->plan, r->columns), settings->spool,
                   &r->groups));
    *out = r;
    return NULL;
}

struct err *
past_orders_next(struct past_orders *r, struct arena *a, struct past_order **out)
{
    struct group g;
    bool ends = false;
    TRY(groups_next(r->groups, a, &g));
    *out = NULL;
    if (!g.count)
        return NULL;
    struct past_order *o = NEW(a, struct past_order);
    struct making m = { .r = r, .arena = a, .o = o };
    o->number = ++r->number;
    o->line = g.rows[0].line;
    o->row = g.rows[0].number;
    o->findings.arena = a;
    o->name = o->country = "";
    o->rows = NEW_ARRAY(a, int64_t, g.count);
    o->row_count = g.count;
    for (size_t i = 0; i < g.count; i++) {
        o->rows[i] = g.rows[i].number;
        row_check(&r->plan.mapping, &g.rows[i], &o->findings);
        ends = ends || row_ends_table(&g.rows[i]);
    }
    if (g.too_many_rows)
        tell(&m, &g.rows[0], FIELD_ORDER_NUMBER, "import.rows_many", "",
             text_i64(a, IMPORT_ROWS_MOST));
    else if (!ends)
        make(&m, &g);
    o->refused = o->findings.refused;
    *out = o;
    return NULL;
}

void
past_orders_progress(const struct past_orders *r, int64_t *done, int64_t *of)
{
    groups_progress(r->groups, done, of);
}
