/* Files as other shops export them, of the shared test data: each is imported or refused with a
 * reason, whole products or none, and imported again changes nothing. Skipped without the data. */
#include "exchangetest.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "testdata.h"

#define FILE_MOST ((size_t)8 << 20)

static bool
read_shared(struct web *w, const char *path, struct bytes *out)
{
    int fd = testdata_open(path);
    if (fd < 0)
        return false;
    char *bytes = arena_alloc(w->work.arena, FILE_MOST);
    ssize_t n = 0, all = 0;
    while ((n = read(fd, bytes + all, FILE_MOST - (size_t)all)) > 0)
        all += n;
    close(fd);
    *out = BYTES(bytes, (size_t)all);
    return true;
}

/* Every finding has a place and a sentence. */
static void
assert_told(const json_t *import)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(import, "errors"), i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        const char *message = json_string_value(json_object_get(one, "message"));
        assert_string_not_equal(message, code);
        if (json_is_true(json_object_get(one, "refuses")))
            assert_true(json_integer_value(json_object_get(one, "line")) > 0);
    }
}

static void
import_twice(struct web *w, const char *name, struct bytes file, int64_t least)
{
    for (int round = 0; round < 2; round++) {
        int64_t id = give_file(w, &w->owner, name, file, "check=1&lenient=1");
        do_jobs(w);
        const json_t *checked = look_at(w, &w->owner, id);
        assert_string_equal(state_of(checked), "checked");
        int64_t created = count_of(checked, "created"), refused = count_of(checked, "refused");
        act_on(w, &w->owner, id, "run");
        const json_t *i = look_at(w, &w->owner, id);
        assert_string_equal(state_of(i), "done");
        assert_told(i);
        print_message("%s: %lld created, %lld changed, %lld unchanged, %lld refused\n", name,
                      (long long)count_of(i, "created"), (long long)count_of(i, "changed"),
                      (long long)count_of(i, "unchanged"), (long long)count_of(i, "refused"));
        assert_int_equal(count_of(i, "created"), created); /* a check promises what a run keeps */
        assert_int_equal(count_of(i, "refused"), refused);
        if (round == 0)
            assert_true(count_of(i, "created") + count_of(i, "changed") >= least);
        else if (count_of(i, "created") || count_of(i, "changed"))
            fail_msg("%s again: %s", name,
                     dbtest_sql(w->db,
                                "SELECT string_agg(sku || ' ' || differences, E'\\n') FROM "
                                "import_change WHERE import_id = %lld",
                                (long long)id));
    }
}

static void
files_of_other_shops_are_imported_and_the_second_time_nothing_changes(void **state)
{
    struct web *w = *state;
    static const struct {
        const char *name;
        int64_t least;
    } files[] = {
        { "shopify-apparel.csv", 5 },         { "shopify-jewelery.csv", 5 },
        { "shopify-home-and-garden.csv", 5 }, { "woocommerce-products.csv", 10 },
        { "spree-products.csv", 1 },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct bytes file;
        if (!read_shared(w, text_join(w->work.arena, "catalog/formats/", files[i].name, NULL),
                         &file))
            skip();
        import_twice(w, files[i].name, file, files[i].least);
    }
}

static void
what_we_do_not_know_is_refused_or_told_row_by_row(void **state)
{
    struct web *w = *state;
    static const char *const files[] = { "bagisto-products.csv", "medusa-products.csv",
                                         "meta-catalog-template.csv",
                                         "spree-product-translations.csv" };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct bytes file;
        if (!read_shared(w, text_join(w->work.arena, "catalog/formats/", files[i], NULL), &file))
            skip();
        struct reply r =
            send_file(w, &w->owner, "/api/v1/vendor/imports", files[i], file, "check=1");
        do_jobs(w);
        print_message("%s: %d\n", files[i], r.status);
        if (r.status != 201) {
            assert_int_equal(r.status / 100, 4);
            continue;
        }
        int64_t id = dbtest_number(w->db, "SELECT max(id) FROM import");
        const json_t *one = look_at(w, &w->owner, id);
        assert_string_equal(state_of(one), "checked");
        assert_told(one);
    }
}

/* The sum of a month, as the file has it and as the books have it. */
static void
past_orders_agree_with_the_file_to_the_cent(void **state)
{
    struct web *w = *state;
    struct bytes file;
    if (!read_shared(w, "catalog/orders/online-retail-2010-12.csv.gz", &file))
        skip();
    int64_t id = give_file(w, &w->owner, "online-retail-2010-12.csv.gz", file, "check=1");
    do_jobs(w);
    act_on(w, &w->owner, id, "run");
    const json_t *i = look_at(w, &w->owner, id);
    assert_string_equal(state_of(i), "done");
    assert_told(i);
    const char *books = dbtest_sql(
        w->db, "SELECT sum(total_minor) FROM orders WHERE vendor_id = %lld AND source = 'import'",
        (long long)w->mine.n);
    print_message("%lld orders, sum %s, %lld refused\n", (long long)count_of(i, "created"), books,
                  (long long)count_of(i, "refused"));
    assert_int_equal(count_of(i, "refused"), 0);
    assert_string_equal(books, "74895702"); /* and 2,025 numbers, cancellations reducing */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(files_of_other_shops_are_imported_and_the_second_time_nothing_changes),
        WEBTEST(what_we_do_not_know_is_refused_or_told_row_by_row),
        WEBTEST(past_orders_agree_with_the_file_to_the_cent),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
