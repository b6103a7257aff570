/* Imports from the file to the product: what is checked, written, refused and told. */
#include "exchangetest.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "exchange/pass.h"

static const char lamps[] = "sku,title,description,price,gtin,brand,status\n"
                            "LAMP-S,Small lamp,It shines,12.50,,Lumo,active\n"
                            "LAMP-L,Large lamp,It shines more,49.95,4006381333931,Lumo,draft\n";

static int64_t
products(struct web *w, struct vendor_id shop)
{
    return dbtest_number(w->db, "SELECT count(*) FROM product WHERE vendor_id = %lld",
                         (long long)shop.n);
}

static const char *
fact(struct web *w, const char *sku, const char *column)
{
    return dbtest_sql(w->db,
                      "SELECT (%s)::text FROM product p WHERE p.vendor_id = %lld AND p.sku = '%s'",
                      column, (long long)w->mine.n, sku);
}

static void
a_check_tells_all_and_writes_nothing(void **state)
{
    struct web *w = *state;
    int64_t before = products(w, w->mine);
    int64_t id = give_text(w, &w->owner, "lamps.csv", lamps, "check=1");
    assert_string_equal(state_of(look_at(w, &w->owner, id)), "checking");
    do_jobs(w);
    const json_t *i = look_at(w, &w->owner, id);
    assert_string_equal(state_of(i), "checked");
    assert_counts(i, 2, 0, 0, 0);
    assert_int_equal(products(w, w->mine), before);
}

static void
what_was_checked_is_imported_and_twice_is_once(void **state)
{
    struct web *w = *state;
    int64_t id = import_text(w, &w->owner, "lamps.csv", lamps);
    const json_t *i = look_at(w, &w->owner, id);
    assert_string_equal(state_of(i), "done");
    assert_counts(i, 2, 0, 0, 0);
    assert_string_equal(fact(w, "LAMP-S", "price_minor"), "1250");
    assert_string_equal(fact(w, "LAMP-S", "status"), "active");
    assert_string_equal(fact(w, "LAMP-L", "gtin"), "4006381333931");
    assert_string_equal(fact(w, "LAMP-L", "status"), "draft");

    const char *stamp = fact(w, "LAMP-L", "updated_at");
    id = import_text(w, &w->owner, "lamps.csv", lamps);
    assert_counts(look_at(w, &w->owner, id), 0, 0, 2, 0);
    assert_string_equal(fact(w, "LAMP-L", "updated_at"), stamp);
}

static void
a_change_is_shown_old_and_new_before_it_is_made(void **state)
{
    struct web *w = *state;
    import_text(w, &w->owner, "lamps.csv", lamps);
    int64_t id = give_text(w, &w->owner, "dearer.csv", "sku,price\nLAMP-S,13.00\n", "check=1");
    do_jobs(w);
    assert_counts(look_at(w, &w->owner, id), 0, 1, 0, 0);
    struct reply page =
        web_get(w, as(&w->owner),
                text_printf(w->work.arena, "/vendor/products/import/%lld", (long long)id));
    assert_status(page, 200);
    assert_body_has(page, "12.50");
    assert_body_has(page, "13.00");
    act_on(w, &w->owner, id, "run");
    assert_string_equal(fact(w, "LAMP-S", "price_minor"), "1300");
    assert_string_equal(fact(w, "LAMP-S", "brand"), "Lumo"); /* what is not said stays */
}

static const char faulty[] = "sku,title,price,gtin\n"
                             "GOOD-1,Good,1.00,\n"
                             "BAD-1,Bad price,cheap,\n"
                             "BAD-2,\"Bad, too\",2.00,4006381333932\n"
                             "GOOD-2,Good too,2.00,\n";

