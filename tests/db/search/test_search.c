/* What people find in a shop: words, slips, scripts, pages, and nothing of another shop. */
#include "dbtest.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "search/search.h"

static struct vendor_id mine, theirs;

static int64_t
product(struct dbtest *t, struct vendor_id shop, const char *sku, const char *language,
        const char *title, const char *description)
{
    int64_t id = dbtest_number(
        t,
        "INSERT INTO product (vendor_id, sku, price_minor, currency, status) VALUES (%lld, '%s', "
        "100, 'EUR', 'active') RETURNING id",
        (long long)shop.n, sku);
    dbtest_sql(t,
               "INSERT INTO product_text (vendor_id, product_id, language, title, description, "
               "slug) VALUES (%lld, %lld, '%s', '%s', '%s', 'p%lld')",
               (long long)shop.n, (long long)id, language, title, description, (long long)id);
    return id;
}

static void
ask(struct dbtest *t, struct vendor_id shop, const struct search_query *q,
    struct search_result *found)
{
    t->w.vendor = shop;
    tx_open(&t->w, TX_READ);
    assert_no_err(search_find(&t->w, q, found));
    assert_no_err(tx_commit(&t->w));
}

/* The titles that a text finds, one behind the other with '|'; in the first's language. */
static const char *
find_with(struct dbtest *t, struct vendor_id shop, const struct search_query *q,
          struct search_result *found)
{
    struct buf b = buf_new(t->w.arena, 256);
    ask(t, shop, q, found);
    for (size_t i = 0; i < found->count; i++)
        buf_printf(&b, "%s%s", i ? "|" : "",
                   dbtest_sql(t, "SELECT min(title) FROM product_text WHERE product_id = %lld",
                              (long long)found->ids[i]));
    return b.at;
}

static const char *
find(struct dbtest *t, struct vendor_id shop, const char *text)
{
    struct search_result found;
    struct search_query q = { .text = text, .limit = 10 };
    return find_with(t, shop, &q, &found);
}

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    mine = dbtest_vendor(t, "mine");
    theirs = dbtest_vendor(t, "theirs");
    product(t, mine, "LAP-100", "en", "Grey laptops of fifteen inches", "With a quick processor");
    product(t, mine, "CASE-1", "en", "Laptop case", "Holds a notebook of fifteen inches");
    product(t, mine, "TN-2110", "en", "Toner cartridge black", "For laser printers");
    product(t, mine, "CF-1", "fr", "Crème brûlée à l’œuf", "Un dessert");
    product(t, mine, "DE-1", "de", "Großer Kühlschrank", "Für die Küche");
    product(t, mine, "JA-1", "ja", "ノートパソコン 東京", "");
    product(t, mine, "AR-1", "ar", "حاسوب محمول جديد", "");
    product(t, mine, "HE-1", "he", "מחשב נייד חדש", "");
    product(t, mine, "RU-1", "ru", "Игровой ноутбук", "");
    product(t, mine, "W-1", "en", "Smartwatch with a strap", "");
    product(t, theirs, "SECRETIVE", "en", "Zanzibar teapot", "Only theirs");
    dbtest_sql(t, "SELECT search_count(%lld)", (long long)mine.n);
    return 0;
}

static void
endings_case_and_accents_do_not_matter(void **state)
{
    struct dbtest *t = *state;
    assert_true(text_starts(find(t, mine, "LAPTOP inch grey"), "Grey laptops of fifteen inches"));
    assert_string_equal(find(t, mine, "creme brulee"), "Crème brûlée à l’œuf");
    assert_string_equal(find(t, mine, "CRÈME OEUF"), "Crème brûlée à l’œuf");
    assert_string_equal(find(t, mine, "kuhlschrank"), "Großer Kühlschrank");
    assert_string_equal(find(t, mine, "GROSSER kühlschrank"), "Großer Kühlschrank");
}

