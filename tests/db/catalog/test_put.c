/* Products by the hundred: what is created, changed, and left alone. */
#include "dbtest.h"

#include "base/clock.h"
#include "base/text.h"
#include "catalog/catalog.h"

#define HAS(member) (1u << (member))
#define MANY        100 /* files come by 500; so many pass on a busy machine, too */

static struct product
thing(struct arena *a, const char *sku, int64_t price)
{
    struct product p = product_blank(CUR_EUR);
    p.sku = sku;
    p.given = HAS(PRODUCT_HAS_PRICE) | HAS(PRODUCT_HAS_CATEGORY);
    p.price.minor = price;
    p.category = "Home > Lamps";
    struct product_text *t = product_text_for(a, &p, "en");
    *t = (struct product_text){ "en", text_printf(a, "Thing %s", sku), "Of use.", NULL };
    return p;
}

static struct product *
things(struct arena *a, size_t n, int64_t price)
{
    struct product *all = NEW_ARRAY(a, struct product, n);
    for (size_t i = 0; i < n; i++)
        all[i] = thing(a, text_printf(a, "T-%zu", i), price);
    return all;
}

static void
in_shop(struct dbtest *t, const char *slug)
{
    t->w.vendor = dbtest_vendor(t, slug);
}

static struct product_result *
put(struct dbtest *t, const struct product *rows, size_t n)
{
    struct product_result *results = NEW_ARRAY(t->w.arena, struct product_result, n);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(products_put_many(&t->w, rows, n, false, results));
    assert_no_err(tx_commit(&t->w));
    return results;
}

static int64_t
count(struct dbtest *t, const char *what)
{
    return dbtest_number(t, "SELECT count(*) FROM %s WHERE vendor_id = %lld", what,
                         (long long)t->w.vendor.n);
}

