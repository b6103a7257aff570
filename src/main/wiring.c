/* The only place that knows every room. */
#include "main/wiring.h"

#include <string.h>

#include "accounts/accounts.h"
#include "accounts/routes.h"
#include "audit/audit.h"
#include "audit/routes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "catalog/routes.h"
#include "collect/collect.h"
#include "collect/routes.h"
#include "desk/routes.h"
#include "entitle/entitle.h"
#include "exchange/routes.h"
#include "feeds/routes.h"
#include "health/routes.h"
#include "home/routes.h"
#include "hooks/hooks.h"
#include "hooks/routes.h"
#include "images/routes.h"
#include "limits/limits.h"
#include "limits/routes.h"
#include "mail/routes.h"
#include "main/probes.h"
#include "orders/routes.h"
#include "outlook/routes.h"
#include "stock/routes.h"
#include "subscriptions/act.h"
#include "subscriptions/routes.h"
#include "vendors/routes.h"
#include "view/views.h"

#define SECRET_MOST 4096

/* clang-format off */
static const struct menu_row menu[] = {
    /* area      path                      word                    icon        may */
    { "vendor", "/vendor/",                "menu.home",            "home",     MAY_SEE_SHOP },
    { "vendor", "/vendor/orders",          "menu.orders",          "orders",   MAY_SEE_ORDERS },
    { "vendor", "/vendor/customers",       "menu.customers",       "customers", MAY_SEE_ORDERS },
    { "vendor", "/vendor/products",        "menu.products",        "products", MAY_SEE_SHOP },
    { "vendor", "/vendor/inventory",       "menu.inventory",       "inventory", MAY_SEE_SHOP },
    { "vendor", "/vendor/billing",         "menu.billing",         "billing",  MAY_SEE_BILLING },
    { "vendor", "/vendor/team",            "menu.team",            "team",     MAY_SEE_TEAM },
    { "admin",  "/admin/platform-health",  "menu.platform_health", "health",   MAY_OPERATE },
    { "admin",  "/admin/capacity",         "menu.capacity",        "capacity", MAY_OPERATE },
    { "admin",  "/admin/vendors",          "menu.vendors",         "vendors",  MAY_OPERATE },
    { "admin",  "/admin/billing",          "menu.billing",         "billing",  MAY_OPERATE },
    { "admin",  "/admin/images",           "menu.images",          "images",   MAY_OPERATE },
    { "admin",  "/admin/rate-limits",      "menu.rate_limits",     "limits",   MAY_OPERATE },
    { "admin",  "/admin/jobs",             "menu.jobs",            "jobs",     MAY_OPERATE },
    { "vendor", "/vendor/settings",        "menu.settings",        "settings", MAY_SEE_SHOP },
    { "vendor", "/vendor/security",        "menu.security",        "security", MAY_SEE_SHOP },
    { "admin",  "/admin/security",         "menu.security",        "security", MAY_OPERATE },
    { "admin",  "/admin/mail",             "menu.mail",            "mail",     MAY_OPERATE },
    { "admin",  "/admin/audit",            "menu.audit",           "audit",    MAY_OPERATE },
};
/* clang-format on */

struct err *
wire_router(struct arena *process, struct router **out)
{
    const struct route_table rooms[] = {
        { probe_routes, probe_route_count },
        { accounts_routes, accounts_route_count },
        { vendors_routes, vendors_route_count },
        { audit_routes, audit_route_count },
        { images_routes, images_route_count },
        { catalog_routes, catalog_route_count },
        { health_routes, health_route_count },
        { limits_routes, limits_route_count },
        { desk_routes, desk_route_count },
        { mail_routes, mail_route_count },
        { feeds_routes, feeds_route_count },
        { orders_routes, orders_route_count },
        { subscriptions_routes, subscriptions_route_count },
        { collect_routes, collect_route_count },
        { exchange_routes, exchange_route_count },
        { hooks_routes, hooks_route_count },
        { stock_routes, stock_route_count },
        { home_routes, home_route_count },
        { outlook_routes, outlook_route_count },
    };
    struct route_table *tables = NEW_ARRAY(process, struct route_table, COUNT(rooms));
    for (size_t i = 0; i < COUNT(rooms); i++) {
        tables[i] = rooms[i];
        for (size_t k = 0; k < rooms[i].count; k++)
            if (!limits_has_class(rooms[i].rows[k].rate))
                return FAIL(process, ERR_INVALID, "route.row",
                            text_printf(process, "%s: no rate class %s", rooms[i].rows[k].path,
                                        rooms[i].rows[k].rate));
    }
    return router_build(process, tables, COUNT(rooms), out);
}

