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

/* A shop's eight months: how many orders and cancellations (all pieces lost at price 0 are
 * neither), and what they come to in pence, summed in decimals line by line by another program. */
static const struct month {
    const char *name;
    int64_t orders, cancelled, minor, cancelled_minor;
} months[] = {
    { "2010-12", 1955, 326, 74895702, -7478912 }, { "2011-01", 1380, 260, 56000026, -13136430 },
    { "2011-02", 1345, 219, 49806265, -2556924 }, { "2011-03", 1849, 318, 68326708, -3437228 },
    { "2011-04", 1558, 240, 49320712, -4460150 }, { "2011-05", 2045, 314, 72333351, -4720251 },
    { "2011-06", 1905, 329, 69112312, -7061678 }, { "2011-07", 1810, 270, 68130011, -3792108 },
};

static const json_t *
import_orders(struct web *w, const char *name, struct bytes file)
{
    int64_t id = give_file(w, &w->owner, name, file, "check=1");
    do_jobs(w);
    act_on(w, &w->owner, id, "run");
    const json_t *i = look_at(w, &w->owner, id);
    assert_string_equal(state_of(i), "done");
    assert_told(i);
    assert_int_equal(count_of(i, "refused"), 0);
    return i;
}

static void
assert_books(struct web *w, const struct month *m)
{
    const char *books = dbtest_sql(
        w->db,
        "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE state = 'refunded'),"
        " sum(total_minor), sum(total_minor) FILTER (WHERE state = 'refunded')) FROM orders"
        " WHERE vendor_id = %lld AND source = 'import'"
        " AND placed_at >= '%s-01Z' AND placed_at < '%s-01Z'::timestamptz + interval '1 month'",
        (long long)w->mine.n, m->name, m->name);
    assert_string_equal(books, text_printf(w->work.arena, "%lld %lld %lld %lld",
                                           (long long)m->orders, (long long)m->cancelled,
                                           (long long)m->minor, (long long)m->cancelled_minor));
}

static void
months_of_past_orders_agree_with_their_files_to_the_cent(void **state)
{
    struct web *w = *state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(months); i++) {
            struct bytes file;
            const char *name = text_join(w->work.arena, "catalog/orders/online-retail-",
                                         months[i].name, ".csv.gz", NULL);
            if (!read_shared(w, name, &file))
                skip();
            const json_t *one = import_orders(w, name + strlen("catalog/orders/"), file);
            assert_int_equal(count_of(one, "created"), round ? 0 : months[i].orders);
            assert_books(w, &months[i]);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(files_of_other_shops_are_imported_and_the_second_time_nothing_changes),
        WEBTEST(what_we_do_not_know_is_refused_or_told_row_by_row),
        WEBTEST(months_of_past_orders_agree_with_their_files_to_the_cent),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