static void
every_script_is_found(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(find(t, mine, "パソコン"), "ノートパソコン 東京");
    assert_string_equal(find(t, mine, "東京"), "ノートパソコン 東京");
    assert_string_equal(find(t, mine, "東"), "ノートパソコン 東京");
    assert_string_equal(find(t, mine, "حاسوب"), "حاسوب محمول جديد");
    assert_string_equal(find(t, mine, "נייד"), "מחשב נייד חדש");
    assert_string_equal(find(t, mine, "НОУТБУК"), "Игровой ноутбук");
}

static void
a_slip_is_mended_by_the_shops_own_words(void **state)
{
    static const char *const slips[] = { "lpatop case", "laptp case", "laptoop case", "laptob case",
                                         "laptop cse" };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(slips); i++) {
        struct search_result found;
        struct search_query q = { .text = slips[i], .limit = 1 };
        assert_string_equal(find_with(t, mine, &q, &found), "Laptop case");
        assert_string_equal(found.corrected, "laptop case");
        q.as_typed = true;
        find_with(t, mine, &q, &found);
        assert_null(found.corrected);
    }
}

static void
the_beginning_of_a_word_is_enough(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(find(t, mine, "tone cartr"), "Toner cartridge black");
    assert_string_equal(find(t, mine, "kühls"), "Großer Kühlschrank");
}

static void
words_written_apart_or_together_are_the_same(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(find(t, mine, "smart watch"), "Smartwatch with a strap");
    assert_string_equal(find(t, mine, "tonercartridge"), "Toner cartridge black");
}

static void
a_code_finds_its_product_first(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(find(t, mine, "tn-2110"), "Toner cartridge black");
    assert_string_equal(find(t, mine, "TN2110"), "Toner cartridge black");
    assert_string_equal(find(t, mine, "tn 2110"), "Toner cartridge black");
    dbtest_sql(t, "UPDATE product SET gtin = '4006381333931' WHERE sku = 'TN-2110'");
    assert_string_equal(find(t, mine, " 4006381333931"), "Toner cartridge black");
}

static void
some_of_the_words_are_better_than_nothing(void **state)
{
    struct dbtest *t = *state;
    struct search_result found;
    struct search_query q = { .text = "toner strap", .limit = 10 };
    assert_non_null(strstr(find_with(t, mine, &q, &found), "Toner cartridge black"));
    assert_true(found.only_some);
    assert_int_equal(found.count, 2);
}

static void
nothing_of_another_shop_is_found_or_suggested(void **state)
{
    static const char *const texts[] = { "zanzibar",  "teapot", "zanzibra",      "zanz",
                                         "SECRETIVE", "secret", "zanzibarteapot" };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct search_result found;
        struct search_query q = { .text = texts[i], .limit = 10 };
        assert_string_equal(find_with(t, mine, &q, &found), "");
        assert_null(found.corrected);
        const char **words;
        size_t n;
        tx_open(&t->w, TX_READ);
        assert_no_err(search_suggest(&t->w, texts[i], 10, &words, &n));
        assert_no_err(tx_commit(&t->w));
        assert_int_equal(n, 0);
        assert_string_equal(find(t, theirs, texts[i]), "Zanzibar teapot");
    }
}

static void
without_a_shop_nothing_is_found(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(find(t, (struct vendor_id){ 0 }, "laptop"), "");
    struct search_result found;
    struct search_query q = { .limit = 10 };
    assert_string_equal(find_with(t, (struct vendor_id){ 0 }, &q, &found), "");
}

static void
a_shop_is_found_by_what_it_says_now(void **state)
{
    struct dbtest *t = *state;
    int64_t id = product(t, mine, "NEW-1", "en", "Umbrella", "");
    assert_string_equal(find(t, mine, "umbrella"), "Umbrella");
    dbtest_sql(t, "UPDATE product_text SET title = 'Parasol' WHERE product_id = %lld",
               (long long)id);
    assert_string_equal(find(t, mine, "parasol"), "Parasol");
    assert_string_equal(find(t, mine, "umbrella"), "");
    dbtest_sql(t, "UPDATE product SET brand = 'Knirps', status = 'draft' WHERE id = %lld",
               (long long)id);
    struct search_result found;
    struct search_query q = { .text = "knirps", .status = "active", .limit = 10 };
    assert_string_equal(find(t, mine, "knirps"), "Parasol");
    assert_string_equal(find_with(t, mine, &q, &found), "");
    dbtest_sql(t,
               "INSERT INTO product_variant (vendor_id, product_id, sku, option_values) VALUES "
               "(%lld, %lld, 'KN-XL', '{Violet}')",
               (long long)mine.n, (long long)id);
    assert_string_equal(find(t, mine, "violet"), "Parasol");
    assert_string_equal(find(t, mine, "kn-xl"), "Parasol");
    dbtest_sql(t, "DELETE FROM product WHERE id = %lld", (long long)id);
    assert_string_equal(find(t, mine, "parasol"), "");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM product_search WHERE product_id = %lld",
                                   (long long)id),
                     0);
}