/* ---- Guards ---- */

static void
ask_rate(struct req *r)
{
    struct limits_call *call = NEW(r->work->arena, struct limits_call);
    struct limit_who who = { .address = r->work->address,
                             .credential = accounts_credential(r),
                             .bearer = header_text(r, "HTTP_AUTHORIZATION") != NULL };
    r->rate_call = call;
    limits_ask(limits_in_use(), r->work, r->route->rate, r->route->path, &who, call);
}

static struct err *
answer_rate(struct req *r)
{
    struct limits_call *call = r->rate_call;
    const struct limit_person person = { r->visitor.user, r->visitor.vendor };
    struct err *e = limits_answer(limits_in_use(), r->work, &person, call);
    if (call->decision.rule) {
        r->rate_policy = limits_policy_header(r->work->arena, call);
        r->rate_state = limits_header(r->work->arena, call);
    }
    return e;
}

static struct err *
note_acted(struct req *r)
{
    static const char *const names[METHODS] = {
        [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
    };
    struct audit_act act = { .what = "operator.wrote",
                             .object =
                                 text_printf(r->work->arena, "%s %s", names[r->method], r->path) };
    return audit_note(r->work, &act);
}

static struct err *
derive_keys(struct arena *process, const struct settings *s, struct bytes *secret)
{
    TRY(file_read(process, s->secret_file, SECRET_MOST, secret));
    if (secret->length < 32)
        return FAIL(process, ERR_INVALID, "settings.secret",
                    text_printf(process, "%s must hold at least 32 random bytes.", s->secret_file));
    return NULL;
}

static struct bytes
key_for(struct arena *process, struct bytes secret, const char *purpose)
{
    struct sha256 *key = NEW(process, struct sha256);
    *key = hmac_sha256(secret, BYTES(purpose, strlen(purpose)));
    return BYTES(key->bytes, sizeof(key->bytes));
}

struct err *
wire_accounts(struct arena *process, const struct work *work)
{
    struct bytes secret;
    TRY(derive_keys(process, work->settings, &secret));
    accounts_use(key_for(process, secret, "accounts"), NULL);
    return NULL;
}

struct err *
wire_hooks(struct arena *process, const struct work *work)
{
    struct bytes secret;
    TRY(derive_keys(process, work->settings, &secret));
    hooks_use(key_for(process, secret, "hooks"));
    subscriptions_use(key_for(process, secret, "quotes"));
    return collect_open(process, work->settings);
}

struct err *
wire_site(struct arena *process, const struct work *work, struct site **out)
{
    const struct settings *s = work->settings;
    struct site *site = NEW(process, struct site);
    struct router *router;
    struct statics *statics;
    struct bytes secret;

    TRY(derive_keys(process, s, &secret));
    TRY(wire_router(process, &router));
    TRY(views_load(process, s->templates, &site->views));
    TRY(statics_load(process, s->statics, &statics));
    struct limits *limits = limits_open(process, work->cache, s, key_for(process, secret, "limits"),
                                        text_printf(process, "%s/limits-2.shared", s->uploads));
    limits_use(limits);
    accounts_use(key_for(process, secret, "accounts"), limits);
    hooks_use(key_for(process, secret, "hooks"));
    subscriptions_use(key_for(process, secret, "quotes"));
    TRY(collect_open(process, s));
    site->settings = s;
    site->router = router;
    site->statics = statics;
    site->menu = menu;
    site->admit = entitle_admit;
    site->explain = entitle_refusal;
    site->ask_outside = collect_ask;
    site->menu_count = COUNT(menu);
    site->csrf_key = key_for(process, secret, "csrf");
    site->cursor_key = key_for(process, secret, "cursor");
    site->secure = text_starts(s->public_url, "https:");
    site->guards = (struct guards){ accounts_who_ask, accounts_who_answer, accounts_who_keep,
                                    ask_rate,         answer_rate,         note_acted };
    *out = site;
    return NULL;
}
