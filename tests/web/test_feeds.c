/* Feeds: what a build leaves on the disk and in the tables, and what the pages say of it. */
#include "webtest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/must.h"
#include "base/text.h"
#include "feeds/feeds.h"
#include "feeds/shop.h"

#define HEADER_LINES 1

/* A product that both channels take, with a variant and a picture whose JPEG is there. */
static int64_t
add_chair(struct web *w, struct vendor_id v, const char *sku)
{
    dbtest_sql(w->db,
               "INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, "
               "width_200, height_200, bytes, bytes_800, bytes_200, feed_bytes) "
               "VALUES (sha256('%s'), 1, 900, 900, 1, 1, 1, 1, 1, 1, 1, 1) "
               "ON CONFLICT DO NOTHING",
               sku);
    int64_t id = dbtest_number(w->db,
                               "INSERT INTO product (vendor_id, sku, price_minor, currency, status)"
                               " VALUES (%lld, '%s', 4995, 'EUR', 'active') RETURNING id",
                               (long long)v.n, sku);
    dbtest_sql(w->db,
               "INSERT INTO product_variant (vendor_id, product_id, sku) "
               "SELECT vendor_id, id, sku FROM product WHERE id = %lld "
               "ON CONFLICT DO NOTHING",
               (long long)id);
    dbtest_sql(w->db,
               "INSERT INTO product_text (vendor_id, product_id, language, title, description, "
               "slug) VALUES (%lld, %lld, 'en', 'Chair %s', 'A chair of oak that sits well and "
               "lasts.', lower('%s'))",
               (long long)v.n, (long long)id, sku, sku);
    dbtest_sql(w->db,
               "INSERT INTO product_image (vendor_id, product_id, hash, position) "
               "VALUES (%lld, %lld, sha256('%s'), 1)",
               (long long)v.n, (long long)id, sku);
    return id;
}

/* A shop of the test's own, so that no test counts another's rows. */
static struct vendor_id
shop_of(struct web *w, const char *slug)
{
    struct vendor_id v = dbtest_vendor(w->db, slug);
    dbtest_sql(w->db, "UPDATE vendor SET languages = '{en,fr}' WHERE id = %lld", (long long)v.n);
    return v;
}

static struct feeds_result
build(struct web *w, struct vendor_id v)
{
    struct work work = w->work;
    struct feeds_result result;
    work.vendor = v;
    work.address = "";
    work.id = "test";
    assert_no_err(feeds_build(&work, &result));
    return result;
}

/* The shop, in a transaction that writes. */
static struct work *
begin(struct web *w, struct vendor_id v)
{
    struct work *work = NEW(w->work.arena, struct work);
    *work = w->work;
    work->vendor = v;
    work->address = "";
    work->id = "test";
    tx_open(work, TX_WRITE);
    return work;
}

static const char *
path_of(struct web *w, const char *format, ...)
{
    char rest[200];
    va_list args;
    va_start(args, format);
    vsnprintf(rest, sizeof(rest), format, args);
    va_end(args);
    return text_printf(w->work.arena, "%s/feeds/%s", w->folder, rest);
}

static const char *
read_path(struct web *w, const char *path)
{
    struct bytes b;
    assert_no_err(file_read(w->work.arena, path, (size_t)1 << 20, &b));
    return (const char *)b.at;
}

static int
lines_of(struct web *w, const char *path)
{
    int n = 0;
    for (const char *at = read_path(w, path); (at = strchr(at, '\n')); at++)
        n++;
    return n - HEADER_LINES;
}

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
a_build_leaves_a_file_for_each_language_and_channel(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "files");
    add_chair(w, v, "FILES-1");
    struct feeds_result result = build(w, v);
    assert_int_equal(result.files, 4);
    assert_int_equal(result.rows, 2);
    assert_int_equal(result.rejected, 2); /* no French */
    assert_int_equal(lines_of(w, path_of(w, "public/files/en.csv")), 1);
    assert_int_equal(lines_of(w, path_of(w, "public/files/en.tsv")), 1);
    assert_int_equal(lines_of(w, path_of(w, "public/files/fr.csv")), 0);
    assert_true(is_there(path_of(w, "public/files/fr.tsv.gz")));
    assert_non_null(strstr(read_path(w, path_of(w, "public/files/en.csv")),
                           ",Chair FILES-1,A chair of oak that sits well and lasts.,in stock,new,"
                           "49.95 EUR,https://souk.test/shops/files/products/"));
}

