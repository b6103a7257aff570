/* /admin/billing/rates: the table of VAT rates. */
#include "base/text.h"
#include "http/form.h"
#include "http/response.h"
#include "subscriptions/operate.h"
#include "subscriptions/routes.h"
#include "view/value.h"

/* "17.00" of hundredths of a per cent. */
static const char *
percent(struct arena *a, int64_t bp)
{
    return text_printf(a, "%lld.%02lld", (long long)bp / 100, (long long)bp % 100);
}

static struct err *
rates_page(struct req *r, const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "rates");
    struct rate_row *rows;
    size_t n;
    TRY(operate_rates(r->work, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "country", rows[i].country);
        val_set_text(one, "from", rows[i].from);
        val_set_text(one, "percent", percent(a, rows[i].bp));
        val_set_word(one, "state",
                     text_join(a, "billing.rate.", rate_state_names[rows[i].state], NULL));
        val_set_bool(one, "counts", rows[i].state == RATE_IN_FORCE);
        val_set_bool(one, "to_come", rows[i].state == RATE_TO_COME);
    }
    val_set_bool(m, "has_rates", n > 0);
    val_set_bool(val_set_map(m, "tab"), "rates", true);
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "admin/billing/rates", m);
}

struct err *
subscriptions_show_rates(struct req *r)
{
    return rates_page(r, NULL, NULL);
}

/* Hundredths of a per cent are read as an amount of two decimals is. */
static int64_t
read_percent(struct form *f)
{
    struct money m = { 0, CUR_EUR };
    const char *text = form_word(f, "percent", 1, 6);
    if (*text && (!money_read(text, CUR_EUR, &m) || m.minor > RATE_MOST_BP))
        form_fail(f, "percent", "field.percent", "A rate from 0 to 100 per cent, like 17 or 8.5.");
    return m.minor;
}

struct err *
subscriptions_post_rate_page(struct req *r)
{
    struct form f;
    struct rate_row rate = { 0 };
    TRY(form_read(r, &f));
    operate_rate_read(&f, &rate);
    rate.bp = read_percent(&f);
    struct err *e = form_done(&f);
    if (!e)
        e = operate_rate_add(r->work, &rate);
    if (e && e->field)
        return rates_page(r, &f, e);
    TRY(e);
    return see_other(r, "/admin/billing/rates?done=billing.rate_added");
}

struct err *
subscriptions_post_rate_remove(struct req *r)
{
    struct form f;
    struct rate_row rate = { 0 };
    TRY(form_read(r, &f));
    operate_rate_read(&f, &rate);
    TRY(form_done(&f));
    TRY(operate_rate_remove(r->work, rate.country, rate.from));
    return see_other(r, "/admin/billing/rates?done=billing.rate_removed");
}
