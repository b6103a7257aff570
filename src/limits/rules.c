/* Which rules there are and who meets which. A burst is a quarter of the limit, so that no window
 * sees more than 1.25 times of it, and a strict rule's window never more than once. The rows of
 * rate_rule begin as a copy of these (a test holds both together) and are the operator's from then
 * on; a worker that has never reached PostgreSQL goes by these. */
#include "limits/rules.h"

#include <stddef.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define SETTING(field) (offsetof(struct settings, field) + 1) /* 0: none */
#define SIGNED_IN      "api panel.read panel.write upload"
#define DAY_S          86400

/* What the classes of visitors have, in percent: strangers, new, verified, premium. */
#define ALIKE                                                                                      \
    {                                                                                              \
        100, 100, 100, 100                                                                         \
    }
#define OFFICE                                                                                     \
    {                                                                                              \
        100, 500, 500, 500                                                                         \
    } /* many share an address, each with a rule of their own */
#define RANKS                                                                                      \
    {                                                                                              \
        100, 30, 100, 300                                                                          \
    }

/* clang-format off */
static const struct {
    const char *name, *routes;
    enum limit_by by;
    int64_t requests, window_s, burst; /* burst 0: a quarter of the requests */
    int64_t percent[LIMIT_CLASSES];
    bool strict;
    size_t setting; /* the requests, where a setting has them */
    const char *setting_name;
} rows[LIMIT_RULES] = {
    /* name            routes               by                requests window burst percent strict */
    { "login-ip",      "login",             LIMIT_BY_NETWORK,  50,    60,  0, ALIKE,  true,  SETTING(login_per_minute),  "SOUK_LOGIN_PER_MINUTE" },
    { "login-account", "login",             LIMIT_BY_ACCOUNT, 100, DAY_S, 10, ALIKE,  true,  0, NULL },
    { "register-ip",   "register",          LIMIT_BY_NETWORK,  50,  3600,  0, ALIKE,  true,  SETTING(register_per_hour), "SOUK_REGISTER_PER_HOUR" },
    { "register-mail", "register",          LIMIT_BY_ACCOUNT,   5, DAY_S,  2, ALIKE,  true,  0, NULL },
    { "forgot-ip",     "forgot",            LIMIT_BY_NETWORK,  20,  3600,  0, ALIKE,  true,  SETTING(forgot_per_hour),   "SOUK_FORGOT_PER_HOUR" },
    { "forgot-mail",   "forgot",            LIMIT_BY_ACCOUNT,   3,  3600,  2, ALIKE,  true,  0, NULL },
    { "search-ip",     "search",            LIMIT_BY_NETWORK, 200,    60,  0, OFFICE, false, 0, NULL },
    { "api-ip",        "public " SIGNED_IN, LIMIT_BY_NETWORK, 200,    60,  0, OFFICE, false, SETTING(api_per_minute),    "SOUK_API_PER_MINUTE" },
    { "api-user",      SIGNED_IN,           LIMIT_BY_USER,    200,    60,  0, RANKS,  false, SETTING(api_per_minute),    "SOUK_API_PER_MINUTE" },
    { "api-key",       "api upload",        LIMIT_BY_KEY,     200,    60,  0, RANKS,  false, SETTING(api_per_minute),    "SOUK_API_PER_MINUTE" },
    { "upload-vendor", "upload",            LIMIT_BY_VENDOR,  120,    60,  0, ALIKE,  false, SETTING(upload_per_minute), "SOUK_UPLOAD_PER_MINUTE" },
    { "order-ip",      "order",             LIMIT_BY_NETWORK,  60,    60,  0, OFFICE, false, SETTING(orders_per_minute), "SOUK_ORDERS_PER_MINUTE" },
    { "order-mail",    "order",             LIMIT_BY_ACCOUNT,  20, DAY_S,  5, ALIKE,  false, 0, NULL },
    /* Not the operator's: how many is a matter of the vendor's tier. */
    { "vendor-day",    "/api/v1/vendor/*",  LIMIT_BY_DAY,       1, DAY_S,  1, ALIKE,  false, 0, NULL },
};

