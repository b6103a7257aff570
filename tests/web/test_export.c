/* Exports: what comes out goes in again unchanged, and elsewhere the same. */
#include "exchangetest.h"

#include <string.h>

#include "base/text.h"

/* Variants, stock, two languages, a script from right to left, a cell that looks like a formula. */
static const char goods[] =
    "product_sku,sku,status,title.en,description.en,title.fr,title.ar,brand,category,tags,"
    "option.1.name,option.1.value,option.2.name,option.2.value,gtin,price,compare_at_price,"
    "weight_g,stock.main,stock.Nord\n"
    "SHIRT,SHIRT-S-R,active,Shirt,\"Soft, \"\"warm\"\"\nand red\",Chemise,قميص,Weber,"
    "Clothes > Shirts,\"soft, red\",Size,S,Colour,Red,4006381333931,19.90,29.90,180,5,2\n"
    "SHIRT,SHIRT-M-R,,,,,,,,,,M,,Red,,21.90,,190,0,1\n"
    "SHIRT,SHIRT-M-B,,,,,,,,,,M,,Blue,,19.90,,190,7,0\n"
    "SUM,SUM,draft,=1+1,-2,🚲 木制小椅子,,,,,,,,,,0.00,,,,\n"
    "MUG,MUG,archived,Mug,,,,,Kitchen,,,,,,,4.50,,,12,\n";

static const json_t *
import_again(struct web *w, const struct person *who, struct bytes file)
{
    int64_t id = give_file(w, who, "again.csv", file, "check=1");
    do_jobs(w);
    act_on(w, who, id, "run");
    const json_t *i = look_at(w, who, id);
    assert_string_equal(state_of(i), "done");
    return i;
}

static void
our_own_format_comes_back_unchanged(void **state)
{
    struct web *w = *state;
    dbtest_sql(w->db, "UPDATE vendor SET languages = '{en,fr,ar}'");
    int64_t id = import_text(w, &w->owner, "goods.csv", goods);
    assert_counts(look_at(w, &w->owner, id), 3, 0, 0, 0);
    struct bytes file = export_of(w, &w->owner, "{}");
    const char *text = text_copy_n(w->work.arena, file.at, file.length);
    assert_non_null(strstr(text, "قميص"));
    assert_non_null(strstr(text, "'=1+1"));
    const json_t *again = import_again(w, &w->owner, file);
    if (count_of(again, "changed"))
        print_message("%s\n%s\n", text,
                      dbtest_sql(w->db, "SELECT string_agg(sku || ' ' || differences, E'\\n') "
                                        "FROM import_change"));
    assert_counts(again, 0, 0, 3, 0);
}

static void
an_empty_shop_gives_the_same_bytes_again(void **state)
{
    struct web *w = *state;
    import_text(w, &w->owner, "goods.csv", goods);
    struct bytes file = export_of(w, &w->owner, "{}");
    assert_counts(import_again(w, &w->stranger, file), 3, 0, 0, 0);
    struct bytes other = export_of(w, &w->stranger, "{}");
    if (file.length != other.length || memcmp(file.at, other.at, file.length) != 0)
        fail_msg("%.*s\nis not\n%.*s", (int)file.length, (const char *)file.at, (int)other.length,
                 (const char *)other.at);
}

static void
the_formats_of_others_come_back_unchanged_too(void **state)
{
    struct web *w = *state;
    static const char *const formats[] = { "shopify_2024", "woocommerce" };
    import_text(w, &w->owner, "goods.csv", goods);
    dbtest_sql(w->db, "UPDATE stock SET on_hand = 0 FROM warehouse h WHERE h.id = warehouse_id "
                      "AND h.code = 'Nord'"); /* they have one stock only: the sum */
    dbtest_sql(w->db, "UPDATE product SET status = 'draft' WHERE status = 'archived'");
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct bytes file =
            export_of(w, &w->owner, text_printf(w->work.arena, "{\"format\": \"%s\"}", formats[i]));
        const json_t *again = import_again(w, &w->owner, file);
        if (count_of(again, "created") || count_of(again, "changed") || count_of(again, "refused"))
            fail_msg("%s: %s", formats[i],
                     dbtest_sql(w->db, "SELECT string_agg(sku || ' ' || differences, E'\\n') "
                                       "FROM import_change"));
    }
}

static void
translations_leave_and_return_by_sku_and_language(void **state)
{
    struct web *w = *state;
    import_text(w, &w->owner, "goods.csv", goods);
    struct bytes file =
        export_of(w, &w->owner, "{\"format\": \"translations\", \"languages\": [\"fr\"]}");
    const char *text = text_copy_n(w->work.arena, file.at, file.length);
    assert_true(text_starts(text, "sku,language,title,description,slug\n"));
    assert_non_null(strstr(text, "Chemise"));
    assert_null(strstr(text, "Shirt"));
    import_text(w, &w->owner, "texts.csv",
                "sku,language,title\nMUG,de,Becher\nSHIRT,de,Hemd\nNOBODY,de,Niemand\n");
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM product_text WHERE vendor_id = "
                                   "%lld AND language = 'de' AND title IN ('Becher', "
                                   "'Hemd', 'Niemand')",
                                   (long long)w->mine.n),
                     2);
}

static void
a_filter_chooses_and_only_the_shop_itself_may_fetch(void **state)
{
    struct web *w = *state;
    import_text(w, &w->owner, "goods.csv", goods);
    struct bytes file = export_of(w, &w->owner, "{\"filter\": {\"status\": \"archived\"}}");
    const char *text = text_copy_n(w->work.arena, file.at, file.length);
    assert_non_null(strstr(text, "MUG"));
    assert_null(strstr(text, "SHIRT"));
    int64_t id = dbtest_number(w->db, "SELECT max(id) FROM export");
    const char *path =
        text_printf(w->work.arena, "/vendor/products/export/%lld/file", (long long)id);
    assert_status(web_get(w, as(&w->owner), path), 200);
    assert_status(web_get(w, as(&w->stranger), path), 404);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(our_own_format_comes_back_unchanged),
        WEBTEST(an_empty_shop_gives_the_same_bytes_again),
        WEBTEST(the_formats_of_others_come_back_unchanged_too),
        WEBTEST(translations_leave_and_return_by_sku_and_language),
        WEBTEST(a_filter_chooses_and_only_the_shop_itself_may_fetch),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
