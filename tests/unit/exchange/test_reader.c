#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "shown.h"

static const struct import_settings shop = { .currency = CUR_EUR, .language = "en" };

static struct arena *
begin(void)
{
    return arena_new((size_t)256 << 20);
}

static void
expect_with(const struct import_settings *settings, const char *file, const char *products)
{
    struct arena *a = begin();
    struct import_settings s = *settings;
    s.spool = spool_folder();
    assert_string_equal(file_shown(a, file_of_text(a, file), &s), products);
    arena_free(a);
}

static void
expect(const char *file, const char *products)
{
    expect_with(&shop, file, products);
}

/* --- Shopify --- */

static void
rows_of_a_handle_are_one_product(void **state)
{
    (void)state;
    expect("Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
           "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
           "Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,"
           "Image Alt Text,Variant Image,Status\n"
           "tee,Tee,<p>Soft &amp; <b>warm</b></p>,Wolle,\"a, b\",true,Size,S,T-S,200,shopify,3,"
           "continue,20,25,4006381333931,https://x.example/2.jpg,2,back,https://x.example/3.jpg,"
           "active\n"
           "mug,Mug,,,,false,Title,Default Title,,0,,-1,deny,5,0,,,,,,active\n"
           "tee,,,,,,,M,T-M,210,shopify,0,deny,20,20,,https://x.example/1.jpg,1,front,,\n"
           "tee,,,,,,,,,,,,,,,,https://x.example/3.jpg,3,,,\n",
           "tee en:Tee(tee){Soft & warm} by Wolle #a #b active ?Size"
           " [T-S /S 20.00<25.00 x3 backorder 200g =4006381333931 image3]"
           " [T-M /M 20.00 x0 210g] <https://x.example/1.jpg front>"
           " <https://x.example/2.jpg back> <https://x.example/3.jpg>\n"
           "mug en:Mug(mug) draft [mug 5.00 x0 untracked] ~import.quantity_negative@3/12 \"-1\"\n");
}

static void
variants_without_sku_get_one_that_stays(void **state)
{
    (void)state;
    expect("Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Price\n"
           "tee,Tee,Size,\"Small, slim\",Farbe,Grün,1\n"
           "tee,,,L,,Rot,1\n"
           "hat,Hat,尺寸,大,,,1\n"
           "hat,,,小,,,1\n",
           "tee en:Tee(tee) ?Size ?Farbe [tee-small-slim-gruen /Small, slim /Grün 1.00]"
           " [tee-l-rot /L /Rot 1.00] ~import.sku_made@2/0 \"tee-small-slim-gruen\""
           " ~import.sku_made@3/0 \"tee-l-rot\"\n"
           "hat en:Hat(hat) ?尺寸 [hat-1 /大 1.00] [hat-2 /小 1.00]"
           " ~import.sku_made@4/0 \"hat-1\" ~import.sku_made@5/0 \"hat-2\"\n");
}

static void
the_newer_names_mean_the_same(void **state)
{
    (void)state;
    expect("Title,URL handle,Description,Vendor,Published on online store,Status,SKU,Barcode,"
           "Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,"
           "Inventory quantity,Continue selling when out of stock,Weight value (grams),"
           "Product image URL,Image position,Variant image URL,"
           "Fabric (product.metafields.custom.fabric)\n"
           "Tee,tee,<p>x</p>,V,true,active,T1,,Size,S,9.5,,shopify,4,DENY,120,"
           "https://x.example/1.jpg,1,,wool\n",
           "T1 en:Tee(tee){x} by V active ?Size [T1 /S 9.50 x4 120g]"
           " <https://x.example/1.jpg>\n");
}

static void
options_must_tell_variants_apart(void **state)
{
    (void)state;
    expect("Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
           "a,A,Size,S,A1,1\na,,,S,A2,1\n"
           "b,B,,S,B1,1\n"
           "c,C,Size,S,C1,1\nc,,,,C2,1\nd,D,Size,2-Mar,D1,1\n",
           "a en:A(a) ?Size [A1 /S 1.00] [A2 /S 1.00] !import.options_twice@3/0 \"A2\" (2)\n"
           "B1 en:B(b) [B1 1.00] !import.option_name_missing@4/4 \"S\"\n"
           "c en:C(c) ?Size [C1 /S 1.00] [C2 / 1.00] !import.option_value_missing@6/0 (Size)\n"
           "D1 en:D(d) ?Size [D1 /2-Mar 1.00] ~import.looks_dated@7/4 \"2-Mar\"\n");
}

/* --- WooCommerce --- */

