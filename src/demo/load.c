/* The demo is written through the same functions as a person's clicks: accounts, shops, products
 * and uploads are made by their rooms. Only past orders are put in by statements of their own. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "db/db.h"
#include "demo/demo.h"
#include "demo/draw.h"
#include "feeds/feeds.h"
#include "images/images.h"
#include "stock/stock.h"
#include "subscriptions/act.h"
#include "subscriptions/documents.h"
#include "subscriptions/operate.h"
#include "vendors/vendors.h"

#define PARTS_MAX    12
#define PICTURE_SIDE 1100
#define DETAIL_ZOOM  1.7

struct demo {
    struct work *w;
    const json_t *root;
    struct demo_logins *logins;
};

static const char *
text_of(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    must(s); /* our own file */
    return s;
}

/* ---- People and shops ---- */

static struct err *
add_person(struct demo *d, const char *email, const char *name, const char *language,
           enum role role, struct vendor_id vendor, const char *shop)
{
    struct work *w = d->w;
    struct user_id user;
    struct account_draft draft = {
        .email = email, .name = name, .language = language, .admin = role == ROLE_ADMIN
    };
    draft.password = random_token(w->arena, 9);
    TRY(accounts_create(w, &draft, &user));
    if (vendor.n)
        TRY(vendors_add_member(w, vendor, user, role));
    must(d->logins->count < DEMO_LOGINS_MAX);
    d->logins->at[d->logins->count++] =
        (struct demo_login){ email, draft.password, role_name(role), shop };
    return NULL;
}

static struct err *
add_shop(struct demo *d, const json_t *shop, struct vendor_id *out)
{
    /* One of each role in every shop gives three of each, two at least. */
    static const struct {
        enum role role;
        const char *name;
    } people[] = { { ROLE_OWNER, "Claire Weber" },
                   { ROLE_MANAGER, "Tom Schmit" },
                   { ROLE_STAFF, "Mia Klein" } };
    struct work *w = d->w;
    const char *slug = text_of(shop, "slug"), *language = text_of(shop, "language");
    struct vendor_draft draft = { slug, text_of(shop, "name"), "EUR", language };
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(vendors_create(w, &draft, out));
    for (size_t i = 0; i < COUNT(people); i++)
        TRY(add_person(d, text_printf(w->arena, "%s@%s.example", role_name(people[i].role), slug),
                       people[i].name, language, people[i].role, *out, slug));
    return tx_commit(w);
}

static struct err *
add_operators(struct demo *d)
{
    struct vendor_id none = { 0 };
    tx_open(d->w, TX_OPERATOR_WRITE);
    TRY(add_person(d, "admin@souk.example", "Nora Thill", "en", ROLE_ADMIN, none, NULL));
    TRY(add_person(d, "admin2@souk.example", "Luc Reuter", "fr", ROLE_ADMIN, none, NULL));
    return tx_commit(d->w);
}

/* ---- Products ---- */

static void
read_parts(const json_t *kind, struct draw_part *parts, size_t *n)
{
    size_t i;
    json_t *row;
    *n = 0;
    json_array_foreach(json_object_get(kind, "parts"), i, row)
    {
        must(*n < PARTS_MAX);
        struct draw_part *p = &parts[(*n)++];
        must(draw_shape_read(json_string_value(json_array_get(row, 0)), &p->shape));
        double *to[] = { &p->x, &p->y, &p->width, &p->height, &p->radius, &p->shade };
        for (size_t k = 0; k < COUNT(to); k++)
            *to[k] = json_number_value(json_array_get(row, k + 1)) / 100;
    }
}

static struct err *
add_picture(struct demo *d, struct product_id product, const struct drawing *drawing)
{
    struct work *w = d->w;
    struct bytes png;
    struct image image;
    TRY(draw_png(w->arena, drawing, PICTURE_SIDE, &png));
    struct sha256 hash = sha256_of(png);
    char *path =
        text_printf(w->arena, "%s/demo-%lld.png", w->settings->uploads, (long long)product.n);
    TRY(file_write_durably(w->arena, path, png));
    struct err *e = image_accept(w, product, path, png.length, &hash, &image);
    remove(path); /* gone already when the store took it */
    return e;
}