static void
a_file_is_created_once_and_left_alone_the_second_time(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "twice");
    struct product *rows = things(t->w.arena, MANY, 500);
    struct product_result *first = put(t, rows, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(first[i].outcome, PRODUCT_CREATED);
    assert_int_equal(count(t, "product"), MANY);
    assert_int_equal(count(t, "product_variant"), MANY);
    assert_int_equal(count(t, "category"), 2);
    assert_int_equal(dbtest_number(t, "SELECT products FROM vendor_counter WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                     MANY);
    struct product_result *second = put(t, rows, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(second[i].outcome, PRODUCT_UNCHANGED);
        assert_int_equal(second[i].id.n, first[i].id.n);
    }
    assert_int_equal(count(t, "product_change"), 0);
    assert_int_equal(dbtest_number(t, "SELECT max(version) FROM product WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                     1);
}

static void
only_what_differs_is_written_and_its_history_says_what(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "some");
    struct product *rows = things(t->w.arena, 3, 500);
    struct product_result *first = put(t, rows, 3);
    rows[1].price.minor = 900;
    rows[1].sku = "t-1"; /* the same SKU */
    struct product_result *second = put(t, rows, 3);
    assert_int_equal(second[0].outcome, PRODUCT_UNCHANGED);
    assert_int_equal(second[1].outcome, PRODUCT_CHANGED);
    assert_int_equal(second[1].id.n, first[1].id.n);
    assert_int_equal(second[1].difference_count, 1);
    assert_string_equal(second[1].differences[0].before, "5.00");
    assert_string_equal(second[1].differences[0].after, "9.00");
    assert_string_equal(dbtest_sql(t,
                                   "SELECT changes->0->>'field' FROM product_change"
                                   " WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                        "price");
}

static void
a_dry_run_says_the_same_and_writes_nothing(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "dry");
    struct product *rows = things(t->w.arena, 3, 500);
    put(t, rows, 2);
    rows[1].price.minor = 900;
    struct product_result results[3];
    tx_open(&t->w, TX_READ);
    assert_no_err(products_put_many(&t->w, rows, 3, true, results));
    tx_rollback(&t->w);
    assert_int_equal(results[0].outcome, PRODUCT_UNCHANGED);
    assert_int_equal(results[1].outcome, PRODUCT_CHANGED);
    assert_int_equal(results[2].outcome, PRODUCT_CREATED);
    assert_int_equal(results[2].id.n, 0);
    assert_int_equal(count(t, "product"), 2);
}

static void
a_row_that_will_not_do_is_refused_and_the_others_go_on(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "bad");
    struct product *rows = things(t->w.arena, 4, 500);
    struct product_variant twin = { .given = PRODUCT_ALL_GIVEN, .sku = "T-0", .gtin = "" };
    for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++)
        twin.values[i] = "";
    twin.values[0] = "M";
    twin.weight_g = -1;
    rows[1].sku = "";
    rows[2].given |= HAS(PRODUCT_HAS_OPTIONS); /* with a variant that has the SKU of another */
    rows[2].options[0] = "Size";
    rows[2].option_count = 1;
    rows[2].variants = &twin;
    rows[2].variant_count = 1;
    struct product_result *results = put(t, rows, 4);
    assert_int_equal(results[0].outcome, PRODUCT_CREATED);
    assert_int_equal(results[1].outcome, PRODUCT_REFUSED);
    assert_string_equal(results[1].refused->field, "sku");
    assert_int_equal(results[2].outcome, PRODUCT_REFUSED);
    assert_string_equal(results[2].refused->code, "product.sku_taken");
    assert_int_equal(results[3].outcome, PRODUCT_CREATED);
    assert_int_equal(count(t, "product"), 2);
}

static void
of_two_rows_with_one_sku_the_later_is_laid_over_the_earlier(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "later");
    struct product rows[] = { thing(t->w.arena, "ONE", 500), thing(t->w.arena, "one", 700) };
    rows[1].text_count = 0;
    put(t, rows, 2);
    assert_int_equal(count(t, "product"), 1);
    assert_int_equal(dbtest_number(t, "SELECT price_minor FROM product WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                     700);
}

static void
equal_titles_get_addresses_of_their_own_and_an_old_address_is_kept(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "slugs");
    struct product rows[] = { thing(t->w.arena, "A", 1), thing(t->w.arena, "B", 1) };
    rows[0].texts[0].title = rows[1].texts[0].title = "The same";
    struct product_result *results = put(t, rows, 2);
    assert_int_equal(dbtest_number(t,
                                   "SELECT count(DISTINCT slug) FROM product_text"
                                   " WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                     2);
    rows[0].texts[0].slug = "new-address";
    put(t, rows, 1);
    assert_int_equal(dbtest_number(t,
                                   "SELECT product_id FROM product_old_slug"
                                   " WHERE vendor_id = %lld AND slug = 'the-same'",
                                   (long long)t->w.vendor.n),
                     results[0].id.n);
}

/* How long it takes is bench/exchange's; what is held here is that no product has statements of its
 * own. */
static void
a_batch_takes_little_time_a_product(void **state)
{
    struct dbtest *t = *state;
    in_shop(t, "fast");
    struct product *rows = things(t->w.arena, MANY, 500);
    int64_t began = clock_mono_us();
    put(t, rows, MANY);
    int64_t created = clock_mono_us() - began;
    began = clock_mono_us();
    put(t, rows, MANY);
    int64_t same = clock_mono_us() - began;
    print_message("%lld µs a product created, %lld µs unchanged\n", (long long)created / MANY,
                  (long long)same / MANY);
    assert_true(created / MANY < 20000 && same / MANY < 20000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(a_file_is_created_once_and_left_alone_the_second_time),
        DBTEST(only_what_differs_is_written_and_its_history_says_what),
        DBTEST(a_dry_run_says_the_same_and_writes_nothing),
        DBTEST(a_row_that_will_not_do_is_refused_and_the_others_go_on),
        DBTEST(of_two_rows_with_one_sku_the_later_is_laid_over_the_earlier),
        DBTEST(equal_titles_get_addresses_of_their_own_and_an_old_address_is_kept),
        DBTEST(a_batch_takes_little_time_a_product),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