static void
variations_find_their_product_wherever_they_stand(void **state)
{
    (void)state;
    expect("ID,Type,SKU,Name,Published,Short description,Description,In stock?,Stock,"
           "Backorders allowed?,Weight (kg),Sale price,Regular price,Categories,Images,Parent,"
           "Attribute 1 name,Attribute 1 value(s)\n"
           "51,variation,T-R,Tee - Red,1,,,1,5,0,,8,10,,,id:50,Color,Red\n"
           "60,simple,MUG,Mug,-1,,,0,,0,,,4,\"Home > Kitchen, Gifts\\, cards\","
           "\"https://x.example/a.jpg, https://x.example/b.jpg\",,Color,White\n"
           "50,variable,TEE,Tee,1,Short,Long\\nline,1,,0,0.5,,,Clothing,,,Color,\"Red, Blue\"\n"
           "52,variation,T-B,Tee - Blue,1,,,1,,notify,0.6,,10,,https://x.example/c.jpg,TEE,Color,"
           "Blue\n",
           "TEE en:Tee{Short\n\nLong\nline} in Clothing active ?Color"
           " [T-R /Red 8.00<10.00 x5 500g] [T-B /Blue 10.00 untracked backorder 600g image1]"
           " <https://x.example/c.jpg>\n"
           "MUG en:Mug in Home > Kitchen in Gifts, cards draft [MUG 4.00 x0]"
           " <https://x.example/a.jpg> <https://x.example/b.jpg>"
           " ~import.categories_more@3/14 \"Home > Kitchen, Gifts\\, cards\" (Home > Kitchen)\n");
}

static void
types_that_cannot_be_sold_are_told(void **state)
{
    (void)state;
    expect("ID,Type,SKU,Name,Published,Regular price,Parent\n"
           "1,grouped,G,Set,1,,\n"
           "2,external,E,Link,1,3,\n"
           "3,subscription,S,Sub,1,3,\n"
           "4,variation,V,Lost,1,3,id:99\n"
           "5,variable,W,Empty,1,,\n"
           "6,\"simple, downloadable, virtual\",D,Song,1,3,\n",
           "G en:Set active !import.type_not_ours@2/2 \"grouped\"\n"
           "E en:Link active !import.type_not_ours@3/2 \"external\"\n"
           "S en:Sub active !import.type_unknown@4/2 \"subscription\"\n"
           "V en: [V 3.00] !import.parent_unknown@5/7 \"id:99\" !import.title_missing@5/4\n"
           "W en:Empty active !import.variants_none@6/0\n"
           "D en:Song active [D 3.00]\n");
}

/* --- others --- */

static void
unknown_columns_are_read_by_what_they_are_called(void **state)
{
    (void)state;
    expect(
        "Artikelnummer;Bezeichnung;Preis;UVP;Bestand;Gewicht (kg);EAN;Kategorie;Hersteller;MwSt\n"
        "A-1;Käse;1,99 €;2,49;12;0,250;4006381333931;Essen > Käse;Alm;7\n"
        "A-2;Brot;1.234,50;;0;;;Essen;;19 %\n",
        "A-1 en:Käse by Alm in Essen > Käse tax700"
        " [A-1 1.99<2.49 x12 250g =4006381333931]\n"
        "A-2 en:Brot in Essen tax1900 [A-2 1234.50 x0]\n");
    expect("item_group_id,id,title,color,price,image_link,availability\n"
           "g1,v1,Cat,red,10.00 EUR,https://x.example/1.jpg,in stock\n"
           "g1,v2,,blue,11.00 EUR,https://x.example/2.jpg,out of stock\n",
           "g1 en:Cat(g1) ?Color [v1 /red 10.00 untracked image1] [v2 /blue 11.00 x0 image2]"
           " <https://x.example/1.jpg> <https://x.example/2.jpg>\n");
}

static void
languages_come_by_column_or_by_row(void **state)
{
    (void)state;
    expect("sku,name.en_US,name.de_DE,description.de_DE,price\nA,Cheese,Käse,Gut,1\n",
           "A en:Cheese de-DE:Käse{Gut} [A 1.00]\n");
    expect("sku,locale,name,price\nA,de,Käse,1\nB,de,Brot,2\nA,en,Cheese,1\n",
           "A en:Cheese de:Käse [A 1.00]\nB de:Brot [B 2.00]\n");
    expect("slug,locale,name,description\ntee,de,Hemd,Weich\ntee,pt_br,Camisa,\nhat,ar,قبعة,\n"
           "cap,xx-yyyyy,Cap,\ncup,,Cup,\n",
           "tee de:Hemd{Weich} pt-BR:Camisa\nhat ar:قبعة\n"
           "cap !import.language_format@5/2 \"xx-yyyyy\" !import.title_missing@5/3\n"
           "cup en:Cup !import.language_missing@6/2\n");
}

