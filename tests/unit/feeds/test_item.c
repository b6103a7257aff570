/* Each row is a rule of a channel, and an item that meets or breaks it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "feeds/item.h"
#include "feeds/prose.h"

#define TESTED(fn) cmocka_unit_test_setup_teardown(fn, start, stop)
#define HASH       "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"
#define OTHER      "abababababababababababababababababababababababababababababababab"
#define BOTH       (FEED_BIT(FEED_META) | FEED_BIT(FEED_GOOGLE))

static const struct feed_terms terms = { .url = "https://souk.test",
                                         .slug = "atelier",
                                         .name = "Atelier",
                                         .language = "en",
                                         .now_us = INT64_C(1796083200) * SECOND_US };

static int
start(void **state)
{
    *state = arena_new((size_t)8 << 20);
    return 0;
}

static int
stop(void **state)
{
    arena_free(*state);
    return 0;
}

/* One that every channel takes. */
static struct feed_item
chair(void)
{
    return (struct feed_item){
        .variant = 12,
        .product = 7,
        .active = true,
        .title = "A chair of oak",
        .description = "Sits well, lasts long, and is made of oak from next door.",
        .language = "en",
        .gtin = "4006381333931",
        .mpn = "C-1",
        .brand = "Oak & Sons",
        .category = "Furniture > Chairs",
        .google_category = "443",
        .price = { 4995, CUR_EUR },
        .compare_at = { 0, CUR_EUR },
        .weight_g = 4200,
        .condition = "new",
        .option_names = "",
        .option_values = "",
        .images = "3:r" HASH,
        .tags = "",
    };
}

static struct feed_shaped
shape(struct arena *a, const struct feed_item *item)
{
    struct feed_shaped out;
    feed_shape(a, &terms, item, &out);
    return out;
}

static const char *
line(struct arena *a, enum feed_channel channel, const struct feed_item *item)
{
    struct feed_shaped shaped = shape(a, item);
    struct buf b = buf_new(a, 1024);
    feed_put_line(&b, channel, &shaped);
    return b.at;
}

static void
a_good_item_goes_to_both(void **state)
{
    struct feed_item item = chair();
    struct feed_shaped out = shape(*state, &item);
    assert_int_equal(out.reasons[FEED_META], 0);
    assert_int_equal(out.reasons[FEED_GOOGLE], 0);
    assert_string_equal(
        line(*state, FEED_META, &item),
        "v12,A chair of oak,\"Sits well, lasts long, and is made of oak from next door.\",in stock,"
        "new,49.95 EUR,https://souk.test/shops/atelier/products/7?in=en&lang=en,"
        "https://souk.test/media/products/00/ff/" HASH "_feed.jpg,Oak & Sons,443,,,,,,,,,,4200 g,"
        "4006381333931,,Furniture > Chairs,,\n");
    assert_string_equal(
        line(*state, FEED_GOOGLE, &item),
        "v12\tA chair of oak\tSits well, lasts long, and is made of oak from next door.\tin_stock\t"
        "\tnew\t49.95 EUR\t\thttps://souk.test/shops/atelier/products/7?in=en&lang=en\t"
        "https://souk.test/media/products/00/ff/" HASH "_feed.jpg\t\tOak & Sons\t4006381333931\t"
        "C-1\tyes\t443\tFurniture > Chairs\t\t\t\t\t\t\t\t4200 g\n");
}