/* GTINs of the range that GS1 keeps for use within a company: 2, then a number of ours. */
static const char *
demo_gtin(struct arena *a, int64_t n)
{
    char digits[14];
    int sum = 0;
    snprintf(digits, sizeof(digits), "20%010lld", (long long)n);
    for (int i = 0; i < 12; i++)
        sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
    return text_printf(a, "%s%d", digits, (10 - sum % 10) % 10);
}

/* Some come in several: "HELMET-NIGHT-1" of size S. */
static void
add_variants(struct arena *a, struct product *p, const json_t *kind)
{
    const json_t *values = json_object_get(kind, "values");
    size_t n = json_array_size(values);
    if (!n)
        return;
    p->options[0] = text_of(kind, "option");
    p->option_count = 1;
    p->variants = NEW_ARRAY(a, struct product_variant, n);
    p->variant_count = n;
    for (size_t i = 0; i < n; i++) {
        struct product_variant *v = &p->variants[i];
        v->given = PRODUCT_ALL_GIVEN;
        v->sku = text_printf(a, "%s-%zu", p->sku, i + 1);
        v->gtin = "";
        v->weight_g = -1;
        v->price.cur = v->compare_at.cur = p->price.cur;
        for (size_t k = 0; k < PRODUCT_OPTIONS_MAX; k++)
            v->values[k] = "";
        v->values[0] = json_string_value(json_array_get(values, i));
    }
}

static struct product
draft_product(struct demo *d, const char *kind_name, const json_t *kind, const char *colour,
              int number)
{
    struct arena *a = d->w->arena;
    struct product p = product_blank(CUR_EUR);
    const json_t *colours = json_object_get(json_object_get(d->root, "colours"), colour);
    int64_t price = json_integer_value(json_object_get(kind, "price"));
    char *sku = text_printf(a, "%s-%s", kind_name, colour);
    for (char *c = sku; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    p.sku = sku;
    p.gtin = demo_gtin(a, number);
    p.category = text_of(kind, "category");
    p.price.minor = price;
    p.has_compare_at = number % 7 == 0;
    p.compare_at.minor = price + price / 5;
    p.status = PRODUCT_ACTIVE;
    p.given = PRODUCT_ALL_GIVEN;
    const char *l;
    json_t *words;
    json_object_foreach(json_object_get(kind, "texts"), l, words)
    {
        struct product_text *t = product_text_for(a, &p, l);
        t->title = text_printf(a, "%s, %s", text_of(words, "title"), text_of(colours, l));
        t->description = text_of(words, "description");
    }
    add_variants(a, &p, kind);
    must(!product_check(a, &p)); /* our own file */
    return p;
}

static struct err *
add_product(struct demo *d, const char *kind_name, const json_t *kind, const char *colour,
            int number)
{
    struct draw_part parts[PARTS_MAX];
    struct drawing drawing = { .parts = parts, .zoom = 1 };
    unsigned red, green, blue;
    struct product_id id;
    struct product p = draft_product(d, kind_name, kind, colour, number);
    tx_open(d->w, TX_WRITE);
    TRY(product_add(d->w, &p, PRODUCT_BY_IMPORT, &id));
    TRY(tx_commit(d->w));

    const json_t *c = json_object_get(json_object_get(d->root, "colours"), colour);
    must(sscanf(text_of(c, "rgb"), "#%2x%2x%2x", &red, &green, &blue) == 3);
    read_parts(kind, parts, &drawing.count);
    drawing.red = red / 255.0;
    drawing.green = green / 255.0;
    drawing.blue = blue / 255.0;
    TRY(add_picture(d, id, &drawing));
    if (number % 3)
        return NULL;
    drawing.zoom = DETAIL_ZOOM;
    return add_picture(d, id, &drawing);
}

/* Each product has memory of its own: a picture takes megabytes while it is drawn. */
static struct err *
add_product_apart(struct demo *d, const char *kind_name, const json_t *kind, const char *colour,
                  int number)
{
    struct work own = *d->w;
    struct demo apart = { &own, d->root, d->logins };
    own.arena = arena_new((size_t)128 << 20);
    struct err *e = add_product(&apart, kind_name, kind, colour, number);
    tx_rollback(&own);
    if (e)
        e = err_new(d->w->arena, e->kind, text_copy(d->w->arena, e->code), NULL,
                    text_copy(d->w->arena, e->say), e->log ? text_copy(d->w->arena, e->log) : NULL,
                    e->at);
    arena_free(own.arena);
    return e;
}

static struct err *
add_products(struct demo *d, const char *shop, int *number)
{
    const char *kind_name;
    json_t *kind, *colour;
    size_t i;
    json_object_foreach(json_object_get(d->root, "kinds"), kind_name, kind)
    {
        if (!text_is(text_of(kind, "shop"), shop))
            continue;
        json_array_foreach(json_object_get(kind, "colours"), i, colour)
            TRY(add_product_apart(d, kind_name, kind, json_string_value(colour), ++*number));
    }
    return NULL;
}

static struct err *
add_orders(struct work *w, struct vendor_id vendor, int64_t a_day)
{
    struct arg id = arg_i64(w, vendor.n);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_demo_publish, ARGS(id), NULL));
    TRY(db_exec(w, Q_demo_customers, ARGS(id, arg_i64(w, 40 + 10 * a_day)), NULL));
    TRY(db_exec(w, Q_demo_orders, ARGS(id, arg_i64(w, a_day), arg_i64(w, 180), arg_text("EUR")),
                NULL));
    return tx_commit(w);
}

