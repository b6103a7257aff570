/* A shop's file: what it is, its columns, its products or orders. Whatever came in, what is not
 * refused is fit for the catalogue; a plan survives its JSON; and a file of ours that was read is
 * written the same from then on. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "exchange/orders_in.h"
#include "exchange/own.h"
#include "fuzz.h"
#include "view/html.h"

static const struct import_settings settings = { .currency = CUR_EUR,
                                                 .language = "en",
                                                 .spool = "/tmp" };

static bool
is_utf8(const char *text)
{
    return !text || text_is_utf8(BYTES(text, strlen(text)), NULL);
}

static int
file_with(const void *bytes, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    EXPECT(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    return fd;
}

static void
check_findings(const struct findings *fs)
{
    for (size_t i = 0; i < fs->count; i++) {
        EXPECT(fs->at[i].code && fs->at[i].line > 0 && fs->at[i].row > 0);
        EXPECT(is_utf8(fs->at[i].value) && is_utf8(fs->at[i].header) && is_utf8(fs->at[i].other));
    }
}

static void
check_variant(const struct import_product *p, const struct import_variant *v)
{
    EXPECT(*v->sku && text_characters(v->sku) <= 64 && is_utf8(v->sku));
    EXPECT(!v->has_price || (v->price.minor >= 0 && v->price.cur == settings.currency));
    EXPECT(!v->has_compare_at || (v->has_price && v->compare_at.minor > v->price.minor));
    EXPECT(!v->gtin || strspn(v->gtin, "0123456789") == strlen(v->gtin));
    EXPECT(v->image >= 0 && (size_t)v->image <= p->image_count);
    EXPECT(!v->has_weight || v->weight_g >= 0);
    for (size_t i = 0; i < v->stock_count; i++)
        EXPECT(v->stock[i].quantity >= 0 && is_utf8(v->stock[i].warehouse));
    for (size_t i = 0; i < p->option_count; i++)
        EXPECT(p->variant_count == 1 || (*v->values[i] && is_utf8(v->values[i])));
}

static void
check_texts(struct arena *a, const struct import_product *p)
{
    for (size_t i = 0; i < p->text_count; i++) {
        const struct import_text *t = &p->texts[i];
        EXPECT(is_utf8(t->title) && is_utf8(t->description) && is_utf8(t->slug));
        EXPECT(!t->title || text_characters(t->title) <= 200);
        EXPECT(!t->description || text_characters(t->description) <= 9999);
        EXPECT(!t->html || text_is(html_safe(a, t->html), t->html));
    }
}

static void
check_product(struct arena *a, const struct import_product *p)
{
    check_findings(&p->findings);
    if (p->refused)
        return;
    EXPECT(p->sku || (p->texts_only && p->by_slug));
    EXPECT(p->texts_only || (p->variant_count && text_characters(p->sku) <= 64));
    EXPECT(p->option_count <= IMPORT_OPTIONS_MOST && p->tag_count <= IMPORT_TAGS_MOST);
    check_texts(a, p);
    for (size_t i = 0; i < p->variant_count; i++)
        check_variant(p, &p->variants[i]);
}

/* All products; those that are not refused are written in our format. */
static char *
read_products(struct arena *a, int fd, const struct import_plan *plan)
{
    struct import_reader *r;
    struct import_product *p;
    struct own_layout l = own_layout_of(a, &plan->mapping);
    struct buf b = buf_new(a, 1000);
    struct err *e = import_open(a, fd, plan, &settings, &r);
    own_write_header(&b, &l);
    while (!e && !(e = import_next(r, a, &p)) && p) {
        check_product(a, p);
        if (!p->refused && plan->shape.dialect == DIALECT_OWN)
            own_write_product(&b, &l, p);
    }
    EXPECT(!e || e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE);
    return b.at;
}

static void
check_fixed(struct arena *a, const char *ours)
{
    struct import_plan plan;
    int fd SCOPED(close_fd) = file_with(ours, strlen(ours));
    if (!plan_propose(a, fd, &plan) && plan.shape.dialect == DIALECT_OWN &&
        plan.shape.separator == ',')
        EXPECT(text_is(read_products(a, fd, &plan), ours));
}

static void
read_orders(struct arena *a, int fd, const struct import_plan *plan)
{
    struct past_orders *r;
    struct past_order *o;
    struct err *e = past_orders_open(a, fd, plan, &settings, &r);
    while (!e && !(e = past_orders_next(r, a, &o)) && o) {
        int64_t total = 0;
        check_findings(&o->findings);
        for (size_t i = 0; i < o->line_count; i++)
            total += o->lines[i].total.minor;
        EXPECT(o->refused || (total == o->total.minor && *o->name && o->at_us));
    }
    EXPECT(!e || e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)512 << 20);
    struct import_plan plan, again;
    int fd SCOPED(close_fd) = file_with(data, size);
    struct err *e = plan_propose(a, fd, &plan);
    if (e) {
        EXPECT(e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE);
    } else {
        const char *json = plan_to_json(a, &plan);
        EXPECT(!plan_from_json(a, json, &again) && text_is(plan_to_json(a, &again), json));
        if (plan.shape.dialect == DIALECT_ORDERS) {
            read_orders(a, fd, &again);
        } else {
            const char *ours = read_products(a, fd, &again);
            if (plan.shape.dialect == DIALECT_OWN)
                check_fixed(a, ours);
        }
    }
    arena_free(a);
    return 0;
}
