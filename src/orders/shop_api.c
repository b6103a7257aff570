/* The public's orders, for programs: a shop's own site, an app. The key makes it safe to ask again:
 * whoever got no answer sends the same once more. */
#include "accounts/accounts.h"
#include "base/settings.h"
#include "base/text.h"
#include "orders/buy.h"
#include "orders/routes.h"
#include "orders/shape.h"

const char *
bought_path(struct req *r, const char *token)
{
    struct arena *a = r->work->arena;
    return text_printf(a, "/shops/%s/orders/%s", url_part(a, r->params[0]), token);
}

struct err *
buy(struct req *r, struct order_draft *d, struct order_placed *out, struct order_quote *quote)
{
    struct err *e = accounts_limit(r->work, "order-mail", d->email);
    if (e && e->kind != ERR_LIMIT)
        return e;
    d->quiet = e != NULL;
    d->for_sale_only = true;
    return order_place(r->work, d, out, quote);
}

static struct err *
answer_bought(struct req *r, int status, const struct order *o, const char *token)
{
    struct json j = json_begin(r->work->arena);
    const char *url =
        text_printf(r->work->arena, "%s%s", r->work->settings->public_url, bought_path(r, token));
    resp_header(r, "Referrer-Policy", "no-referrer");
    TRY(shape_bought(r->work, &j, o, url, token));
    return json_answer(r, status, &j.out);
}

struct err *
orders_post_shop(struct req *r)
{
    struct order_placed placed;
    struct order_quote quote;
    struct order_draft d;
    struct terms terms;
    struct order o;
    struct form f;
    if (!header_text(r, "HTTP_IDEMPOTENCY_KEY"))
        return FAIL(r->work->arena, ERR_MALFORMED, "idempotency.needed",
                    "Send an Idempotency-Key: a new one for each order, the same when you ask "
                    "again.");
    TRY(form_read(r, &f));
    TRY(terms_load(r->work, &terms));
    order_read(&f, &terms, false, &d);
    TRY(form_done(&f));
    d.source = "api";
    TRY(buy(r, &d, &placed, &quote));
    TRY(order_load(r->work, placed.id, &o));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1%s", bought_path(r, placed.token)));
    return answer_bought(r, 201, &o, placed.token);
}

struct err *
orders_get_shop(struct req *r)
{
    struct order o;
    TRY(order_by_token(r->work, r->params[1], &o));
    return answer_bought(r, 200, &o, r->params[1]);
}