static void
a_region_is_the_shops_language_without_it(void **state)
{
    static const char *const languages[] = { "en", "de", "pt-BR" };
    struct import_settings s = shop;
    (void)state;
    s.languages = languages;
    s.language_count = 3;
    expect_with(&s,
                "sku,name.de_DE,name.en_US,name.pt_BR,name.fr_FR\nA,Käse,Cheese,Queijo,Fromage\n",
                "A en:Cheese de:Käse pt-BR:Queijo fr-FR:Fromage [A]\n");
}

static void
stock_comes_by_warehouse(void **state)
{
    (void)state;
    expect(
        "sku,warehouse,quantity\nA,north,5\nB,north,1\nA,south,0\nA,north,2\n",
        "A [A x5@north x0@south] [A x2@north] !import.sku_twice@5/1 \"A\" (2)\nB [B x1@north]\n");
    expect("sku,stock.north,stock.south,inventories\nA,5,,\"east=2, west=3\"\n",
           "A [A x5@north x2@east x3@west]\n");
}

static void
prices_of_other_currencies_are_left_out_or_refused(void **state)
{
    (void)state;
    expect("slug,sku,name,price,currency\na,A,Cup,9,USD\nb,B,Mug,7,EUR\na,A,,8,EUR\nc,C,Pot,5,USD\n"
           "d,D,Jar,5,XXX\n",
           "A en:Cup(a) [A 8.00]\nB en:Mug(b) [B 7.00]\n"
           "C en:Pot(c) [C] !import.currency@5/5 \"USD\" (EUR)\n"
           "D en:Jar(d) [D 5.00] !import.currency_unknown@6/5 \"XXX\"\n");
    expect("sku,name,Variant Price USD,Variant Price EUR\nA,Cup,9,8\n", "A en:Cup [A 8.00]\n");
}

static void
values_that_cannot_be_read_refuse_with_their_place(void **state)
{
    (void)state;
    expect("sku,name,price,ean,weight (kg),stock\n"
           "A,Cup,\"1,234\",9.78E+12,heavy,2.5\n"
           "9.1E+11,Cup,1,4006381333932,1,\n"
           "B,,x,1234567,1,1\n"
           ",Cup,1,,1,1\n"
           "C,Cup,1,,1,1,more\n"
           "c,Cup,-1,,1,1\n",
           "A en:Cup [A] !gtin.spreadsheet@2/4 \"9.78E+12\""
           " !import.price_ambiguous@2/3 \"1,234\" (EUR) !import.quantity_format@2/6 \"2.5\""
           " !import.weight_format@2/5 \"heavy\" (kg)\n"
           "9.1E+11 en:Cup [9.1E+11 1.00 1000g] !import.wreck@3/1 \"9.1E+11\""
           " !gtin.check@3/4 \"4006381333932\"\n"
           "B en: [B x1 1000g] !gtin.length@4/4 \"1234567\" !import.price_format@4/3 \"x\" (EUR)"
           " !import.title_missing@4/2\n"
           "- en:Cup !import.row_no_key@5/0\n"
           "C en:Cup [C 1.00 x1 1000g] !import.cells_many@6/7 \"more\" (6)\n"
           "c en:Cup [c x1 1000g] !import.price_negative@7/3 \"-1\" (EUR)"
           " !import.sku_twice@7/0 \"c\" (6)\n");
}

static void
a_sale_price_with_dates_is_told(void **state)
{
    (void)state;
    expect("Type,SKU,Name,Sale price,Regular price,Date sale price starts,Date sale price ends\n"
           "simple,A,Cup,4,5,,2030-01-01\nsimple,B,Mug,,5,,2020-01-01\nsimple,C,Pot,6,5,,\n",
           "A en:Cup [A 4.00<5.00] ~import.sale_dated@2/7 \"2030-01-01\"\n"
           "B en:Mug [B 5.00]\nC en:Pot [C 5.00]\n");
}

static void
what_is_optional_can_be_left_out(void **state)
{
    struct import_settings lenient = shop;
    (void)state;
    lenient.lenient = true;
    expect_with(&lenient, "sku,name,price,ean,weight (kg)\nA,Cup,1,9.78E+12,heavy\n",
                "A en:Cup [A 1.00] ~gtin.spreadsheet@2/4 \"9.78E+12\""
                " ~import.weight_format@2/5 \"heavy\" (kg)\n");
}