static void
what_did_not_change_is_left_as_it_is(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "same");
    struct stat first, again, changed, packed;
    add_chair(w, v, "SAME-1");
    build(w, v);
    assert_int_equal(stat(path_of(w, "public/same/en.csv"), &first), 0);
    assert_int_equal(build(w, v).files, 0);
    assert_int_equal(stat(path_of(w, "public/same/en.csv"), &again), 0);
    assert_int_equal(first.st_ino, again.st_ino);
    assert_int_equal(first.st_mtim.tv_sec, again.st_mtim.tv_sec);

    /* Of one length, within a second: it still has a time of its own, since ETags are made of both.
     */
    dbtest_sql(w->db, "UPDATE product SET price_minor = 4994 WHERE vendor_id = %lld",
               (long long)v.n);
    assert_int_equal(build(w, v).files, 2);
    assert_int_equal(stat(path_of(w, "public/same/en.csv"), &changed), 0);
    assert_int_equal(stat(path_of(w, "public/same/en.csv.gz"), &packed), 0);
    assert_int_equal(changed.st_size, first.st_size);
    assert_true(changed.st_mtim.tv_sec > first.st_mtim.tv_sec);
    assert_true(packed.st_size != changed.st_size ||
                packed.st_mtim.tv_sec != changed.st_mtim.tv_sec);
}

static void
a_feed_that_lost_too_much_is_held_back_until_a_person_says_so(void **state)
{
    struct web *w = *state;
    struct vendor_id v = w->mine;
    for (int i = 0; i < 10; i++)
        add_chair(w, v, text_printf(w->work.arena, "DROP-%d", i));
    build(w, v);
    const char *path = path_of(w, "public/mine/en.csv");
    assert_int_equal(lines_of(w, path), 10);
    dbtest_sql(w->db,
               "UPDATE product SET status = 'draft' WHERE vendor_id = %lld AND sku < 'DROP-3'",
               (long long)v.n);
    assert_int_equal(build(w, v).held, 0); /* 30 % */
    assert_int_equal(lines_of(w, path), 7);
    dbtest_sql(w->db,
               "UPDATE product SET status = 'draft' WHERE vendor_id = %lld AND sku < 'DROP-6'",
               (long long)v.n);
    assert_int_equal(build(w, v).held, 2);
    build(w, v);
    assert_int_equal(lines_of(w, path), 7);
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM mail WHERE kind = 'feed_held'"), 1);
    assert_int_equal(
        dbtest_number(w->db, "SELECT count(*) FROM audit_log WHERE what = 'feed.held'"), 1);

    struct work *work = begin(w, v);
    assert_no_err(feeds_allow(work, "en", FEED_META));
    assert_no_err(tx_commit(work));
    assert_int_equal(build(w, v).held, 1); /* Google's is */
    assert_int_equal(lines_of(w, path), 4);
    work = begin(w, v);
    assert_err(feeds_allow(work, "en", FEED_META), ERR_CONFLICT, "feed.not_held");
    tx_rollback(work);
}

static const char *
renew(struct web *w, struct vendor_id v)
{
    struct work *work = begin(w, v);
    assert_no_err(feeds_renew_secret(work));
    assert_no_err(tx_commit(work));
    const char *secret =
        dbtest_sql(w->db, "SELECT secret FROM feed_shop WHERE vendor_id = %lld", (long long)v.n);
    assert_int_equal(strlen(secret), 32);
    return secret;
}

static void
choose(struct web *w, struct vendor_id v, bool open)
{
    const struct feed_choice choice = { .open = open, .mail = true };
    struct work *work = begin(w, v);
    assert_no_err(feeds_choose(work, &choice));
    assert_no_err(tx_commit(work));
}

static void
an_old_private_address_answers_nobody_at_once(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "secret");
    add_chair(w, v, "SECRET-1");
    build(w, v);
    const char *first = renew(w, v);
    assert_int_equal(lines_of(w, path_of(w, "private/secret/%s/en.csv", first)), 1);
    const char *second = renew(w, v);
    assert_false(is_there(path_of(w, "private/secret/%s/en.csv", first)));
    assert_true(is_there(path_of(w, "private/secret/%s/en.csv", second)));

    choose(w, v, false);
    assert_false(is_there(path_of(w, "public/secret/en.csv")));
    build(w, v);
    assert_false(is_there(path_of(w, "public/secret/en.csv")));
    assert_true(is_there(path_of(w, "private/secret/%s/en.csv", second)));

    struct work *work = begin(w, v);
    assert_no_err(feeds_drop_secret(work));
    assert_no_err(tx_commit(work));
    assert_false(is_there(path_of(w, "private/secret/%s/en.csv", second)));
    choose(w, v, true);
    assert_true(is_there(path_of(w, "public/secret/en.csv")));
}

static void
a_suspended_shop_is_not_found(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "suspended");
    add_chair(w, v, "SUSPENDED-1");
    build(w, v);
    assert_true(is_there(path_of(w, "public/suspended/en.csv")));
    dbtest_sql(w->db, "UPDATE vendor SET state = 'suspended' WHERE id = %lld", (long long)v.n);
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM feed_change WHERE vendor_id = %lld",
                                   (long long)v.n),
                     1);
    build(w, v);
    assert_false(is_there(path_of(w, "public/suspended/en.csv")));
}

static void
a_language_that_is_given_up_has_no_feed(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "given-up");
    add_chair(w, v, "UP-1");
    build(w, v);
    dbtest_sql(w->db, "UPDATE vendor SET languages = '{en}' WHERE id = %lld", (long long)v.n);
    build(w, v);
    assert_false(is_there(path_of(w, "public/given-up/fr.csv")));
    assert_false(is_there(path_of(w, "public/given-up/fr.csv.gz")));
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM feed_item_verdict WHERE vendor_id = %lld",
                                   (long long)v.n),
                     0);
}