/* Two warehouses. Most things lie in both; of some there are few, and of one none. */
static struct stock_change
stock_of(struct warehouse_id first, struct warehouse_id second, struct variant_id v, int64_t nth,
         bool in_second)
{
    static const int64_t pieces[] = { 24, 3, 60, 12, 0, 7, 140, 2, 35 };
    static const char *const bins[] = { "A-01", "A-02", "B-01", "B-02", "C-03" };
    struct stock_change c = { .variant = v, .expected = -1, .has_low_at = true, .low_at = 5 };
    c.warehouse = in_second ? second : first;
    c.bin = in_second ? "" : bins[nth % 5];
    c.pieces = in_second ? pieces[nth % 9] / 3 : pieces[nth % 9];
    return c;
}

static struct err *
add_stock(struct work *w)
{
    struct rows rows;
    struct warehouse_id first, second;
    tx_open(w, TX_WRITE);
    TRY(stock_warehouse_named(w, "main", "Main warehouse", &first));
    TRY(stock_warehouse_named(w, "shop", "Shop floor", &second));
    TRY(db_many(w, Q_demo_variants, NO_ARGS, &rows));
    size_t n = (size_t)rows.count * 2;
    struct stock_change *changes = NEW_ARRAY(w->arena, struct stock_change, n);
    struct stock_outcome_of *outcomes = NEW_ARRAY(w->arena, struct stock_outcome_of, n);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct variant_id v = { scan_i64(&s) };
        scan_end(&s);
        changes[2 * i] = stock_of(first, second, v, i, false);
        changes[2 * i + 1] = stock_of(first, second, v, i, true);
    }
    TRY(stock_set_many(w, changes, n, STOCK_COUNT, "counted", outcomes));
    return tx_commit(w);
}

/* Built by a runner as soon as there is one. */
static struct err *
add_feeds(struct work *w)
{
    tx_open(w, TX_WRITE);
    TRY(feeds_build_soon(w));
    return tx_commit(w);
}

/* ---- What the shops have subscribed to ---- */

