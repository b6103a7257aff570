#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "exchange/columns.h"
#include "files.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)64 << 20);
}

static const char *
shape_shown(struct arena *a, const struct file_shape *s)
{
    return text_printf(a, "%s%s%s %s '%c' %s row %d %s %d rows", s->gzip ? "gzip " : "",
                       encoding_name(s->encoding), s->mark ? "+mark" : "",
                       line_end_name(s->line_end), s->separator == '\t' ? 'T' : s->separator,
                       s->decimal == '.'   ? "point"
                       : s->decimal == ',' ? "comma"
                                           : "any",
                       (int)s->header_row, dialect_name(s->dialect), (int)s->rows);
}

#define B(text) BYTES(text, sizeof(text) - 1)

static void
files_are_what_their_bytes_say(void **state)
{
    static const struct {
        struct bytes file;
        const char *shape;
    } rows[] = {
        { B("sku,name,price\nA,B,1.50\n"), "utf-8 lf ',' point row 1 other 2 rows" },
        { B("\xef\xbb\xbfSKU;Name;Preis\r\nA;B;1,50\r\n"),
          "utf-8+mark crlf ';' comma row 1 other 2 rows" },
        { B("sku\tname\rA\tB"), "utf-8 cr 'T' any row 1 other 2 rows" },
        { B("sku|name|price\nA|\"b|c\"|1,000\n"), "utf-8 lf '|' any row 1 other 2 rows" },
        { B("sku,name\nA,Caf\xe9\nB,\x80\x35\n"), "windows-1252 lf ',' any row 1 other 3 rows" },
        { B("sku,name\nA,\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\nB,\xff\n"),
          "utf-8 lf ',' any row 1 other 3 rows" },
        { B("\xff\xfes\0k\0u\0;\0n\0a\0m\0e\0\r\0\n\0A\0;\0\xe9\0"),
          "utf-16le+mark crlf ';' any row 1 other 2 rows" },
        { B("\0s\0k\0u\0,\0n\0a\0m\0e\0\n\0A\0,\0B\0\n"),
          "utf-16be lf ',' any row 1 other 2 rows" },
        { B("sep=;\nsku;name\nA;B\n"), "utf-8 lf ';' any row 2 other 3 rows" },
        { B("# Required | An id, unique,# Required | A title\nid,title\n1,x\n"),
          "utf-8 lf ',' any row 2 other 3 rows" },
        { B("Handle,Title,Variant Price\na,b,2\n"), "utf-8 lf ',' any row 1 shopify 2 rows" },
        { B("Title,URL handle,Price\na,b,2\n"), "utf-8 lf ',' any row 1 shopify_2024 2 rows" },
        { B("id, TYPE ,Sku,published\n1,simple,x,1\n"),
          "utf-8 lf ',' any row 1 woocommerce 2 rows" },
        { B("sku,locale,name\nx,de,y\n"), "utf-8 lf ',' any row 1 translations 2 rows" },
        { B("Order number,SKU,Quantity,Unit price\n1,x,2,3.00\n"),
          "utf-8 lf ',' point row 1 orders 2 rows" },
        { B("product_sku,sku,title.en\nA,A,x\n"), "utf-8 lf ',' any row 1 own 2 rows" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = begin();
        struct file_shape shape;
        assert_null(sniff_file(a, file_of(a, rows[i].file), &shape));
        assert_string_equal(shape_shown(a, &shape), rows[i].shape);
        arena_free(a);
    }
}

static void
what_is_no_table_is_refused(void **state)
{
    static const struct {
        struct bytes file;
        const char *code;
    } rows[] = {
        { B(""), "import.empty" },
        { B("\n\r\n \t\n"), "import.empty" },
        { B("PK\x03\x04xxxx"), "import.workbook" },
        { B("\x89PNG\r\n"), "import.not_text" },
        { B("<?xml version=1?>"), "import.not_text" },
        { B("[{\"sku\": 1}]"), "import.not_text" },
        { B("\x1f\x8b\x08\0xxxxxxxxxxxxxxxxx"), "import.gzip" },
        { B("1,2,3\n4,5,6\n"), "import.no_header" },
        { B("just words\n"), "import.no_header" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = begin();
        struct import_plan plan;
        struct err *e = plan_propose(a, file_of(a, rows[i].file), &plan);
        assert_non_null(e);
        assert_string_equal(e->code, rows[i].code);
        arena_free(a);
    }
}

static void
packed_files_are_unpacked_on_the_way(void **state)
{
    struct arena *a = begin();
    struct file_shape shape;
    (void)state;
    assert_null(sniff_file(a, file_of_gzip(a, "sku,name\nA,B\n"), &shape));
    assert_string_equal(shape_shown(a, &shape), "gzip utf-8 lf ',' any row 1 other 2 rows");

    char *large = arena_alloc(a, (size_t)24 << 20);
    memset(large, 'x', ((size_t)24 << 20) - 1);
    struct err *e = sniff_file(a, file_of_gzip(a, large), &shape);
    assert_non_null(e);
    assert_string_equal(e->code, "import.too_large");
    arena_free(a);
}

static void
columns_are_found_by_what_they_are_called(void **state)
{
    static const struct {
        const char *header, *mapped;
    } rows[] = {
        { "SKU,Compare-at price,Weight (lbs)", "sku,compare_at,weight:lbs" },
        { "Artikelnummer,Bezeichnung,Preis,Bestand,Gr\xc3\x96\xc3\x9f"
          "e",
          "sku,title,price,stock,aside" },
        { "r\xc3\xa9"
          "f\xc3\xa9rence,Titre,Prix,Cat\xc3\x89gorie",
          "sku,title,price,category" },
        { "Product Handle,Variant Price EUR,Variant Price USD,Product Image 2",
          "handle,price:EUR,price:USD,image2" },
        { "item_group_id,id,color,size", "handle,id,option_value1:Color,option_value2:Size" },
        { "sku,name.en_US,name.de_DE,variant sku", "sku,title:en_US,title:de_DE,aside" },
        { "sku,type,sku", "sku,aside,aside" },
        { "product_sku,sku,option.2.name,stock.Main-1,image.3.alt,meta",
          "product_sku,sku,option_name2,stock:Main-1,image_alt3,aside" },
        { "Handle,Variant Price,Fabric (product.metafields.custom.fabric)", "handle,price,aside" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = begin();
        struct import_plan plan;
        struct buf b = buf_new(a, 100);
        const char *file = text_join(a, rows[i].header, "\nx,y\n", NULL);
        assert_null(plan_propose(a, file_of_text(a, file), &plan));
        for (size_t k = 0; k < plan.mapping.count; k++) {
            const struct mapped_column *c = &plan.mapping.columns[k];
            buf_printf(&b, "%s%s", k ? "," : "", field_name(c->field));
            if (c->n)
                buf_i64(&b, c->n);
            if (c->of)
                buf_printf(&b, ":%s", c->of);
        }
        assert_string_equal(b.at, rows[i].mapped);
        arena_free(a);
    }
}

static void
a_plan_comes_back_from_its_json(void **state)
{
    struct arena *a = begin();
    struct import_plan plan, again;
    (void)state;
    assert_null(plan_propose(
        a, file_of_text(a, "Handle;Variant Price;Option1 Name;x\na;1,5;Size;1\nb;2,5;Size;2\n"),
        &plan));
    const char *json = plan_to_json(a, &plan);
    assert_null(plan_from_json(a, json, &again));
    assert_string_equal(plan_to_json(a, &again), json);
    assert_string_equal(again.mapping.columns[1].samples[1], "2,5");
    assert_null(again.mapping.columns[2].samples[1]);
    assert_non_null(plan_from_json(a, "{}", &again));
    assert_non_null(plan_from_json(a, "no", &again));
    arena_free(a);
}

static void
a_corrected_shape_maps_anew(void **state)
{
    struct arena *a = begin();
    struct import_plan plan;
    (void)state;
    assert_null(plan_propose(a, file_of_text(a, "x;y\nsku;name\nA;B\n"), &plan));
    plan.shape.header_row = 2;
    assert_null(plan_remap(a, file_of_text(a, "x;y\nsku;name\nA;B\n"), &plan));
    assert_int_equal(plan.mapping.columns[1].field, FIELD_TITLE);
    assert_string_equal(plan.mapping.columns[1].samples[0], "B");
    arena_free(a);
}

static void
shared_files_are_recognised(void **state)
{
    static const struct {
        const char *path, *shape;
    } rows[] = {
        { "formats/woocommerce-products.csv",
          "utf-8+mark crlf ',' point row 1 woocommerce 26 rows" },
        { "formats/shopify-apparel.csv", "utf-8 crlf ',' any row 1 shopify 23 rows" },
        { "formats/shopify-jewelery.csv", "utf-8 crlf ',' point row 1 shopify 42 rows" },
        { "formats/shopify-home-and-garden.csv", "utf-8 crlf ',' point row 1 shopify 22 rows" },
        { "formats/bagisto-products.csv", "utf-8 lf ',' point row 1 other 27 rows" },
        { "formats/spree-products.csv", "utf-8 lf ',' point row 1 other 212 rows" },
        { "formats/spree-product-translations.csv", "utf-8 lf ',' any row 1 translations 75 rows" },
        { "formats/medusa-products.csv", "utf-8 lf ',' any row 1 other 4 rows" },
        { "formats/meta-catalog-template.csv", "utf-8+mark crlf ',' point row 2 other 3 rows" },
        { "orders/online-retail-2010-12.csv.gz", NULL },
        { "products/groceries-de.csv.gz", NULL },
        { "products/groceries-scripts.csv", "utf-8 lf ',' any row 1 other 1754 rows" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = begin();
        struct file_shape shape;
        int fd = shared_file(a, rows[i].path);
        if (fd < 0)
            skip();
        assert_null(sniff_file(a, fd, &shape));
        if (rows[i].shape)
            assert_string_equal(shape_shown(a, &shape), rows[i].shape);
        else
            print_message("%s: %s\n", rows[i].path, shape_shown(a, &shape));
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_what_their_bytes_say),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(packed_files_are_unpacked_on_the_way),
        cmocka_unit_test(columns_are_found_by_what_they_are_called),
        cmocka_unit_test(a_plan_comes_back_from_its_json),
        cmocka_unit_test(a_corrected_shape_maps_anew),
        cmocka_unit_test(shared_files_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