static void
texts_in_another_language_come_when_the_shop_wants_them(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "other-language");
    add_chair(w, v, "OTHER-1");
    dbtest_sql(w->db, "INSERT INTO feed_shop (vendor_id, fallback) VALUES (%lld, true)",
               (long long)v.n);
    assert_int_equal(build(w, v).rows, 4);
    assert_int_equal(lines_of(w, path_of(w, "public/other-language/fr.csv")), 1);
}

/* Whatever changes what a feed shows says so, and a build takes it as seen. */
static void
each_change_is_noticed(void **state)
{
    static const char *const changes[] = {
        "UPDATE product SET price_minor = 1 WHERE vendor_id = %lld",
        "UPDATE product_text SET title = 'T' WHERE vendor_id = %lld",
        "UPDATE product_variant SET tracked = true WHERE vendor_id = %lld",
        "INSERT INTO warehouse (vendor_id, code, name) VALUES (%lld, 'W', 'W')",
        "INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand) SELECT vendor_id, id, "
        "(SELECT max(id) FROM warehouse), 5 FROM product_variant WHERE vendor_id = %lld",
        "UPDATE stock SET reserved = 1 WHERE vendor_id = %lld",
        "UPDATE warehouse SET active = false WHERE vendor_id = %lld",
        "UPDATE product_image SET position = 2 WHERE vendor_id = %lld",
        "DELETE FROM product_image WHERE vendor_id = %lld",
        "UPDATE vendor SET name = 'Other' WHERE id = %lld",
        "DELETE FROM product_text WHERE vendor_id = %lld",
    };
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "changes");
    add_chair(w, v, "CHANGES-1");
    for (size_t i = 0; i < COUNT(changes); i++) {
        build(w, v);
        assert_int_equal(dbtest_number(w->db,
                                       "SELECT count(*) FROM feed_change WHERE vendor_id = %lld",
                                       (long long)v.n),
                         0);
        char *statement = text_copy(w->work.arena, changes[i]);
        char *at = strstr(statement, "%lld");
        *at = 0;
        dbtest_sql(w->db, "%s%lld%s", statement, (long long)v.n, at + 4);
        bool silent = strstr(changes[i], "INTO warehouse") != NULL;
        assert_int_equal(dbtest_number(w->db,
                                       "SELECT count(*) FROM feed_change WHERE vendor_id = %lld",
                                       (long long)v.n),
                         !silent);
    }
}

static void
stock_and_variants_show_in_the_lines(void **state)
{
    struct web *w = *state;
    struct vendor_id v = shop_of(w, "variants");
    int64_t id = add_chair(w, v, "VARIANTS-1");
    dbtest_sql(w->db,
               "UPDATE product SET option_names = '{Colour,Size}', compare_at_minor = 5995, "
               "category = 'Home > Chairs', tags = '{a,b,c}' WHERE id = %lld",
               (long long)id);
    dbtest_sql(w->db,
               "UPDATE category SET google_id = 443 WHERE vendor_id = %lld AND path = 'Home'",
               (long long)v.n);
    dbtest_sql(w->db,
               "UPDATE product_variant SET option_values = '{Red,L}', tracked = true "
               "WHERE product_id = %lld",
               (long long)id);
    dbtest_sql(
        w->db,
        "INSERT INTO product_variant (vendor_id, product_id, sku, option_values, price_minor)"
        " VALUES (%lld, %lld, 'VARIANTS-1-B', '{Blue,M}', 3000)",
        (long long)v.n, (long long)id);
    build(w, v);
    const char *file = read_path(w, path_of(w, "public/variants/en.csv"));
    char *group = text_printf(w->work.arena, ",p%lld,,Red,L,", (long long)id);
    assert_int_equal(lines_of(w, path_of(w, "public/variants/en.csv")), 2);
    assert_non_null(strstr(file, "out of stock,new,59.95 EUR,"));
    assert_non_null(strstr(file, ",443,,49.95 EUR,"));
    assert_non_null(strstr(file, group));
    assert_non_null(strstr(file, ",443,,30.00 EUR,"));
    assert_non_null(strstr(file, ",Home > Chairs,a,b\n"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_build_leaves_a_file_for_each_language_and_channel),
        WEBTEST(what_did_not_change_is_left_as_it_is),
        WEBTEST(a_feed_that_lost_too_much_is_held_back_until_a_person_says_so),
        WEBTEST(an_old_private_address_answers_nobody_at_once),
        WEBTEST(a_suspended_shop_is_not_found),
        WEBTEST(a_language_that_is_given_up_has_no_feed),
        WEBTEST(texts_in_another_language_come_when_the_shop_wants_them),
        WEBTEST(each_change_is_noticed),
        WEBTEST(stock_and_variants_show_in_the_lines),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
