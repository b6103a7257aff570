/* Which rules there are and who meets which. A burst is a quarter of the limit, so that no window
 * sees more than 1.25 times of it, and a strict rule's window never more than once. */
#include "limits/rules.h"

#include <stddef.h>

#include "base/must.h"
#include "base/text.h"

#define SETTING(field) (offsetof(struct settings, field) + 1) /* 0: none */

/* clang-format off */
static const struct {
    struct limit_rule rule; /* burst 0: a quarter of the requests */
    size_t setting;         /* the requests, where a setting has them */
} rows[LIMIT_RULES] = {
    /* name            requests  window  burst strict */
    { { "login-ip",        20,     60,    0,  true  }, SETTING(login_per_minute) },
    { { "login-account",  100,  86400,   10,  true  }, 0 },
    { { "upload-vendor",  120,     60,    0,  false }, SETTING(upload_per_minute) },
    { { "search-ip",      100,     60,    0,  false }, 0 },
    { { "api-ip",         200,     60,    0,  false }, SETTING(api_per_minute) },
    { { "api-user",       200,     60,    0,  false }, SETTING(api_per_minute) },
};

static const struct limit_class classes[] = {
    { "none",        { { NULL, 0 } } },
    { "login",       { { "login-ip", LIMIT_BY_NETWORK }, { "login-account", LIMIT_BY_ACCOUNT } } },
    { "search",      { { "search-ip", LIMIT_BY_NETWORK } } },
    { "public",      { { "api-ip", LIMIT_BY_NETWORK } } },
    { "api",         { { "api-ip", LIMIT_BY_NETWORK }, { "api-user", LIMIT_BY_CREDENTIAL } } },
    { "panel.read",  { { "api-ip", LIMIT_BY_NETWORK }, { "api-user", LIMIT_BY_CREDENTIAL } } },
    { "panel.write", { { "api-ip", LIMIT_BY_NETWORK }, { "api-user", LIMIT_BY_CREDENTIAL } } },
    { "upload",      { { "api-ip", LIMIT_BY_NETWORK }, { "upload-vendor", LIMIT_BY_VENDOR } } },
};
/* clang-format on */

void
limit_rules_fill(struct limit_rule *rules, const struct settings *s)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_rule rule = rows[i].rule;
        if (rows[i].setting)
            rule.requests = *(const int64_t *)((const char *)s + rows[i].setting - 1);
        if (!rule.burst)
            rule.burst = rule.requests / 4 ? rule.requests / 4 : 1;
        rules[i] = rule;
    }
}

const struct limit_rule *
limit_rule_named(const struct limit_rule *rules, const char *name)
{
    for (size_t i = 0; i < LIMIT_RULES; i++)
        if (text_is(rules[i].name, name))
            return &rules[i];
    return NULL;
}

const struct limit_class *
limit_class_named(const char *name)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (text_is(classes[i].name, name))
            return &classes[i];
    return NULL;
}

bool
limits_has_class(const char *name)
{
    return limit_class_named(name) != NULL;
}
