/* What the program's main calls, and what the room knows of the shop. */
#include "exchange/exchange.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/outfile.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/errors_file.h"
#include "exchange/pass.h"
#include "view/views.h"

#define FINDINGS_SHOWN 1000

static const struct views *words; /* process-long */

void
exchange_use(const struct views *views)
{
    words = views;
}

const struct language *
exchange_language(const char *code)
{
    return words ? views_language(words, code) : NULL;
}

struct err *
exchange_shop(struct work *w, enum currency *currency, const char **language,
              int64_t *images_per_product)
{
    struct scan s;
    TRY(db_one(w, Q_exchange_shop, NO_ARGS, &s));
    if (!currency_read(scan_text(&s), currency))
        return BROKEN(w->arena, "exchange.currency", "a shop's currency is unknown");
    *language = scan_text(&s);
    *images_per_product = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

/* ---- `souk import` ---- */

struct err *
exchange_vendor_named(struct work *w, const char *slug, struct vendor_id *out)
{
    struct scan s;
    bool found;
    tx_open(w, TX_OPERATOR_READ);
    TRY(db_maybe(w, Q_exchange_vendor_named, ARGS(arg_text(slug)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "vendor.unknown", "There is no shop of that name.");
    out->n = scan_i64(&s);
    scan_end(&s);
    tx_rollback(w);
    return NULL;
}

/* "gtin=sku,name=title:de": the column of that name is that field, in that language. */
static struct err *
map_columns(struct arena *a, const char *map, struct import_plan *plan)
{
    char *rest = text_copy(a, map);
    for (char *one; (one = strsep(&rest, ","));) {
        char *field = strchr(one, '='), *of;
        size_t at = 0;
        if (!field)
            return FAIL(a, ERR_INVALID, "import.map", "--map takes column=field,…");
        *field++ = 0;
        if ((of = strchr(field, ':')))
            *of++ = 0;
        while (at < plan->mapping.count && !text_is_any_case(plan->mapping.columns[at].header, one))
            at++;
        if (at == plan->mapping.count || !field_read(field, &plan->mapping.columns[at].field))
            return FAIL(a, ERR_INVALID, "import.map",
                        text_printf(a, "There is no column %s, or no field %s.", one, field));
        plan->mapping.columns[at].of = of;
    }
    return NULL;
}

static struct err *
choose(struct work *w, struct import_id id, const struct import_order *order)
{
    struct import i;
    struct import_plan plan;
    struct import_choice choice = { .fixed = order->fixed,
                                    .stop_on_errors = &order->stop_on_errors };
    tx_open(w, TX_WRITE);
    TRY(import_load(w, id, &i));
    if (order->map) {
        TRY(plan_from_json(w->arena, i.plan, &plan));
        TRY(map_columns(w->arena, order->map, &plan));
        choice.plan = plan_to_json(w->arena, &plan);
    }
    TRY(import_choose(w, &i, &choice));
    return tx_commit(w);
}

static void
show_progress(void *arg, const struct import *i)
{
    const int64_t *began_us = arg;
    double s = (double)(clock_mono_us() - *began_us) / 1e6;
    printf("\r%s: %lld products, %lld to create, %lld to change, %lld unchanged, %lld refused, "
           "%.1f s ",
           import_state_names[i->state], (long long)i->counts.through, (long long)i->counts.created,
           (long long)i->counts.changed, (long long)i->counts.unchanged,
           (long long)i->counts.refused, s);
    fflush(stdout);
}

static struct err *
show_findings(struct work *w, struct import_id id)
{
    struct import_findings all;
    tx_open(w, TX_READ);
    TRY(import_list_findings(w, id, NULL, 0, FINDINGS_SHOWN, &all));
    tx_rollback(w);
    for (size_t i = 0; i < all.count; i++) {
        const struct finding *f = &all.at[i].finding;
        printf("line %lld%s%s: %s%s%s%s\n", (long long)f->line, *f->header ? ", column " : "",
               f->header, f->refuses ? "" : "(note) ",
               finding_say(w->arena, exchange_language("en"), f), *f->value ? ": " : "", f->value);
    }
    if (all.more)
        puts("…");
    return NULL;
}

/* The job stays for nobody: this process does its work. */
static struct err *
one_pass(struct work *w, struct import_id id, enum pass_kind kind, struct import *out)
{
    int64_t began_us = clock_mono_us();
    const struct pass_how how = {
        .kind = kind, .last_try = true, .tell = show_progress, .arg = &began_us
    };
    tx_open(w, TX_WRITE);
    TRY(import_load(w, id, out));
    TRY(import_begin(w, out, kind == PASS_CHECK ? IMPORT_CHECKING : IMPORT_RUNNING));
    TRY(tx_commit(w));
    TRY(pass(w, id, &how));
    puts("");
    tx_open(w, TX_READ);
    TRY(import_load(w, id, out));
    tx_rollback(w);
    return NULL;
}

/* The person's file stays where it is. */
static struct err *
take_copy(struct work *w, const char *path, struct import_id *out)
{
    int64_t bytes;
    struct sha256 hash;
    const char *copy =
        exchange_path(w, text_printf(w->arena, "imports/%lld/given", (long long)w->vendor.n));
    TRY(errors_file_copy(w, path, copy, &bytes, &hash));
    return import_add(w, copy, path, bytes, &hash, out);
}

struct err *
exchange_import_file(struct work *w, const struct import_order *order, bool *ok)
{
    struct import_id id;
    struct import i;
    TRY(take_copy(w, order->path, &id));
    TRY(choose(w, id, order));
    TRY(one_pass(w, id, PASS_CHECK, &i));
    bool stop =
        order->dry || i.state != IMPORT_CHECKED || (order->stop_on_errors && i.counts.refused);
    if (!stop)
        TRY(one_pass(w, id, PASS_RUN, &i));
    TRY(show_findings(w, id));
    if (i.failure)
        printf("%s\n", i.failure);
    *ok = !i.failure && !i.counts.refused;
    return NULL;
}
