/* What a person sees first who runs a shop: the steps of a new one while there are some to do, what
 * needs somebody now, how it sells, and where its feeds stand. It reads from what the other rooms
 * keep and changes nothing of it. */
#include "base/text.h"
#include "db/db.h"
#include "home/routes.h"
#include "view/value.h"

/* In the order of home_shop's columns. */
struct shop {
    const char *name, *slug;
    bool dismissed;
    int64_t products, images;
    bool on_sale, has_team, has_terms, has_stock;
    int64_t out;
};

static struct err *
load_shop(struct req *r, struct shop *out)
{
    struct scan s;
    TRY(db_one(r->work, Q_home_shop, NO_ARGS, &s));
    struct shop shop = { .name = scan_text(&s) };
    shop.slug = scan_text(&s);
    shop.dismissed = scan_bool(&s);
    shop.products = scan_i64(&s);
    shop.images = scan_i64(&s);
    shop.on_sale = scan_bool(&s);
    shop.has_team = scan_bool(&s);
    shop.has_terms = scan_bool(&s);
    shop.has_stock = scan_bool(&s);
    shop.out = scan_i64(&s);
    scan_end(&s);
    *out = shop;
    return NULL;
}

/* ---- First steps ---- */

static void
add_steps(struct val *m, const struct shop *s, bool has_feed)
{
    const struct {
        const char *word, *link;
        bool done;
    } steps[] = {
        { "home.first_product", "/vendor/products/new", s->products > 0 },
        { "home.first_image", "/vendor/products", s->images > 0 },
        { "home.first_sale", "/vendor/products?status=draft", s->on_sale },
        { "home.first_stock", "/vendor/inventory", s->has_stock },
        { "home.first_terms", "/vendor/settings/orders", s->has_terms },
        { "home.first_feed", "/vendor/settings/feeds", has_feed },
        { "home.first_member", "/vendor/team", s->has_team },
    };
    struct val *list = val_set_list(m, "steps");
    int64_t done = 0;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct val *one = val_add_map(list);
        val_set_word(one, "word", steps[i].word);
        val_set_text(one, "link", steps[i].link);
        val_set_bool(one, "done", steps[i].done);
        done += steps[i].done;
    }
    val_set_count(m, "steps_done", done);
    val_set_count(m, "steps_of", COUNT(steps));
    val_set_bool(m, "has_todo", !s->dismissed && done < (int64_t)COUNT(steps));
}

/* ---- What needs somebody ---- */

struct notices {
    struct val *list;
    int64_t count;
};

/* `word` has {{count}} and {{name}}. */
static void
add_notice(struct notices *n, const char *tone, const char *word, int64_t count, const char *name,
           const char *link)
{
    struct val *one = val_add_map(n->list);
    n->count++;
    val_set_text(one, "tone", tone);
    val_set_word(one, "word", word);
    val_set_count(one, "count", count);
    val_set_text(one, "name", name);
    val_set_text(one, "link", link);
}

static struct err *
add_waiting(struct req *r, struct val *m, struct notices *notices)
{
    struct scan s;
    TRY(db_one(r->work, Q_home_waiting, NO_ARGS, &s));
    int64_t pending = scan_i64(&s), paid = scan_i64(&s), orders = scan_i64(&s);
    scan_end(&s);
    if (paid)
        add_notice(notices, "info", "home.to_send", paid, "", "/vendor/orders?state=paid");
    if (pending)
        add_notice(notices, "info", "home.to_be_paid", pending, "", "/vendor/orders?state=pending");
    val_set_i64(m, "orders", orders);
    val_set_bool(m, "has_orders", orders > 0);
    return NULL;
}

static struct err *
add_import(struct req *r, struct notices *notices)
{
    struct scan s;
    bool found;
    TRY(db_maybe(r->work, Q_home_import, NO_ARGS, &found, &s));
    if (!found)
        return NULL;
    const char *link =
        text_printf(r->work->arena, "/vendor/products/import/%lld", (long long)scan_i64(&s));
    const char *name = scan_text(&s);
    bool failed = text_is(scan_text(&s), "failed");
    int64_t refused = scan_i64(&s);
    scan_skip(&s); /* when */
    scan_end(&s);
    add_notice(notices, failed ? "critical" : "warning",
               failed ? "home.import_failed" : "home.import_refused", refused, name, link);
    return NULL;
}

/* *has_feed: a channel finds items in one of them. */
static struct err *
add_feeds(struct req *r, struct val *m, struct notices *notices, bool *has_feed)
{
    struct rows rows;
    int64_t held = 0;
    *has_feed = false;
    TRY(db_many(r->work, Q_home_feeds, NO_ARGS, &rows));
    struct val *list = val_set_list(m, "feeds");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *one = val_add_map(list);
        val_set_text(one, "language", scan_text(&s));
        val_set_bool(val_set_map(one, "channel"), scan_text(&s), true);
        int64_t items = scan_i64(&s);
        val_set_i64(one, "items", items);
        val_set_i64(one, "rejected", scan_i64(&s));
        val_set_time(one, "changed", scan_time(&s));
        bool is_held = scan_bool(&s);
        val_set_bool(one, "held", is_held);
        scan_end(&s);
        held += is_held;
        *has_feed = *has_feed || items > 0;
    }
    val_set_bool(m, "has_feeds", rows.count > 0);
    if (held)
        add_notice(notices, "critical", "home.feed_held", held, "", "/vendor/settings/feeds");
    return NULL;
}

/* ---- How it sells ---- */

static struct err *
add_sales(struct req *r, struct val *m)
{
    static const char *const spans[] = { "home.today", "home.this_week", "home.last_week_so_far",
                                         "home.last_week" };
    struct scan s;
    TRY(db_one(r->work, Q_home_sales, NO_ARGS, &s));
    struct val *list = val_set_list(m, "sales");
    for (size_t i = 0; i < COUNT(spans); i++) {
        struct val *one = val_add_map(list);
        val_set_word(one, "span", spans[i]);
        val_set_count(one, "count", scan_i64(&s));
        val_set_money(one, "sum", scan_money(&s));
    }
    scan_end(&s);
    return NULL;
}

struct err *
home_show(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct notices notices = { val_set_list(m, "notices"), 0 };
    struct shop shop;
    bool has_feed;
    TRY(load_shop(r, &shop));
    TRY(add_waiting(r, m, &notices));
    TRY(add_feeds(r, m, &notices, &has_feed));
    TRY(add_import(r, &notices));
    TRY(add_sales(r, m));
    if (shop.out)
        add_notice(&notices, "warning", shop.out < 100 ? "home.out" : "home.out_many", shop.out, "",
                   "/vendor/inventory?level=out");
    val_set_bool(m, "has_notices", notices.count > 0);
    add_steps(m, &shop, has_feed);
    val_set_text(m, "name", shop.name);
    val_set_i64(m, "products", shop.products);
    val_set_i64(m, "images", shop.images);
    val_set_text(m, "shop_path", text_printf(r->work->arena, "/shops/%s", shop.slug));
    return page(r, "vendor/home", m);
}

struct err *
home_post_dismiss(struct req *r)
{
    TRY(db_exec(r->work, Q_home_dismiss, NO_ARGS, NULL));
    return see_other(r, "/vendor/");
}