static void
rows_that_will_not_do_are_told_by_line_and_column_and_kept_apart(void **state)
{
    struct web *w = *state;
    int64_t id = import_text(w, &w->owner, "faulty.csv", faulty);
    const json_t *i = look_at(w, &w->owner, id), *errors = json_object_get(i, "errors");
    assert_string_equal(state_of(i), "done");
    assert_counts(i, 2, 0, 0, 2);
    const json_t *first = json_array_get(errors, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 3);
    assert_int_equal(json_integer_value(json_object_get(first, "column")), 3);
    assert_string_equal(json_string_value(json_object_get(first, "value")), "cheap");
    assert_string_equal(json_string_value(json_object_get(first, "header")), "price");

    struct bytes file =
        file_of(w, web_get(w, as(&w->owner),
                           text_printf(w->work.arena, "/api/v1/vendor/imports/%lld/errors.csv",
                                       (long long)id)));
    const char *text = text_copy_n(w->work.arena, file.at, file.length);
    assert_true(
        text_starts(text, "sku,title,price,gtin,\"souk: error\"\nBAD-1,Bad price,cheap,,") ||
        text_starts(text, "sku,title,price,gtin,souk: error\nBAD-1,Bad price,cheap,,"));
    assert_non_null(strstr(text, "\nBAD-2,\"Bad, too\",2.00,4006381333932,"));
    assert_null(strstr(text, "GOOD"));
}

static void
the_mended_file_of_errors_imports_and_only_its_rows_are_tried_again(void **state)
{
    struct web *w = *state;
    int64_t id = import_text(w, &w->owner, "faulty.csv", faulty);
    act_on(w, &w->owner, id, "retry");
    int64_t again =
        dbtest_number(w->db, "SELECT max(id) FROM import WHERE retry_of = %lld", (long long)id);
    const json_t *i = look_at(w, &w->owner, again);
    assert_string_equal(state_of(i), "checked");
    assert_counts(i, 0, 0, 0, 2);

    import_text(w, &w->owner, "mended.csv",
                "sku,title,price,gtin,souk: error\nBAD-1,Bad price,3.00,,price: no\n"
                "BAD-2,\"Bad, too\",2.00,4006381333931,gtin: no\n");
    assert_string_equal(fact(w, "BAD-1", "price_minor"), "300");
    assert_string_equal(fact(w, "BAD-2", "gtin"), "4006381333931");
}

static void
refused_past_orders_are_kept_apart_with_all_their_lines_and_tried_again(void **state)
{
    struct web *w = *state;
    const char *header = "Order number,SKU,Quantity,Unit price,Order date,Email";
    int64_t id = import_text(w, &w->owner, "past.csv",
                             text_join(w->work.arena, header,
                                       "\nP-1,A,1,2.00,2024-03-01,a@x.example"
                                       "\nP-2,A,2,2.00,2024-03-02,b@x.example"
                                       "\nP-1,B,some,1.00,2024-03-01,a@x.example\n",
                                       NULL));
    const json_t *i = look_at(w, &w->owner, id);
    assert_counts(i, 1, 0, 0, 1);
    struct bytes file =
        file_of(w, web_get(w, as(&w->owner),
                           text_printf(w->work.arena, "/api/v1/vendor/imports/%lld/errors.csv",
                                       (long long)id)));
    const char *text = text_copy_n(w->work.arena, file.at, file.length);
    assert_non_null(strstr(text, "\nP-1,A,1,2.00,2024-03-01,a@x.example,"));
    assert_non_null(strstr(text, "\nP-1,B,some,1.00,2024-03-01,a@x.example,Quantity: "));
    assert_null(strstr(text, "P-2"));

    act_on(w, &w->owner, id, "retry");
    i = look_at(w, &w->owner, dbtest_number(w->db, "SELECT max(id) FROM import"));
    assert_counts(i, 0, 0, 0, 1);

    char *mended = text_copy(w->work.arena, text);
    memcpy(strstr(mended, "some"), "   4", 4);
    id = import_text(w, &w->owner, "mended.csv", mended);
    assert_counts(look_at(w, &w->owner, id), 1, 0, 0, 0);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT total_minor FROM orders WHERE vendor_id = %lld AND "
                                   "external = 'P-1'",
                                   (long long)w->mine.n),
                     600);
}