static void
what_channels_refuse_is_left_out_with_its_reason(void **state)
{
    static const struct {
        size_t field; /* of struct feed_item: a text */
        const char *value;
        enum feed_reason reason;
        unsigned channels;
    } rows[] = {
#define TEXT(name) offsetof(struct feed_item, name)
        { TEXT(title), "", FEED_NO_TITLE, BOTH },
        { TEXT(title), " \t<b></b> ", FEED_NO_TITLE, BOTH },
        { TEXT(description), "", FEED_NO_DESCRIPTION, BOTH },
        { TEXT(description), "<p> </p>", FEED_NO_DESCRIPTION, BOTH },
        { TEXT(description), "Sits well.", FEED_SHORT_DESCRIPTION, FEED_BIT(FEED_META) },
        { TEXT(images), "", FEED_NO_IMAGE, BOTH },
        { TEXT(images), "3:s" HASH, FEED_IMAGE_SMALL, BOTH },
        { TEXT(images), "3:b" HASH, FEED_IMAGE_BROKEN, BOTH },
        { TEXT(images), "3:s" HASH " 4:w" OTHER, FEED_IMAGE_WAITS, BOTH },
        { TEXT(option_names), "Size", FEED_OPTION_EMPTY, BOTH },
#undef TEXT
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feed_item item = chair();
        *(const char **)(void *)((char *)&item + rows[i].field) = rows[i].value;
        struct feed_shaped out = shape(*state, &item);
        for (enum feed_channel c = 0; c < FEED_CHANNELS; c++) {
            bool refused = rows[i].channels & FEED_BIT(c);
            assert_int_equal(!!(out.reasons[c] & FEED_BIT(rows[i].reason)), refused);
            assert_int_equal(feed_refused(out.reasons[c]), refused);
        }
    }
}

static void
nothing_is_sold_for_nothing(void **state)
{
    struct feed_item item = chair();
    item.price.minor = 0;
    assert_true(shape(*state, &item).reasons[FEED_GOOGLE] & FEED_BIT(FEED_NO_PRICE));
    item = chair();
    item.active = false;
    assert_true(feed_refused(shape(*state, &item).reasons[FEED_META]));
}