static const char *const classes[] = { "none", "login", "register", "forgot", "search", "order", "public", "api", "panel.read", "panel.write", "upload" };
/* clang-format on */

void
limit_rules_fill(struct limit_rule *rules, const struct settings *s)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_rule rule = { .name = rows[i].name,
                                   .routes = rows[i].routes,
                                   .by = rows[i].by,
                                   .requests = rows[i].requests,
                                   .window_s = rows[i].window_s,
                                   .burst = rows[i].burst,
                                   .strict = rows[i].strict,
                                   .enabled = true };
        memcpy(rule.percent, rows[i].percent, sizeof(rule.percent));
        if (rows[i].setting)
            rule.requests = *(const int64_t *)((const char *)s + rows[i].setting - 1);
        if (!rule.burst)
            rule.burst = rule.requests / 4 ? rule.requests / 4 : 1;
        rules[i] = rule;
    }
}

void
limit_rule_reset(struct limit_rule *rule, const struct settings *s)
{
    struct limit_rule rules[LIMIT_RULES], was = *rule;
    limit_rules_fill(rules, s);
    *rule = rules[limit_rule_place(was.name)];
    rule->version = was.version;
    rule->changed_us = was.changed_us;
}

const char *
limit_rule_setting(int place)
{
    return rows[place].setting_name;
}

int
limit_rule_place(const char *name)
{
    for (int i = 0; i < LIMIT_RULES; i++)
        if (text_is(rows[i].name, name))
            return i;
    return -1;
}

static bool
word_names(const char *word, size_t n, const char *class_name, const char *path)
{
    if (word[0] != '/')
        return strlen(class_name) == n && memcmp(word, class_name, n) == 0;
    if (!path)
        return false;
    bool below = word[n - 1] == '*';
    n -= below;
    return strncmp(word, path, n) == 0 && (below || !path[n]);
}

bool
limit_rule_names(const struct limit_rule *rule, const char *class_name, const char *path)
{
    for (const char *at = rule->routes; *at;) {
        size_t n = strcspn(at, " ");
        if (n && word_names(at, n, class_name, path))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

const char *const *
limit_route_classes(size_t *n)
{
    *n = COUNT(classes);
    return classes;
}

bool
limits_has_class(const char *name)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (text_is(classes[i], name))
            return true;
    return false;
}

const char *const limit_by_names[] = { "", "network", "user", "account", "key", "vendor", "day" };
const char *const limit_class_names[] = { "stranger", "new", "verified", "premium" };

/* ---- What nobody could mean ---- */

static bool
routes_are_known(struct arena *a, const char *routes)
{
    bool any = false;
    for (const char *at = routes; *at;) {
        size_t n = strcspn(at, " ");
        char *word = text_copy_n(a, at, n);
        if (n && word[0] != '/' && (!limits_has_class(word) || text_is(word, "none")))
            return false;
        any |= n > 0;
        at += n + (at[n] == ' ');
    }
    return any;
}

struct err *
limit_rule_check(struct arena *a, const struct limit_rule *rule)
{
    if (!routes_are_known(a, rule->routes))
        return FAIL_FIELD(a, ERR_INVALID, "limit.routes", "routes",
                          "Name classes of routes, or paths that begin with a slash.");
    if (rule->burst > rule->requests)
        return FAIL_FIELD(a, ERR_INVALID, "limit.burst", "burst",
                          "No more at once than in the whole window.");
    if (rule->strict && rule->burst == rule->requests && rule->requests > 1)
        return FAIL_FIELD(a, ERR_INVALID, "limit.burst_strict", "burst",
                          "A strict rule leaves something of the window beside the burst.");
    return NULL;
}