static struct err *
add_seller(struct work *w)
{
    struct seller seller;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(operate_seller(w, &seller));
    seller.party = (struct party){ "Souk Platform S.à r.l.",
                                   "12, rue du Marché-aux-Herbes",
                                   "L-1728",
                                   "Luxembourg",
                                   "LU",
                                   "LU28123456",
                                   "billing@souk.example",
                                   "LU280019400644750000",
                                   "BCEELULL" };
    TRY(operate_seller_save(w, &seller));
    return tx_commit(w);
}

/* The money of whatever is open, as of w->now_us. */
static struct err *
pay_open(struct work *w)
{
    struct document_row *rows;
    struct book book;
    struct act act;
    size_t n;
    TRY(book_open(w, BOOK_CHANGE, 0, &book)); /* writes what has fallen due */
    TRY(documents_list(w, "open", 0, 1, &rows, &n));
    return n ? act_pay(w, rows[0].n, &act) : NULL;
}

/* Ten weeks of it: two invoices that are paid and, by the month, one that is open. */
static struct err *
add_subscription(struct work *w, const json_t *shop)
{
    int64_t now_us = w->now_us;
    struct act act;
    struct purchase wanted = { .tier = text_of(shop, "tier"),
                               .trial_days =
                                   (int)json_integer_value(json_object_get(shop, "trial_days")),
                               .anchor = NEVER };
    if (!interval_read(text_of(shop, "interval"), &wanted.interval))
        return BROKEN(w->arena, "demo.interval", "an interval is month or year");
    if (!wanted.trial_days)
        w->now_us -= 70 * DAY_S * SECOND_US;
    tx_open(w, TX_WRITE);
    TRY(act_subscribe(w, &wanted, &act));
    TRY(tx_commit(w));
    while (w->now_us < now_us - 10 * DAY_S * SECOND_US) {
        tx_open(w, TX_WRITE);
        TRY(pay_open(w));
        TRY(tx_commit(w));
        w->now_us += 31 * DAY_S * SECOND_US;
    }
    w->now_us = now_us;
    struct book book; /* what fell due meanwhile */
    tx_open(w, TX_WRITE);
    TRY(book_open(w, BOOK_RENEW, 0, &book));
    TRY(book_save(w, &book));
    return tx_commit(w);
}

/* ---- All of it ---- */

static struct err *
is_loaded(struct work *w, const char *slug, bool *yes)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_READ);
    TRY(db_one(w, Q_demo_is_loaded, ARGS(arg_text(slug)), &s));
    *yes = scan_bool(&s);
    scan_end(&s);
    tx_rollback(w);
    return NULL;
}

static void
end_json(void *json)
{
    json_decref(json);
}

struct err *
demo_load(struct work *w, const char *file, struct demo_logins *logins, bool *loaded)
{
    json_error_t why;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        return BROKEN(w->arena, "demo.file", text_printf(w->arena, "%s: %s", file, why.text));
    arena_defer(w->arena, end_json, root);

    struct demo d = { w, root, logins };
    size_t i;
    json_t *shop;
    int number = 0;
    bool there;
    *loaded = false;
    json_array_foreach(json_object_get(root, "shops"), i, shop)
    {
        struct vendor_id vendor;
        TRY(is_loaded(w, text_of(shop, "slug"), &there));
        if (there)
            continue;
        if (!*loaded) {
            TRY(add_operators(&d));
            TRY(add_seller(w));
        }
        TRY(add_shop(&d, shop, &vendor));
        w->vendor = vendor;
        TRY(add_products(&d, text_of(shop, "slug"), &number));
        TRY(add_stock(w));
        TRY(add_feeds(w));
        w->vendor.n = 0;
        TRY(add_orders(w, vendor, 3 + 2 * (int64_t)i));
        w->vendor = vendor;
        TRY(add_subscription(w, shop));
        w->vendor.n = 0;
        *loaded = true;
    }
    return NULL;
}
