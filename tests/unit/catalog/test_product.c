/* What makes a product right, and what two versions of one do not have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/text.h"
#include "catalog/catalog.h"

#define HAS(member) (1u << (member))

static int
before(void **state)
{
    *state = arena_new((size_t)32 << 20);
    return 0;
}

static int
after(void **state)
{
    arena_free(*state);
    return 0;
}

/* A lamp that is right, without options. */
static struct product
lamp(struct arena *a)
{
    struct product p = product_blank(CUR_EUR);
    p.given = PRODUCT_ALL_GIVEN;
    p.sku = "LAMP";
    p.price.minor = 1995;
    product_text_for(a, &p, "en")->title = "A lamp";
    return p;
}

static struct product_variant
size_of(const char *sku, const char *value)
{
    struct product_variant v = { .given = PRODUCT_ALL_GIVEN, .sku = sku, .gtin = "" };
    for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++)
        v.values[i] = "";
    v.values[0] = value;
    v.weight_g = -1;
    v.price.cur = v.compare_at.cur = CUR_EUR;
    return v;
}

/* The same with an option and these variants. */
static struct product
with_sizes(struct arena *a, struct product_variant *variants, size_t n)
{
    struct product p = lamp(a);
    p.options[0] = "Size";
    p.option_count = 1;
    p.variants = variants;
    p.variant_count = n;
    return p;
}

static void
assert_says(const struct err *e, const char *field, const char *code)
{
    for (; e; e = e->next)
        if (text_is(e->field, field) && text_is(e->code, code))
            return;
    fail_msg("nobody says %s at %s", code, field);
}

static void
a_product_without_options_is_its_own_only_variant(void **state)
{
    struct arena *a = *state;
    struct product p = lamp(a);
    p.gtin = "400-6381-33393-1";
    assert_null(product_check(a, &p));
    assert_int_equal(p.variant_count, 1);
    assert_string_equal(p.variants[0].sku, "LAMP");
    assert_string_equal(p.variants[0].gtin, "4006381333931");
    p.sku = "LAMP-2";
    assert_null(product_check(a, &p));
    assert_string_equal(p.variants[0].sku, "LAMP-2");
}

static void
variants_need_an_option_that_tells_them_apart(void **state)
{
    struct arena *a = *state;
    struct product_variant two[] = { size_of("A", ""), size_of("B", "") };
    struct product p = with_sizes(a, two, 2);
    p.option_count = 0;
    assert_says(product_check(a, &p), "options", "product.options_needed");
    p.option_count = 1;
    assert_says(product_check(a, &p), "variants.0.options.Size", "field.needed");
    two[0].values[0] = two[1].values[0] = "M";
    assert_says(product_check(a, &p), "variants.1.options", "product.variant_twice");
    two[1].values[0] = "L";
    two[1].sku = "a";
    assert_says(product_check(a, &p), "variants.1.sku", "product.sku_taken");
    two[1].sku = "B";
    assert_null(product_check(a, &p));
    assert_int_equal(p.variants[1].position, 2);
}

static void
a_price_before_is_above_the_price_of_the_variant_or_the_products(void **state)
{
    struct arena *a = *state;
    struct product_variant one[] = { size_of("A", "M") };
    struct product p = with_sizes(a, one, 1);
    one[0].has_compare_at = true;
    one[0].compare_at.minor = 1995;
    assert_says(product_check(a, &p), "variants.0.compare_at_price", "product.compare_at");
    one[0].has_price = true;
    one[0].price.minor = 1994;
    assert_null(product_check(a, &p));
}

static void
two_thousand_variants_are_checked_and_one_more_is_refused(void **state)
{
    struct arena *a = *state;
    struct product_variant *many = NEW_ARRAY(a, struct product_variant, PRODUCT_VARIANTS_MAX + 1);
    for (int i = 0; i <= PRODUCT_VARIANTS_MAX; i++)
        many[i] = size_of(text_printf(a, "S-%d", i), text_i64(a, i));
    struct product p = with_sizes(a, many, PRODUCT_VARIANTS_MAX);
    assert_null(product_check(a, &p));
    p.variant_count++;
    assert_says(product_check(a, &p), "variants", "product.variants_most");
}

static void
a_language_that_is_none_is_refused_and_any_other_is_taken(void **state)
{
    struct arena *a = *state;
    struct product p = lamp(a);
    product_text_for(a, &p, "zh-Hant")->title = "燈";
    assert_null(product_check(a, &p));
    assert_string_equal(product_text_in(&p, "zh-Hant")->slug, "product");
    product_text_for(a, &p, "xx")->title = "?";
    assert_says(product_check(a, &p), "translations.xx", "product.language");
}

static void
a_path_of_categories_is_put_in_order(void **state)
{
    struct arena *a = *state;
    struct product p = lamp(a);
    p.category = " Home>  Lamps > ";
    assert_null(product_check(a, &p));
    assert_string_equal(p.category, "Home > Lamps");
}

