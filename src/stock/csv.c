/* The ledger as a file for spreadsheets: the newest movements, of one variant or of all. */
#include "base/csv.h"
#include "base/clock.h"
#include "base/text.h"
#include "stock/movements.h"
#include "stock/routes.h"

#define LINES_MOST 50000

static void
add_line(struct arena *a, struct buf *b, const struct movement *m)
{
    const char *const cells[] = { m->sku, m->warehouse_code, m->bin, m->kind };
    buf_printf(b, "%s,", clock_rfc3339(a, m->at_us));
    for (size_t i = 0; i < COUNT(cells); i++) {
        csv_cell(b, cells[i]);
        buf_char(b, ',');
    }
    buf_printf(b, "%lld,%lld,", (long long)m->on_hand, (long long)m->reserved);
    if (m->order.n)
        buf_i64(b, m->order.n);
    buf_char(b, ',');
    csv_cell(b, m->reason);
    buf_char(b, ',');
    csv_cell(b, m->who);
    buf_char(b, '\n');
}

struct err *
stock_export_movements(struct req *r)
{
    struct movement_page p;
    struct variant_id variant = { 0 };
    const char *of = query_text(r, "variant");
    if (of && !text_to_id(of, &variant.n))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.parameter_value", "variant",
                          "variant is an id.");
    TRY(movements_load(r, variant, (struct order_id){ 0 }, LINES_MOST, LINES_MOST, &p));
    struct buf b = buf_new(r->work->arena, 4096 + p.count * 96);
    buf_text(&b, "at,sku,warehouse,bin,kind,on_hand,reserved,order,reason,who\n");
    for (size_t i = 0; i < p.count; i++)
        add_line(r->work->arena, &b, &p.at[i]);
    resp_header(r, "Content-Disposition", "attachment; filename=\"movements.csv\"");
    return text_answer(r, 200, "text/csv; charset=utf-8", b.at);
}