/* Products, prices and stock of one shop system come in a file each, and name things their way. */
static void
files_that_name_products_and_variants_apart_come_together(void **state)
{
    struct web *w = *state;
    dbtest_sql(w->db, "UPDATE vendor SET languages = '{en,de}' WHERE id = %lld",
               (long long)w->mine.n);
    import_text(w, &w->owner, "concrete.csv",
                "abstract_sku,concrete_sku,name.en_US,name.de_DE,attribute_key_1,value_1\n"
                "AB1,AB1_7,Kettle,Kessel,upcs,4006381333931\n"
                "AB2,AB2_S,Cup,Tasse,size,S\nAB2,AB2_L,Cup,Tasse,size,L\n");
    assert_string_equal(fact(w, "AB1_7", "status"), "draft");
    assert_string_equal(fact(w, "AB1_7", "gtin"), "4006381333931");
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM product_text WHERE vendor_id = %lld AND "
                                   "language = 'de' AND title IN ('Kessel', 'Tasse')",
                                   (long long)w->mine.n),
                     2);
    int64_t id = import_text(w, &w->owner, "prices.csv",
                             "abstract_sku,concrete_sku,price_type,currency,value_gross\n"
                             "AB1,,DEFAULT,CHF,3000\nAB1,,ORIGINAL,EUR,2900\n"
                             "AB1,,DEFAULT,EUR,2500\nAB2,,DEFAULT,EUR,900\n"
                             ",AB2_L,DEFAULT,EUR,1100\n,AB2_L,SPECIAL,EUR,1000\n");
    assert_counts(look_at(w, &w->owner, id), 0, 3, 0, 0);
    assert_string_equal(fact(w, "AB1_7", "price_minor"), "2500");
    assert_string_equal(fact(w, "AB1_7", "compare_at_minor"), "2900");
    assert_string_equal(fact(w, "AB2", "price_minor"), "900");
    assert_int_equal(dbtest_number(w->db, "SELECT price_minor FROM product_variant WHERE sku = "
                                          "'AB2_L'"),
                     1100);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM import_finding WHERE import_id = %lld AND "
                                   "code = 'import.price_type_unknown'",
                                   (long long)id),
                     1);
    id = import_text(w, &w->owner, "stock.csv",
                     "concrete_sku,name,quantity\nAB1_7,Lager Nord,4\nAB2_L,Lager Nord,2\n"
                     "AB2_L,Lager Süd,3\n");
    assert_counts(look_at(w, &w->owner, id), 0, 2, 0, 0);
    assert_string_equal(dbtest_sql(w->db,
                                   "SELECT string_agg(v.sku || ' ' || h.name || ' ' || s.on_hand, "
                                   "', ' ORDER BY v.sku, h.name) FROM stock s JOIN warehouse h ON "
                                   "h.id = s.warehouse_id JOIN product_variant v ON v.id = "
                                   "s.variant_id WHERE v.sku LIKE 'AB%%'"),
                        "AB1_7 Lager Nord 4, AB2_L Lager Nord 2, AB2_L Lager Süd 3");
}

static void
with_stop_on_errors_nothing_is_written(void **state)
{
    struct web *w = *state;
    int64_t id =
        give_text(w, &w->owner, "faulty.csv", "sku,title,price\nSTOP-1,One,1.00\nSTOP-2,Two,dear\n",
                  "check=1&stop_on_errors=1");
    do_jobs(w);
    struct reply r = web_json(
        w, as(&w->owner), "POST",
        text_printf(w->work.arena, "/api/v1/vendor/imports/%lld/run", (long long)id), "{}");
    assert_problem(r, 409, "import.has_errors");
    assert_null(fact(w, "STOP-1", "id"));
}

static void
beyond_the_tiers_limit_products_are_refused_by_check_and_run_alike(void **state)
{
    struct web *w = *state;
    int64_t have = products(w, w->mine);
    dbtest_sql(w->db,
               "INSERT INTO vendor_limit (vendor_id, products) VALUES (%lld, %lld) "
               "ON CONFLICT (vendor_id) DO UPDATE SET products = EXCLUDED.products",
               (long long)w->mine.n, (long long)have + 1);
    int64_t id = give_text(w, &w->owner, "many.csv",
                           "sku,title,price\nOVER-1,One,1.00\nOVER-2,Two,2.00\nOVER-3,Three,3.00\n",
                           "check=1");
    do_jobs(w);
    assert_counts(look_at(w, &w->owner, id), 1, 0, 0, 2);
    act_on(w, &w->owner, id, "run");
    assert_counts(look_at(w, &w->owner, id), 1, 0, 0, 2);
    assert_int_equal(products(w, w->mine), have + 1);
    dbtest_sql(w->db, "UPDATE vendor_limit SET products = NULL WHERE vendor_id = %lld",
               (long long)w->mine.n);
}