static void
what_is_not_given_stays(void **state)
{
    struct arena *a = *state;
    struct product stored = lamp(a), change = product_blank(CUR_EUR);
    stored.brand = "Old";
    stored.id.n = 7;
    product_text_for(a, &stored, "en")->description = "Kept";
    assert_null(product_check(a, &stored));
    struct product_text text = { "en", "New", NULL, NULL };
    change.texts = &text;
    change.text_count = 1;
    change.given = HAS(PRODUCT_HAS_PRICE);
    change.price.minor = 5;
    struct product p = product_merge(a, &stored, &change);
    assert_null(product_check(a, &p));
    assert_string_equal(p.brand, "Old");
    assert_int_equal(p.price.minor, 5);
    assert_string_equal(p.texts[0].title, "New");
    assert_string_equal(p.texts[0].description, "Kept");
    assert_string_equal(stored.texts[0].title, "A lamp");
}

static void
variants_are_known_by_their_sku_and_go_only_where_all_are_given(void **state)
{
    struct arena *a = *state;
    struct product_variant two[] = { size_of("A", "M"), size_of("B", "L") };
    struct product_variant new[] = { size_of("b", "L"), size_of("C", "S") };
    struct product stored = with_sizes(a, two, 2), change = with_sizes(a, new, 2);
    stored.id.n = 7;
    two[0].id.n = 70;
    two[1].id.n = 71;
    new[0].has_price = true;
    new[0].price.minor = 3000;
    change.given = 0;
    struct product p = product_merge(a, &stored, &change);
    assert_int_equal(p.variant_count, 3);
    assert_int_equal(p.variants[1].id.n, 71);
    assert_int_equal(p.variants[1].price.minor, 3000);
    assert_int_equal(p.variants[2].id.n, 0);
    change.given = HAS(PRODUCT_HAS_VARIANTS);
    p = product_merge(a, &stored, &change);
    assert_int_equal(p.variant_count, 2);
    assert_int_equal(p.variants[0].id.n, 71);
}

static void
the_first_options_keep_the_plain_variant_and_so_its_stock(void **state)
{
    struct arena *a = *state;
    struct product stored = lamp(a);
    assert_null(product_check(a, &stored));
    stored.id.n = 7;
    stored.variants[0].id.n = 70;
    struct product_variant two[] = { size_of("LAMP-M", "M"), size_of("LAMP-L", "L") };
    struct product change = with_sizes(a, two, 2);
    struct product p = product_merge(a, &stored, &change);
    assert_null(product_check(a, &p));
    assert_int_equal(p.variant_count, 2);
    assert_int_equal(p.variants[0].id.n, 70);
    assert_string_equal(p.variants[0].sku, "LAMP-M");
    assert_int_equal(p.variants[1].id.n, 0);
}

static void
differences_name_each_field_with_both_values(void **state)
{
    struct arena *a = *state;
    struct product_variant two[] = { size_of("A", "M"), size_of("B", "L") };
    struct product one = with_sizes(a, two, 2);
    one.id.n = 7;
    two[0].id.n = 70;
    two[1].id.n = 71;
    assert_null(product_check(a, &one));
    struct product_variant other[] = { one.variants[0], size_of("C", "S") };
    struct product two_of = one;
    two_of.variants = other;
    two_of.price.minor = 2000;
    other[0].has_price = true;
    other[0].price.minor = 50;
    struct product_difference *d;
    size_t n;
    product_differences(a, &one, &one, &d, &n);
    assert_int_equal(n, 0);
    product_differences(a, &one, &two_of, &d, &n);
    static const char *const rows[][3] = {
        { "price", "19.95", "20.00" },
        { "variants.A.price", "", "0.50" },
        { "variants.C", "", "S" },
        { "variants.B", "L", "" },
    };
    assert_int_equal(n, COUNT(rows));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(d[i].field, rows[i][0]);
        assert_string_equal(d[i].before, rows[i][1]);
        assert_string_equal(d[i].after, rows[i][2]);
    }
}

#define PRODUCTTEST(fn) cmocka_unit_test_setup_teardown(fn, before, after)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PRODUCTTEST(a_product_without_options_is_its_own_only_variant),
        PRODUCTTEST(variants_need_an_option_that_tells_them_apart),
        PRODUCTTEST(a_price_before_is_above_the_price_of_the_variant_or_the_products),
        PRODUCTTEST(two_thousand_variants_are_checked_and_one_more_is_refused),
        PRODUCTTEST(a_language_that_is_none_is_refused_and_any_other_is_taken),
        PRODUCTTEST(a_path_of_categories_is_put_in_order),
        PRODUCTTEST(what_is_not_given_stays),
        PRODUCTTEST(variants_are_known_by_their_sku_and_go_only_where_all_are_given),
        PRODUCTTEST(the_first_options_keep_the_plain_variant_and_so_its_stock),
        PRODUCTTEST(differences_name_each_field_with_both_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