static void
lost_zeros_are_put_back_and_the_first_of_several_codes_counts(void **state)
{
    (void)state;
    expect("sku,name,ean\nA,Cup,74603005922\nB,Mug,0882780756328|0088698629123\nC,Jar,1|2\n",
           "A en:Cup [A =074603005922] ~import.gtin_zeros@2/3 \"74603005922\" (074603005922)\n"
           "B en:Mug [B =0882780756328]"
           " ~import.gtin_several@3/3 \"0882780756328|0088698629123\" (0882780756328)\n"
           "C en:Jar [C] !gtin.check@4/3 \"1|2\"\n");
}

static void
a_broken_table_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    expect("sku,name,price\nA,\"Cup\"s,1\nB,M\xff"
           "g is the b\xc3\xa9st \xe2\x82\xac \xc3\xbc \xc3\xb6 \xc3\xa4,1\nC,\"Jar,1\nD,Pot,1\n",
           "A en:Cups [A 1.00] !table.quote@2/2 \"Cups\"\n"
           "B en:M?g is the b\u00e9st \u20ac \u00fc \u00f6 \u00e4 [B 1.00] !table.utf8@3/2"
           " \"M?g is the b\u00e9st \u20ac \u00fc \u00f6 \u00e4\"\n"
           "- !table.open@4/2 \"Jar,1\nD,Pot,1\n\"\n");
}

static void
long_texts_are_cut_at_a_word(void **state)
{
    struct arena *a = begin();
    struct import_settings s = shop;
    struct import_product *p;
    struct buf b = buf_new(a, 1000);
    (void)state;
    buf_text(&b, "sku,name\nA,");
    for (int i = 0; i < 60; i++)
        buf_text(&b, "w\xc3\xb6rd ");
    buf_text(&b, "\n");
    s.spool = spool_folder();
    struct import_reader *r = file_opened(a, file_of_text(a, b.at), &s);
    assert_null(import_next(r, a, &p));
    assert_int_equal(text_characters(p->texts[0].title), 199);
    assert_string_equal(p->findings.at[0].code, "import.text_cut");
    assert_false(p->refused);
    arena_free(a);
}

/* Wide and high at once: what takes a time of its columns by its columns would take minutes. */
static void
a_product_has_its_ceilings(void **state)
{
    struct arena *a = begin();
    struct import_settings s = { .currency = CUR_EUR, .language = "en", .spool = spool_folder() };
    struct import_product *p;
    (void)state;
    for (int rows = 2000; rows <= 2001; rows++) {
        struct buf b = buf_new(a, (size_t)1 << 20);
        buf_text(&b, "handle,title,price,sku,Option1 name,Option1 value");
        for (int i = 2; i < 450; i++)
            buf_printf(&b, ",Option%d name,Option%d value", i, i);
        for (int i = 0; i < rows; i++)
            buf_printf(&b, "\nh,T,1,S%d,Size,%d", i, i);
        struct import_reader *r = file_opened(a, file_of(a, BYTES(b.at, b.length)), &s);
        assert_null(import_next(r, a, &p));
        assert_int_equal(p->variant_count, 2000);
        assert_int_equal(p->refused, rows > 2000);
        assert_int_equal(p->findings.count, rows > 2000);
    }
    assert_string_equal(p->findings.at[0].code, "import.variants_many");
    assert_int_equal(p->findings.at[0].line, 2002);
    arena_free(a);
}

static void
html_is_kept_twice(void **state)
{
    struct arena *a = begin();
    struct import_settings s = shop;
    struct import_product *p;
    (void)state;
    s.spool = spool_folder();
    struct import_reader *r = file_opened(
        a,
        file_of_text(a, "Handle,Title,Body (HTML),Variant Price\n"
                        "x,\"\"\"Fix\"\" &amp; Foxi\",\"<div onclick=x>A<script>x</script>"
                        "<p>B\",1\ny,Y,plain,1\n"),
        &s);
    assert_null(import_next(r, a, &p));
    assert_string_equal(p->texts[0].title, "\"Fix\" & Foxi");
    assert_string_equal(p->texts[0].html, "<div>A<p>B</p></div>");
    assert_string_equal(p->texts[0].description, "A\n\nB");
    assert_null(import_next(r, a, &p));
    assert_null(p->texts[0].html);
    assert_string_equal(p->texts[0].description, "plain");
    arena_free(a);
}

/* --- all shared files --- */

struct totals {
    int products, refused, variants;
    size_t used;
};