/* ---- Many ---- */

#define MANY 1700

static const char *
many(struct web *w, const char *prefix)
{
    struct buf b = buf_new(w->work.arena, MANY * 40);
    buf_text(&b, "sku,title,price\n");
    for (int i = 0; i < MANY; i++)
        buf_printf(&b, "%s-%d,Thing %d,%d.00\n", prefix, i, i, i % 90 + 1);
    return b.at;
}

struct dying {
    int chunks, after;
};

static void
die(void *arg, const struct import *i)
{
    struct dying *d = arg;
    (void)i;
    if (++d->chunks == d->after)
        raise(SIGKILL);
}

static void
killed_in_the_middle_it_goes_on_and_nothing_is_done_twice(void **state)
{
    struct web *w = *state;
    int64_t before = products(w, w->mine);
    int64_t id = give_text(w, &w->owner, "many.csv", many(w, "KILLED"), "check=1");
    do_jobs(w);
    dbtest_sql(w->db, "UPDATE import SET state = 'running' WHERE id = %lld", (long long)id);
    dbtest_sql(w->db, "UPDATE import SET through = 0, created = 0, done_bytes = 0 WHERE id = %lld",
               (long long)id);

    pid_t child = fork();
    if (!child) {
        struct work own = w->work;
        struct dying d = { .after = 2 };
        own.db = new_db_of_jobs(w);
        own.vendor = w->mine;
        struct err *e = pass(&own, (struct import_id){ id },
                             &(struct pass_how){ .kind = PASS_RUN, .tell = die, .arg = &d });
        _exit(e ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(products(w, w->mine), before + 1000);
    const json_t *half = look_at(w, &w->owner, id);
    assert_string_equal(state_of(half), "running");
    assert_counts(half, 1000, 0, 0, 0);

    struct work own = w->work;
    own.db = db_of_jobs(w);
    own.vendor = w->mine;
    assert_no_err(pass(&own, (struct import_id){ id }, &(struct pass_how){ .kind = PASS_RUN }));
    assert_counts(look_at(w, &w->owner, id), MANY, 0, 0, 0);
    assert_int_equal(products(w, w->mine), before + MANY);
}

static void
cancel_after(void *arg, const struct import *i)
{
    struct web *w = arg;
    if (i->state == IMPORT_RUNNING && i->counts.through == 500)
        dbtest_sql(w->db, "UPDATE import SET state = 'cancelling' WHERE id = %lld",
                   (long long)i->id.n);
}

static void
cancelled_it_keeps_what_is_done(void **state)
{
    struct web *w = *state;
    int64_t id = give_text(w, &w->owner, "many.csv", many(w, "CANCEL"), "check=1");
    do_jobs(w);
    dbtest_sql(w->db,
               "UPDATE import SET state = 'running', through = 0, created = 0 WHERE id = %lld",
               (long long)id);
    struct work own = w->work;
    own.db = db_of_jobs(w);
    own.vendor = w->mine;
    assert_no_err(pass(&own, (struct import_id){ id },
                       &(struct pass_how){ .kind = PASS_RUN, .tell = cancel_after, .arg = w }));
    const json_t *i = look_at(w, &w->owner, id);
    assert_string_equal(state_of(i), "cancelled");
    assert_counts(i, 500, 0, 0, 0);
    act_on(w, &w->owner, id, "run");
    assert_counts(look_at(w, &w->owner, id), MANY - 500, 0, 500, 0);
}

/* ---- Pages ---- */

static void
the_steps_lead_from_a_file_to_products(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    struct reply r = send_file(w, &w->owner, "/vendor/products/import", "strange.csv",
                               BYTES("number;name;costs\nSTEP-1;Stepped;1,50\n", 37), NULL);
    assert_status(r, 303);
    const char *path = reply_header(&r, "Location");
    assert_body_has(web_get(w, as(&w->owner), path), "Another table");
    assert_status(web_get(w, as(&w->owner), text_join(a, path, "?step=columns", NULL)), 200);
    r = web_post(w, as(&w->owner), text_join(a, path, "/columns", NULL),
                 "column.0.field=sku&column.1.field=title&column.2.field=price");
    assert_status(r, 303);
    do_jobs(w);
    assert_body_has(web_get(w, as(&w->owner), path), "1 to create");
    assert_status(web_post(w, as(&w->owner), text_join(a, path, "/run", NULL), ""), 303);
    do_jobs(w);
    assert_body_has(web_get(w, as(&w->owner), path), "Everything that was right is in your shop.");
    assert_string_equal(fact(w, "STEP-1", "price_minor"), "150");
}

static void
what_is_no_table_is_refused_on_the_page_that_took_it(void **state)
{
    struct web *w = *state;
    struct reply r =
        send_file(w, &w->owner, "/vendor/products/import", "a.png", web_picture(w), NULL);
    assert_status(r, 422);
    r = send_file(w, &w->owner, "/vendor/products/import", "", BYTES("", 0), NULL);
    assert_status(r, 422);
    r = send_file(w, &w->owner, "/api/v1/vendor/imports", "empty.csv", BYTES("", 0), NULL);
    assert_int_equal(r.status / 100, 4);
}

static void
one_value_may_hold_for_all_products(void **state)
{
    struct web *w = *state;
    int64_t id = give_text(w, &w->owner, "unpriced.csv", "sku,title\nFIX-1,Fixed\n",
                           "check=1&fixed={\"price\": \"7.00\", \"status\": \"active\"}");
    do_jobs(w);
    act_on(w, &w->owner, id, "run");
    assert_string_equal(fact(w, "FIX-1", "price_minor"), "700");
    assert_string_equal(fact(w, "FIX-1", "status"), "active");
}

static void
pictures_are_asked_for_once_and_no_more_than_a_product_may_have(void **state)
{
    struct web *w = *state;
    static const char file[] = "sku,title,price,image\n"
                               "PIC-1,Pictured,1.00,https://pictures.example/1.jpg\n";
    dbtest_sql(w->db, "UPDATE vendor SET images_per_product = 1 WHERE id = %lld",
               (long long)w->mine.n);
    int64_t id = import_text(w, &w->owner, "pictures.csv", file);
    assert_int_equal(count_of(look_at(w, &w->owner, id), "images"), 1);
    const char *urls = dbtest_sql(w->db, "SELECT string_agg(url, ' ') FROM image_address");
    assert_string_equal(urls, "https://pictures.example/1.jpg");
    id = import_text(w, &w->owner, "pictures.csv", file);
    assert_int_equal(count_of(look_at(w, &w->owner, id), "images"), 0);
    assert_counts(look_at(w, &w->owner, id), 0, 0, 1, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_check_tells_all_and_writes_nothing),
        WEBTEST(what_was_checked_is_imported_and_twice_is_once),
        WEBTEST(a_change_is_shown_old_and_new_before_it_is_made),
        WEBTEST(rows_that_will_not_do_are_told_by_line_and_column_and_kept_apart),
        WEBTEST(the_mended_file_of_errors_imports_and_only_its_rows_are_tried_again),
        WEBTEST(refused_past_orders_are_kept_apart_with_all_their_lines_and_tried_again),
        WEBTEST(files_that_name_products_and_variants_apart_come_together),
        WEBTEST(with_stop_on_errors_nothing_is_written),
        WEBTEST(beyond_the_tiers_limit_products_are_refused_by_check_and_run_alike),
        WEBTEST(killed_in_the_middle_it_goes_on_and_nothing_is_done_twice),
        WEBTEST(cancelled_it_keeps_what_is_done),
        WEBTEST(the_steps_lead_from_a_file_to_products),
        WEBTEST(what_is_no_table_is_refused_on_the_page_that_took_it),
        WEBTEST(one_value_may_hold_for_all_products),
        WEBTEST(pictures_are_asked_for_once_and_no_more_than_a_product_may_have),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
