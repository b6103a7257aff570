/* Images from addresses, as rows; and the JPEG that feeds want of an image. What is fetched over a
 * wire is tests/http/image_addresses.test.mjs's. */
#include "dbtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "base/file.h"
#include "base/text.h"
#include "images/feed.h"
#include "images/fetch.h"
#include "images/images.h"
#include "images/storage.h"

static struct vendor_id shop, other;
static struct product_id lamp, chair, theirs;
static char root[64] = "/tmp/souk-addresses-XXXXXX";

static struct product_id
add_product(struct dbtest *t, struct vendor_id v, const char *sku)
{
    return (struct product_id){ dbtest_number(
        t,
        "INSERT INTO product (vendor_id, sku, price_minor, currency) VALUES (%lld, '%s', 1, 'EUR') "
        "RETURNING id",
        (long long)v.n, sku) };
}

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    dbtest_before(state);
    shop = dbtest_vendor(t, "tea");
    other = dbtest_vendor(t, "tins");
    lamp = add_product(t, shop, "LAMP");
    chair = add_product(t, shop, "CHAIR");
    theirs = add_product(t, other, "TIN");
    assert_non_null(mkdtemp(root));
    t->settings.uploads = root;
    return 0;
}

static int
begin(void **state)
{
    struct dbtest *t = *state;
    dbtest_before(state);
    dbtest_sql(t, "DELETE FROM image_address; DELETE FROM job");
    t->w.vendor = shop;
    t->w.media = storage_disk(t->process, text_printf(t->process, "%s/media", root));
    return 0;
}

#define ADDRESSTEST(fn) cmocka_unit_test_setup_teardown(fn, begin, dbtest_after)

static void
want(struct dbtest *t, const struct image_want *wants, size_t n)
{
    tx_open(&t->w, TX_WRITE);
    assert_no_err(images_want(&t->w, wants, n));
    assert_no_err(tx_commit(&t->w));
}

static int64_t
count(struct dbtest *t, const char *where)
{
    return dbtest_number(t, "SELECT count(*) FROM image_address WHERE %s", where);
}

static void
what_is_wanted_is_written_once_however_often_it_is_said(void **state)
{
    struct dbtest *t = *state;
    struct image_want *wants = NEW_ARRAY(t->w.arena, struct image_want, 2500);
    for (size_t i = 0; i < 2500; i++)
        wants[i] =
            (struct image_want){ .product = i % 2 ? lamp : chair,
                                 .url = text_printf(t->w.arena, "https://example.org/%zu.jpg", i),
                                 .position = (int64_t)i / 2 + 1 };
    want(t, wants, 2500);
    assert_int_equal(count(t, "state = 'waiting' AND host = 'example.org'"), 2500);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job WHERE kind = 'images_fetch'"), 1);
    dbtest_sql(t, "DELETE FROM job; UPDATE image_address SET state = 'done'");
    want(t, wants, 2500);
    assert_int_equal(count(t, "state = 'done'"), 2500);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job"), 0);
}

static void
what_failed_is_wanted_anew_and_what_is_no_address_says_why(void **state)
{
    struct dbtest *t = *state;
    const struct image_want wants[] = {
        { lamp, "https://example.org/a b.jpg", "A lamp", 1 },
        { lamp, "https://example.org/a%20b.jpg", NULL, 2 }, /* the same */
        { lamp, "http://10.0.0.1/x.jpg", NULL, 3 },
        { lamp, "not an address", NULL, 4 },
        { theirs, "https://example.org/theirs.jpg", NULL, 1 },
        { lamp, "", NULL, 5 },
    };
    struct image_want_counts counts;
    struct image_wanted *all;
    size_t n;
    int64_t again;
    bool is_new[COUNT(wants)];
    tx_open(&t->w, TX_READ);
    assert_no_err(images_want_new(&t->w, wants, COUNT(wants), is_new));
    assert_true(is_new[0] && is_new[1] && is_new[2] && is_new[4]);
    tx_rollback(&t->w);
    want(t, wants, COUNT(wants));
    tx_open(&t->w, TX_READ);
    assert_no_err(images_want_new(&t->w, wants, COUNT(wants), is_new));
    assert_true(!is_new[0] && !is_new[1] && !is_new[2] && is_new[4]);
    assert_no_err(images_wanted_count(&t->w, lamp, &counts));
    assert_int_equal(counts.waiting, 1);
    assert_int_equal(counts.failed, 2);
    assert_no_err(images_wanted_of(&t->w, lamp, 10, &all, &n));
    assert_int_equal(n, 3);
    assert_string_equal(all[0].reason, "fetch.private");
    assert_string_equal(all[2].alt, "A lamp");
    tx_rollback(&t->w);
    dbtest_sql(t, "UPDATE image_address SET state = 'failed', reason = 'fetch.timeout', tries = 6 "
                  "WHERE host <> ''");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(images_want_again(&t->w, (struct product_id){ 0 }, &again));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(again, 1);
    assert_int_equal(count(t, "state = 'waiting' AND tries = 0"), 1);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM image_address WHERE vendor_id = %lld",
                                   (long long)other.n),
                     0);
}

