#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/must.h"
#include "exchange/own.h"
#include "files.h"
#include "shown.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)256 << 20);
}

/* Reads a file of ours and writes it again. */
static const char *
written_again(struct arena *a, const char *file, int *refused)
{
    struct import_settings s = { .currency = CUR_EUR, .language = "en", .spool = spool_folder() };
    struct import_plan plan;
    struct import_reader *r;
    struct import_product *p;
    struct buf b = buf_new(a, 1000);
    int fd = file_of_text(a, file);
    assert_null(plan_propose(a, fd, &plan));
    assert_int_equal(plan.shape.dialect, DIALECT_OWN);
    struct own_layout l = own_layout_of(a, &plan.mapping);
    assert_null(import_open(a, fd, &plan, &s, &r));
    own_write_header(&b, &l);
    *refused = 0;
    while (!import_next(r, a, &p) && p) {
        *refused += p->refused;
        if (p->refused)
            print_message("%s\n", findings_shown(a, &p->findings));
        own_write_product(&b, &l, p);
    }
    return b.at;
}

static const char *const languages[] = { "en", "de", "ar" };
static const char *const warehouses[] = { "main", "Depot_2" };
static const struct own_layout wide = { 3, languages, 2, 2, warehouses, 2 };

static struct import_product
shirt(void)
{
    static struct import_text texts[] = {
        { "en", "=SUM(A1) \"Shirt\", blue", "Line\r\n\n- second\n", NULL, "shirt" },
        { "de", "  Hemd", "'=quoted", NULL, "hemd" },
        { "ar", "\u0642\u0645\u064a\u0635 \U0001f455", "", NULL, "" },
    };
    static const char *tags[] = { "a, b", "c\\d", "+1" };
    static const char *categories[] = { "Arts & Crafts > R&amp;D" };
    static const char *options[] = { "Size", "Colour" };
    static const char *small[] = { "S", "-red" }, *large[] = { "L", "@blue" };
    static struct import_stock stock[] = { { "main", 5 }, { "Depot_2", 0 } };
    static struct import_image images[] = { { "https://x.example/1.jpg", "front, \"side\"" },
                                            { "https://x.example/2.jpg", NULL } };
    static struct import_variant variants[] = {
        { .sku = "S-1",
          .gtin = "4006381333931",
          .values = small,
          .has_price = true,
          .price = { 1999, CUR_EUR },
          .has_compare_at = true,
          .compare_at = { 2500, CUR_EUR },
          .stock_count = 2,
          .stock = stock,
          .has_tracked = true,
          .tracked = true,
          .has_weight = true,
          .weight_g = 0,
          .image = 2 },
        { .sku = "S-2",
          .values = large,
          .stock_count = 1,
          .stock = stock,
          .has_backorder = true,
          .backorder = true },
    };
    return (struct import_product){
        .sku = "SHIRT",
        .text_count = 3,
        .texts = texts,
        .brand = "\tTab",
        .category_count = 1,
        .categories = categories,
        .google_category = "212",
        .tag_count = 3,
        .tags = tags,
        .status = IMPORT_ACTIVE,
        .condition = IMPORT_USED,
        .mpn = "-5",
        .has_tax_rate = true,
        .tax_rate_hundredths = 770,
        .option_count = 2,
        .options = options,
        .variant_count = 2,
        .variants = variants,
        .image_count = 2,
        .images = images,
    };
}

static struct import_product
plain(void)
{
    static struct import_text texts[] = { { "en", "Mug", NULL, NULL, NULL } };
    static struct import_variant variants[] = { { .sku = "MUG" } };
    return (struct import_product){
        .sku = "MUG", .text_count = 1, .texts = texts, .variant_count = 1, .variants = variants
    };
}