static void
a_suggestion_goes_on_from_what_was_typed(void **state)
{
    struct dbtest *t = *state;
    const char **words;
    size_t n;
    t->w.vendor = mine;
    tx_open(&t->w, TX_READ);
    assert_no_err(search_suggest(&t->w, "grey lapt", 5, &words, &n));
    assert_no_err(tx_commit(&t->w));
    assert_true(n >= 1);
    assert_true(text_starts(words[0], "grey laptop"));
}

static void
any_text_is_only_a_text(void **state)
{
    static const char *const texts[] = { "'; DROP TABLE product; --",
                                         "\\",
                                         "%",
                                         "\"",
                                         "& | !",
                                         "<b>",
                                         ":*",
                                         "a & !b",
                                         "\xF0\x9F\x98\x80",
                                         "   ",
                                         "-",
                                         "laptop & | ! ( )",
                                         "{1,2}",
                                         "NULL" };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(texts); i++)
        find(t, mine, texts[i]);
    char *longest = arena_alloc(t->w.arena, 100001);
    memset(longest, 'x', 100000);
    assert_string_equal(find(t, mine, longest), "");
}

/* ---- Pages ---- */

static void
fill_shop(struct dbtest *t, struct vendor_id shop)
{
    dbtest_sql(t,
               "INSERT INTO product (vendor_id, sku, price_minor, currency, status, updated_at) "
               "SELECT %lld, 'P' || i, (i * 7) %% 20, 'EUR', (CASE WHEN i %% 3 = 0 THEN 'draft' "
               "ELSE 'active' END)::product_status, now() - (i %% 9) * interval '1 hour' FROM "
               "generate_series(1, 120) i",
               (long long)shop.n);
    dbtest_sql(t,
               "INSERT INTO product_text (vendor_id, product_id, language, title, slug) SELECT "
               "vendor_id, id, CASE WHEN id %% 10 = 0 THEN 'de' ELSE 'en' END, 'Cup ' || "
               "(ARRAY['Émile', 'eagle', 'Zoo', 'änderung', 'apple'])[id %% 5 + 1], 's' || id FROM "
               "product WHERE vendor_id = %lld",
               (long long)shop.n);
}

/* Another product, where nobody has turned to yet and where everybody has. */
static void
write_meanwhile(struct dbtest *t, struct vendor_id shop)
{
    static int n;
    product(t, shop, text_printf(t->w.arena, "NEW-%d", ++n), "en", "Cup newest", "");
}

/* Reads all pages, seventeen at a time. Fails when one of those that were there all along is missed
 * or comes twice. */
static void
read_all(struct dbtest *t, struct vendor_id shop, enum search_sort sort, const char *text,
         bool busy)
{
    bool seen[4096] = { false };
    struct search_query q = { .text = text, .sort = sort, .limit = 17 };
    struct search_result found = { .more = true };
    int64_t least =
        dbtest_number(t, "SELECT min(id) FROM product WHERE vendor_id = %lld", (long long)shop.n);
    int count = 0;
    for (; found.more; q.has_after = true) {
        ask(t, shop, &q, &found);
        for (size_t i = 0; i < found.count; i++) {
            int64_t at = found.ids[i] - least;
            assert_true(at >= 0 && at < (int64_t)COUNT(seen));
            if (seen[at])
                fail_msg("order %d: %lld came twice", sort, (long long)found.ids[i]);
            seen[at] = true;
            count += at < 120;
        }
        memcpy(q.after, found.next, sizeof(found.next));
        if (busy)
            write_meanwhile(t, shop);
    }
    if (count != 120)
        fail_msg("order %d: %d of 120 came", sort, count);
}

