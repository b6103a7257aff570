/* Bodies of writes: JSON when it begins like JSON, else a form. What came is read as a product,
 * which uses every getter there is, and shown again as a page shows a form with failures. */
#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "fuzz.h"
#include "http/form.h"
#include "view/value.h"

static const struct route form_route = { .method = POST, .path = "/products", .body = FORM_64K };
static const struct route json_route = { .method = POST, .path = "/api/v1/p", .body = JSON_1M };

static bool
is_utf8(const char *text)
{
    return text_is_utf8(BYTES(text, strlen(text)), NULL);
}

static void
use(struct form *f)
{
    struct arena *a = f->r->work->arena;
    struct product p = product_blank(CUR_EUR);
    for (size_t i = 0; i < f->count; i++) {
        EXPECT(is_utf8(f->at[i].name) && (!f->at[i].value || is_utf8(f->at[i].value)));
        EXPECT(form_has(f, f->at[i].name));
    }
    product_read(f, &p);
    struct err *wrong = product_check(a, &p);
    EXPECT(wrong || (p.variant_count && p.variant_count <= PRODUCT_VARIANTS_MAX));
    form_flag(f, "flag");
    form_i64(f, "number", -5, 5, 0);
    form_word(f, "word", 1, 8);
    EXPECT(text_characters(p.sku) <= 64 && p.price.minor >= 0 && p.compare_at.minor >= 0);
    struct val *model = val_map(a);
    form_prefill(model, "word", "before");
    form_show(f, form_done(f), model);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20); /* as a request has */
    bool json = size && (data[0] == '{' || data[0] == '[' || data[0] == ' ');
    struct work w = fuzz_work(a);
    struct fuzz_request f;
    struct form form;

    fuzz_request_read(a, BYTES("\n", 1), &f);
    f.params.count = 0;
    f.body = BYTES(data, size);
    f.step = size;
    fuzz_param_set(&f, a, "CONTENT_TYPE",
                   json ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded");
    fuzz_param_set(&f, a, "CONTENT_LENGTH", text_printf(a, "%zu", size));
    struct req r = fuzz_req(&w, &f, json ? &json_route : &form_route);
    struct err *e = form_read(&r, &form);
    if (e)
        EXPECT(e->kind == ERR_MALFORMED || e->kind == ERR_TOO_LARGE);
    else
        use(&form);
    arena_free(a);
    return 0;
}