/* ---- For feeds ---- */

static struct sha256
add_image(struct dbtest *t, struct product_id product, int width, int height)
{
    struct image image;
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    size_t length = (size_t)width * (size_t)height * 3;
    uint8_t *rgb = arena_alloc(t->w.arena, length);
    char *path = text_printf(t->w.arena, "%s/upload", root);
    for (size_t i = 0; i < length; i++)
        rgb[i] = (uint8_t)(i / 7 + (size_t)width);
    tjhandle tj = tjInitCompress();
    assert_int_equal(
        tjCompress2(tj, rgb, width, 0, height, TJPF_RGB, &jpeg, &size, TJSAMP_420, 85, 0), 0);
    struct sha256 hash = sha256_of(BYTES(jpeg, size));
    assert_no_err(file_write_durably(t->w.arena, path, BYTES(jpeg, size)));
    assert_no_err(image_accept(&t->w, product, path, size, &hash, &image));
    tjFree(jpeg);
    tjDestroy(tj);
    return hash;
}

static void
a_feed_gets_a_jpeg_of_what_is_large_enough(void **state)
{
    struct dbtest *t = *state;
    struct image_hashes missing;
    size_t looked;
    uint64_t bytes;
    bool there;
    struct sha256 large = add_image(t, lamp, 1600, 1200);
    add_image(t, lamp, 1600, 600);
    add_image(t, chair, 499, 900);
    tx_open(&t->w, TX_READ);
    assert_no_err(images_feed_missing(&t->w, true, 10, &missing));
    assert_int_equal(missing.count, 0); /* nothing is active */
    assert_no_err(images_feed_missing(&t->w, false, 10, &missing));
    assert_int_equal(missing.count, 3);
    tx_rollback(&t->w);
    assert_no_err(images_feed_make(&t->w, &missing, 60000, &looked));
    assert_int_equal(looked, 3);
    assert_string_equal(dbtest_sql(t,
                                   "SELECT string_agg(coalesce(feed_refused, feed_width || 'x' "
                                   "|| feed_height), ' ' ORDER BY width, height) FROM image_file"),
                        "small 1334x500 1080x810");
    assert_no_err(storage_size(t->w.media, t->w.arena, image_name(t->w.arena, &large, "feed.jpg"),
                               &there, &bytes));
    assert_true(there && bytes > 1000);
    assert_string_equal(
        dbtest_sql(t, "SELECT image_url(hash, 'feed.jpg') FROM image_file WHERE "
                      "height = 1200"),
        text_printf(t->w.arena, "/media/%s", image_name(t->w.arena, &large, "feed.jpg")));
    tx_open(&t->w, TX_READ);
    assert_no_err(images_feed_missing(&t->w, false, 10, &missing));
    assert_int_equal(missing.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ADDRESSTEST(what_is_wanted_is_written_once_however_often_it_is_said),
        ADDRESSTEST(what_failed_is_wanted_anew_and_what_is_no_address_says_why),
        ADDRESSTEST(a_feed_gets_a_jpeg_of_what_is_large_enough),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