static void
pages_of_every_order_have_each_product_once(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "pages");
    fill_shop(t, shop);
    for (int sort = SEARCH_NEWEST; sort < SEARCH_SORTS; sort++) {
        read_all(t, shop, (enum search_sort)sort, NULL, false);
        read_all(t, shop, (enum search_sort)sort, "cup", false);
    }
    read_all(t, shop, SEARCH_BEST, "cup", false);
    read_all(t, shop, SEARCH_BEST, "cup eagle", false);
}

static void
pages_stay_whole_while_others_write(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "busy");
    fill_shop(t, shop);
    for (int sort = SEARCH_NEWEST; sort < SEARCH_SORTS; sort++)
        read_all(t, shop, (enum search_sort)sort, NULL, true);
    read_all(t, shop, SEARCH_BEST, "cup", true);
    read_all(t, shop, SEARCH_PRICE_DOWN, "cup", true);
}

static void
names_are_in_the_readers_order(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "names");
    struct search_result found;
    struct search_query q = { .sort = SEARCH_TITLE_UP, .limit = 10 };
    product(t, shop, "1", "en", "Zebra", "");
    product(t, shop, "2", "en", "éclair", "");
    product(t, shop, "3", "en", "Apple", "");
    product(t, shop, "4", "de", "Birne", "");
    product(t, shop, "5", "en", "eclipse", "");
    assert_string_equal(find_with(t, shop, &q, &found), "Apple|éclair|eclipse|Zebra|Birne");
    q.sort = SEARCH_TITLE_DOWN;
    assert_string_equal(find_with(t, shop, &q, &found), "Zebra|eclipse|éclair|Apple|Birne");
}

static void
filters_hold_with_and_without_words(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = dbtest_vendor(t, "filters");
    struct search_result found;
    product(t, shop, "A", "en", "Cup red", "");
    int64_t b = product(t, shop, "B", "en", "Cup blue", "");
    int64_t c = product(t, shop, "C", "en", "Cup green", "");
    dbtest_sql(t, "UPDATE product SET category = 'Home > Cups' WHERE id IN (%lld, %lld)",
               (long long)b, (long long)c);
    dbtest_sql(t, "UPDATE product SET status = 'draft' WHERE id = %lld", (long long)c);
    struct search_query q = { .category = "Home", .status = "active", .limit = 10 };
    assert_string_equal(find_with(t, shop, &q, &found), "Cup blue");
    q.text = "cup";
    assert_string_equal(find_with(t, shop, &q, &found), "Cup blue");
    q.sort = SEARCH_PRICE_UP;
    assert_string_equal(find_with(t, shop, &q, &found), "Cup blue");
    q = (struct search_query){ .category = "Ho", .limit = 10 };
    assert_string_equal(find_with(t, shop, &q, &found), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(endings_case_and_accents_do_not_matter),
        DBTEST(every_script_is_found),
        DBTEST(a_slip_is_mended_by_the_shops_own_words),
        DBTEST(the_beginning_of_a_word_is_enough),
        DBTEST(words_written_apart_or_together_are_the_same),
        DBTEST(a_code_finds_its_product_first),
        DBTEST(some_of_the_words_are_better_than_nothing),
        DBTEST(nothing_of_another_shop_is_found_or_suggested),
        DBTEST(without_a_shop_nothing_is_found),
        DBTEST(a_shop_is_found_by_what_it_says_now),
        DBTEST(a_suggestion_goes_on_from_what_was_typed),
        DBTEST(any_text_is_only_a_text),
        DBTEST(pages_of_every_order_have_each_product_once),
        DBTEST(pages_stay_whole_while_others_write),
        DBTEST(names_are_in_the_readers_order),
        DBTEST(filters_hold_with_and_without_words),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