static struct totals
read_all(struct arena *a, int fd, enum currency cur)
{
    struct import_settings s = { .currency = cur, .language = "en", .spool = spool_folder() };
    struct import_reader *r = file_opened(a, fd, &s);
    struct arena *round = arena_new((size_t)64 << 20);
    struct import_product *p;
    struct totals t = { 0 };
    while (!import_next(r, round, &p) && p) {
        t.products++;
        t.refused += p->refused;
        t.variants += p->refused ? 0 : (int)p->variant_count;
        for (size_t i = 0; i < p->findings.count; i++)
            assert_true(p->findings.at[i].line > 0);
        assert_true(p->refused || p->texts_only || p->variant_count > 0);
        arena_reset(round);
    }
    arena_free(round);
    t.used = arena_used(a);
    return t;
}

static void
every_shared_file_is_read_or_refused_with_its_reasons(void **state)
{
    static const struct {
        const char *path;
        enum currency cur;
        int products, refused, variants;
    } rows[] = {
        { "formats/woocommerce-products.csv", CUR_EUR, 18, 2, 21 },
        { "formats/shopify-apparel.csv", CUR_EUR, 20, 0, 22 },
        { "formats/shopify-jewelery.csv", CUR_EUR, 20, 0, 23 },
        { "formats/shopify-home-and-garden.csv", CUR_EUR, 20, 0, 21 },
        { "formats/bagisto-products.csv", CUR_USD, 22, 18, 4 }, /* bookings, bundles, sets */
        { "formats/spree-products.csv", CUR_EUR, 37, 1, 0 },    /* a SKU that is there twice */
        { "formats/spree-products.csv", CUR_USD, 37, 1, 0 },
        { "formats/spree-product-translations.csv", CUR_EUR, 37, 0, 0 },
        { "formats/medusa-products.csv", CUR_EUR, 2, 0, 3 },
        { "formats/meta-catalog-template.csv", CUR_USD, 1, 1, 0 }, /* 8.80609E+12 */
        { "products/electronics.csv.gz", CUR_EUR, 19406, 0, 19406 },
        { "products/books.csv.gz", CUR_EUR, 10000, 9415, 585 }, /* ISBNs a spreadsheet rounded */
        { "products/groceries-ch.csv.gz", CUR_CHF, 27824, 5,
          27819 }, /* GTINs that are there twice */
        { "products/groceries-de.csv.gz", CUR_EUR, 29932, 0, 29932 },
        { "products/groceries-es.csv.gz", CUR_EUR, 27503, 2, 27501 },
        { "products/groceries-it.csv.gz", CUR_EUR, 26168, 3, 26165 },
        { "products/groceries-scripts.csv", CUR_EUR, 1753, 15, 1738 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = begin();
        int fd = shared_file(a, rows[i].path);
        if (fd < 0)
            skip();
        struct totals t = read_all(a, fd, rows[i].cur);
        if (t.products != rows[i].products || t.refused != rows[i].refused ||
            (rows[i].variants && t.variants != rows[i].variants))
            fail_msg("%s: %d products, %d refused, %d variants", rows[i].path, t.products,
                     t.refused, t.variants);
        assert_true(t.used < (size_t)8 << 20); /* memory does not grow with the file */
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_handle_are_one_product),
        cmocka_unit_test(variants_without_sku_get_one_that_stays),
        cmocka_unit_test(the_newer_names_mean_the_same),
        cmocka_unit_test(options_must_tell_variants_apart),
        cmocka_unit_test(variations_find_their_product_wherever_they_stand),
        cmocka_unit_test(types_that_cannot_be_sold_are_told),
        cmocka_unit_test(unknown_columns_are_read_by_what_they_are_called),
        cmocka_unit_test(languages_come_by_column_or_by_row),
        cmocka_unit_test(a_region_is_the_shops_language_without_it),
        cmocka_unit_test(stock_comes_by_warehouse),
        cmocka_unit_test(prices_of_other_currencies_are_left_out_or_refused),
        cmocka_unit_test(values_that_cannot_be_read_refuse_with_their_place),
        cmocka_unit_test(a_sale_price_with_dates_is_told),
        cmocka_unit_test(what_is_optional_can_be_left_out),
        cmocka_unit_test(lost_zeros_are_put_back_and_the_first_of_several_codes_counts),
        cmocka_unit_test(a_broken_table_is_read_as_far_as_it_goes),
        cmocka_unit_test(long_texts_are_cut_at_a_word),
        cmocka_unit_test(a_product_has_its_ceilings),
        cmocka_unit_test(html_is_kept_twice),
        cmocka_unit_test(every_shared_file_is_read_or_refused_with_its_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