static void
a_price_is_a_number_with_a_point_and_its_currency(void **state)
{
    static const struct {
        int64_t price, compare_at;
        enum currency cur;
        const char *full, *sale;
    } rows[] = {
        { 1000, 0, CUR_EUR, "10.00 EUR", "" },
        { 1, 0, CUR_EUR, "0.01 EUR", "" },
        { 123456789, 0, CUR_USD, "1234567.89 USD", "" },
        { 1050000, 0, CUR_JPY, "1050000 JPY", "" },
        { 1000, 1200, CUR_EUR, "12.00 EUR", "10.00 EUR" },
        { 1200, 1000, CUR_EUR, "12.00 EUR", "" }, /* dearer than it was: no sale */
        { 1000, 1000, CUR_EUR, "10.00 EUR", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feed_item item = chair();
        item.price = (struct money){ rows[i].price, rows[i].cur };
        item.compare_at = (struct money){ rows[i].compare_at, rows[i].cur };
        struct feed_shaped out = shape(*state, &item);
        assert_string_equal(out.cells[FEED_PRICE], rows[i].full);
        assert_string_equal(out.cells[FEED_SALE_PRICE], rows[i].sale);
    }
}

static void
availability_is_said_in_each_channels_words(void **state)
{
    static const struct {
        bool tracked, backorder;
        int64_t there, days;
        const char *meta, *google, *date, *quantity;
    } rows[] = {
        { false, false, 0, 0, "in stock", "in_stock", "", "" },
        { true, false, 3, 0, "in stock", "in_stock", "", "3" },
        { true, false, 0, 0, "out of stock", "out_of_stock", "", "" },
        { true, true, 0, 0, "available for order", "out_of_stock", "", "" },
        { true, true, 0, 14, "available for order", "backorder", "2026-12-15T00:00+0000", "" },
        { true, true, 5, 14, "in stock", "in_stock", "", "5" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feed_item item = chair();
        struct feed_terms own = terms;
        struct feed_shaped out;
        item.tracked = rows[i].tracked;
        item.backorder = rows[i].backorder;
        item.there = rows[i].there;
        own.backorder_days = rows[i].days;
        feed_shape(*state, &own, &item, &out);
        assert_string_equal(out.cells[FEED_AVAILABILITY_META], rows[i].meta);
        assert_string_equal(out.cells[FEED_AVAILABILITY_GOOGLE], rows[i].google);
        assert_string_equal(out.cells[FEED_AVAILABILITY_DATE], rows[i].date);
        assert_string_equal(out.cells[FEED_QUANTITY], rows[i].quantity);
    }
}

static void
options_become_attributes_in_any_language(void **state)
{
    static const struct {
        const char *name, *value;
        enum feed_cell cell;
        const char *is;
    } rows[] = {
        { "Color", "Red", FEED_CELL_COLOR, "Red" },
        { "Couleur", "Rouge", FEED_CELL_COLOR, "Rouge" },
        { "FARBE", "Rot", FEED_CELL_COLOR, "Rot" },
        { "Faarf", "Rout", FEED_CELL_COLOR, "Rout" },
        { "Shoe size", "42", FEED_CELL_SIZE, "42" },
        { "Größe", "XL", FEED_CELL_SIZE, "XL" },
        { "Schuhgröße", "42", FEED_CELL_SIZE, "42" },
        { "Taille", "M", FEED_CELL_SIZE, "M" },
        { "Matière", "Coton", FEED_CELL_MATERIAL, "Coton" },
        { "Muster", "Karo", FEED_CELL_PATTERN, "Karo" },
        { "Geschlecht", "Damen", FEED_CELL_GENDER, "female" },
        { "Age group", "Kinder", FEED_CELL_AGE_GROUP, "kids" },
        { "Flavour", "Earl Grey", FEED_TITLE, "A chair of oak, Earl Grey" },
        { "Geschlecht", "Katzen", FEED_TITLE, "A chair of oak, Katzen" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feed_item item = chair();
        item.option_names = rows[i].name;
        item.option_values = rows[i].value;
        struct feed_shaped out = shape(*state, &item);
        assert_string_equal(out.cells[rows[i].cell], rows[i].is);
        assert_string_equal(out.cells[FEED_GROUP], "p7");
    }
}

static void
further_options_of_one_attribute_are_said_in_the_title(void **state)
{
    struct feed_item item = chair();
    item.option_names = "Color\x1fSize\x1f"
                        "Frame color";
    item.option_values = "Red\x1fL\x1f"
                         "Blue";
    struct feed_shaped out = shape(*state, &item);
    assert_string_equal(out.cells[FEED_CELL_COLOR], "Red");
    assert_string_equal(out.cells[FEED_CELL_SIZE], "L");
    assert_string_equal(out.cells[FEED_TITLE], "A chair of oak, Blue");
}

static void
texts_are_plain_and_calm(void **state)
{
    static const struct {
        const char *raw, *plain;
    } rows[] = {
        { "  two\t\tblanks ", "two blanks" },
        { "a < b & c > d", "a < b & c > d" },
        { "is &lt;b&gt;bold&lt;/b&gt;", "is bold" }, /* escaped twice on its way */
        { "with &lt;nothing&gt; wrong", "with \u2039nothing\u203a wrong" },
        { "Caf\u00e9 &eacute;t&eacute; &amp; more", "Caf\u00e9 \u00e9t\u00e9 & more" },
        { "one\r\ntwo\n\n\n\nthree", "one\ntwo\n\nthree" },
        { "bell\x07 gone", "bell gone" },
        { "\u0645\u0631\u062d\u0628\u0627 \U0001F6B2",
          "\u0645\u0631\u062d\u0628\u0627 \U0001F6B2" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(prose_plain(*state, rows[i].raw, true), rows[i].plain);
    assert_string_equal(prose_plain(*state, "<p>Oak &amp; ash</p><script>x()</script>", false),
                        "Oak & ash");
    assert_string_equal(prose_plain(*state, "a\nb", false), "a b");
}

static void
what_shouts_is_said_quietly(void **state)
{
    static const struct {
        const char *loud, *calm;
    } rows[] = {
        { "WOODEN CHAIR OF OAK", "Wooden Chair OF OAK" },
        { "\u00c9L\u00c9GANTE CHAISE", "\u00c9l\u00e9gante Chaise" },
        { "\u0421\u0422\u0423\u041b 4K", "\u0421\u0442\u0443\u043b 4K" },
        { "USB-C LED", "Usb-C Led" },
        { "A B C D", "A b c d" },
        { "AB12 CD34", "Ab12 cd34" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(prose_shouts(rows[i].loud));
        assert_string_equal(prose_calm(*state, rows[i].loud), rows[i].calm);
        assert_false(prose_shouts(rows[i].calm));
    }
    assert_false(prose_shouts("LED"));
    assert_false(prose_shouts("\u6728\u88fd"));
    assert_false(prose_shouts("An LED"));
}

static void
a_text_is_cut_between_words_and_never_inside_a_character(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *left;
    } rows[] = {
        { "short", 10, "short" },
        { "exactly ten", 11, "exactly ten" },
        { "one two three", 9, "one two" },
        { "one two, three", 9, "one two" },
        { "Donaudampfschifffahrt", 5, "Donau" },
        { "\u6728\u88fd\u5c0f\u6905\u5b50", 3, "\u6728\u88fd\u5c0f" },
        { "e\u0301e\u0301e\u0301", 3, "e\u0301" }, /* accents go with their letters */
        { "\U0001F6B2\U0001F6B2\U0001F6B2", 5, "\U0001F6B2\U0001F6B2" }, /* two units each */
        { "\U0001F468\u200d\U0001F469\u200d\U0001F467x", 7, "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = prose_cut(rows[i].text, rows[i].most);
        assert_int_equal(n, strlen(rows[i].left));
        assert_memory_equal(rows[i].text, rows[i].left, n);
    }
}

static void
each_channel_has_titles_of_its_own_length(void **state)
{
    struct feed_item item = chair();
    struct buf b = buf_new(*state, 512);
    for (int i = 0; i < 45; i++)
        buf_text(&b, "four ");
    item.title = b.at; /* 224 characters */
    struct feed_shaped out = shape(*state, &item);
    assert_true(out.reasons[FEED_META] & FEED_BIT(FEED_TITLE_CUT));
    assert_false(feed_refused(out.reasons[FEED_META]));
    const char *meta = strchr(line(*state, FEED_META, &item), ',') + 1;
    const char *google = strchr(line(*state, FEED_GOOGLE, &item), '\t') + 1;
    assert_int_equal(strchr(meta, ',') - meta, 199);
    assert_int_equal(strchr(google, '\t') - google, 149);
}

static void
nothing_breaks_a_line(void **state)
{
    struct feed_item item = chair();
    item.title = "6\" board,\twide";
    item.description = "One line,\nand another of it; \"quoted\" as well.";
    const char *meta = line(*state, FEED_META, &item), *google = line(*state, FEED_GOOGLE, &item);
    assert_non_null(strstr(meta, "v12,\"6\"\" board, wide\",\"One line,\nand another of it; "
                                 "\"\"quoted\"\" as well.\",in stock"));
    assert_non_null(strstr(google, "v12\t6\" board, wide\tOne line, and another of it; \"quoted\" "
                                   "as well.\tin_stock"));
}

static void
only_sure_codes_go_along(void **state)
{
    struct feed_item item = chair();
    item.gtin = "4006381333932";
    struct feed_shaped out = shape(*state, &item);
    assert_string_equal(out.cells[FEED_GTIN], "");
    assert_true(out.reasons[FEED_META] & FEED_BIT(FEED_GTIN_WRONG));
    assert_string_equal(out.cells[FEED_IDENTIFIER_EXISTS], "yes"); /* by brand and MPN */
    item.mpn = "";
    assert_string_equal(shape(*state, &item).cells[FEED_IDENTIFIER_EXISTS], "no");
    item.gtin = "4006381333931";
    item.brand = "";
    out = shape(*state, &item);
    assert_string_equal(out.cells[FEED_IDENTIFIER_EXISTS], "yes");
    assert_string_equal(out.cells[FEED_BRAND], "Atelier");
}

static void
a_google_category_is_an_id_or_a_path(void **state)
{
    static const struct {
        const char *given, *cell;
    } rows[] = { { "443", "443" },
                 { "Furniture > Chairs", "Furniture > Chairs" },
                 { "Furniture", "" },
                 { "", "" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feed_item item = chair();
        item.google_category = rows[i].given;
        struct feed_shaped out = shape(*state, &item);
        assert_string_equal(out.cells[FEED_GOOGLE_CATEGORY], rows[i].cell);
        assert_int_equal(!!(out.reasons[FEED_META] & FEED_BIT(FEED_CATEGORY_FLAT)),
                         *rows[i].given && !*rows[i].cell);
    }
}

static void
a_variants_own_picture_comes_first_and_small_ones_not_at_all(void **state)
{
    struct feed_item item = chair();
    item.images = "3:r" HASH " 4:s" HASH " 5:r" OTHER;
    item.image = 5;
    struct feed_shaped out = shape(*state, &item);
    assert_string_equal(out.cells[FEED_IMAGE_LINK],
                        "https://souk.test/media/products/ab/ab/" OTHER "_feed.jpg");
    assert_string_equal(out.cells[FEED_MORE_IMAGES],
                        "https://souk.test/media/products/00/ff/" HASH "_feed.jpg");
}

static size_t
commas(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == ',';
    return n;
}

static void
further_pictures_are_as_many_as_a_channel_takes(void **state)
{
    struct feed_item item = chair();
    struct buf b = buf_new(*state, 4096);
    for (int i = 1; i <= 40; i++)
        buf_printf(&b, "%s%d:r" HASH, i > 1 ? " " : "", i);
    item.images = b.at;
    struct feed_shaped out = shape(*state, &item);
    assert_true(strlen(out.cells[FEED_MORE_IMAGES]) <= 2000);
    assert_true(commas(out.cells[FEED_MORE_IMAGES]) < 20);
    const char *google = line(*state, FEED_GOOGLE, &item);
    assert_int_equal(commas(strstr(google, "in_stock")), 9);
}

static void
texts_in_another_language_are_said_to_be(void **state)
{
    struct feed_item item = chair();
    item.language = "fr";
    struct feed_shaped out = shape(*state, &item);
    assert_true(out.reasons[FEED_META] & FEED_BIT(FEED_OTHER_LANGUAGE));
    assert_false(feed_refused(out.reasons[FEED_META]));
}

static void
every_reason_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < FEED_REASONS; i++)
        assert_non_null(feed_reason_rows[i].name);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TESTED(a_good_item_goes_to_both),
        TESTED(what_channels_refuse_is_left_out_with_its_reason),
        TESTED(nothing_is_sold_for_nothing),
        TESTED(a_price_is_a_number_with_a_point_and_its_currency),
        TESTED(availability_is_said_in_each_channels_words),
        TESTED(options_become_attributes_in_any_language),
        TESTED(further_options_of_one_attribute_are_said_in_the_title),
        TESTED(texts_are_plain_and_calm),
        TESTED(what_shouts_is_said_quietly),
        TESTED(a_text_is_cut_between_words_and_never_inside_a_character),
        TESTED(each_channel_has_titles_of_its_own_length),
        TESTED(nothing_breaks_a_line),
        TESTED(only_sure_codes_go_along),
        TESTED(a_google_category_is_an_id_or_a_path),
        TESTED(a_variants_own_picture_comes_first_and_small_ones_not_at_all),
        TESTED(further_pictures_are_as_many_as_a_channel_takes),
        TESTED(texts_in_another_language_are_said_to_be),
        TESTED(every_reason_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