static void
the_header_names_what_the_layout_has(void **state)
{
    struct arena *a = begin();
    struct buf b = buf_new(a, 1000);
    (void)state;
    own_write_header(&b, &wide);
    assert_string_equal(
        b.at,
        "product_sku,sku,status,condition,title.en,description.en,slug.en,title.de,"
        "description.de,slug.de,title.ar,description.ar,slug.ar,brand,category,google_category,"
        "tags,tax_rate,option.1.name,option.2.name,option.1.value,option.2.value,gtin,mpn,price,"
        "compare_at_price,currency,weight_g,tracked,backorder,stock.main,stock.Depot_2,image.1,"
        "image.1.alt,image.2,image.2.alt,variant_image\n");
    arena_free(a);
}

static void
what_was_written_reads_and_writes_the_same(void **state)
{
    struct arena *a = begin();
    struct buf b = buf_new(a, 1000);
    struct import_product p = shirt(), q = plain();
    int refused;
    (void)state;
    own_write_header(&b, &wide);
    own_write_product(&b, &wide, &p);
    own_write_product(&b, &wide, &q);
    assert_string_equal(written_again(a, b.at, &refused), b.at);
    assert_int_equal(refused, 0);
    arena_free(a);
}

static void
cells_that_could_run_are_guarded_and_come_back_bare(void **state)
{
    struct arena *a = begin();
    struct buf b = buf_new(a, 1000);
    struct import_product p = shirt(), *read;
    struct import_settings s = { .currency = CUR_EUR, .language = "en" };
    (void)state;
    own_write_header(&b, &wide);
    own_write_product(&b, &wide, &p);
    assert_non_null(strstr(b.at, "\"'=SUM(A1) \"\"Shirt\"\", blue\""));
    assert_non_null(strstr(b.at, "\"''=quoted\""));
    struct import_reader *r = file_opened(a, file_of_text(a, b.at), &s);
    assert_null(import_next(r, a, &read));
    assert_string_equal(read->texts[0].title, "=SUM(A1) \"Shirt\", blue");
    assert_string_equal(read->texts[1].description, "'=quoted");
    assert_string_equal(read->variants[0].values[1], "-red");
    assert_string_equal(read->mpn, "-5");
    assert_string_equal(read->tags[0], "a, b");
    assert_string_equal(read->tags[1], "c\\d");
    assert_string_equal(read->categories[0], "Arts & Crafts > R&amp;D");
    assert_int_equal(read->variants[0].image, 2);
    arena_free(a);
}

/* What a file does not speak of is not said. */
static void
columns_may_be_missing(void **state)
{
    struct arena *a = begin();
    struct import_product *p;
    struct import_settings s = { .currency = CUR_EUR, .language = "en" };
    (void)state;
    struct import_reader *r =
        file_opened(a, file_of_text(a, "product_sku,sku,price\nA,A-1,5.00\nA,A-2,\n"), &s);
    assert_null(import_next(r, a, &p));
    assert_false(p->refused || p->has_options);
    assert_int_equal(p->text_count, 0);
    assert_null(p->brand);
    assert_false(p->has_categories || p->has_tags || p->has_images || p->has_tax_rate);
    assert_int_equal(p->status, 0);
    assert_null(p->variants[0].gtin);
    assert_false(p->variants[1].has_price || p->variants[1].has_weight);
    arena_free(a);
}

static void
rows_of_a_product_must_stand_together(void **state)
{
    struct arena *a = begin();
    struct import_settings s = { .currency = CUR_EUR, .language = "en" };
    (void)state;
    assert_string_equal(
        file_shown(a,
                   file_of_text(a, "product_sku,sku,title.en,option.1.name,option.1.value\n"
                                   "A,A-1,x,Size,S\nB,B,y,,\nA,A-2,,Size,M\n"),
                   &s),
        "A en:x ?Size [A-1 /S]\nB en:y [B]\n"
        "A en: ?Size [A-2 /M] !import.rows_apart@4/1 \"A\" (2) !import.title_missing@4/3\n");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_names_what_the_layout_has),
        cmocka_unit_test(what_was_written_reads_and_writes_the_same),
        cmocka_unit_test(cells_that_could_run_are_guarded_and_come_back_bare),
        cmocka_unit_test(columns_may_be_missing),
        cmocka_unit_test(rows_of_a_product_must_stand_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
