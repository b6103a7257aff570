#include "limits/draft.h"

#include <string.h>

#include "base/text.h"
#include "limits/rules.h"

#define LOGIN_NEEDS 2 /* a slip of the finger, and again */
#define PANEL_NEEDS 5 /* the list, the rule, a try, saving it, the page behind */

static void
read_number(struct form *f, const char *name, int64_t most, int64_t *n)
{
    if (form_has(f, name))
        *n = form_i64(f, name, 1, most, *n);
}

static void
read_flag(struct form *f, const char *name, bool whole, bool *flag)
{
    if (whole || form_has(f, name))
        *flag = form_flag(f, name);
}

void
draft_read(struct form *f, bool whole, struct limit_rule *rule)
{
    if (whole || form_has(f, "routes"))
        rule->routes = form_text(f, "routes", 1, 500);
    read_number(f, "requests", 1000000000, &rule->requests);
    read_number(f, "window_s", 31 * 86400, &rule->window_s);
    read_number(f, "burst", 1000000000, &rule->burst);
    read_number(f, "percent_new", 10000, &rule->percent[LIMIT_NEW]);
    read_number(f, "percent_verified", 10000, &rule->percent[LIMIT_VERIFIED]);
    read_number(f, "percent_premium", 10000, &rule->percent[LIMIT_PREMIUM]);
    read_flag(f, "strict", whole, &rule->strict);
    read_flag(f, "enabled", whole, &rule->enabled);
    read_flag(f, "dry_run", whole, &rule->dry_run);
}

/* The rules with one of them exchanged, as long as the request. */
static struct limits
limits_with(struct limits *l, struct arena *a, const struct limit_rule *draft)
{
    struct limits other = *l;
    struct rule_set *set = NEW(a, struct rule_set);
    memcpy(set->rules, l->set->rules, sizeof(set->rules));
    set->arena = a;
    set->rules[limit_rule_place(draft->name)] = *draft;
    set_make_ready(set);
    other.set = set;
    return other;
}

int
draft_try(struct limits *l, struct work *w, const struct limit_rule *draft,
          const struct limit_sample *sample, struct limit_left *out)
{
    struct limits other = limits_with(l, w->arena, draft);
    struct limits_call *call = NEW(w->arena, struct limits_call);
    call->class_name = sample->class_name;
    call->path = sample->path;
    call->who.address = sample->address;
    call->class = sample->class;
    if (sample->class != LIMIT_STRANGER)
        call->person = sample->person;
    return limits_peek(&other, w, call, out);
}

static bool
leaves(struct limits *l, struct work *w, const struct limit_rule *draft,
       const struct limit_sample *sample, int64_t needed)
{
    struct limit_left left[LIMIT_CHECKS_MAX];
    int n = draft_try(l, w, draft, sample, left);
    for (int i = 0; i < n; i++)
        if (text_is(left[i].rule->name, draft->name) && !draft->dry_run && left[i].left < needed)
            return false;
    return true;
}

static bool
locks_out(struct limits *l, struct work *w, const struct limit_rule *draft)
{
    const struct limit_person me = { w->user, w->vendor };
    const struct limit_sample login = { "login", "/login", w->address, LIMIT_STRANGER, me };
    const struct limit_sample form = { "panel.read", "/login", w->address, LIMIT_STRANGER, me };
    const struct limit_sample page = { "panel.read", "/admin/rate-limits/{rule}", w->address,
                                       LIMIT_VERIFIED, me };
    const struct limit_sample save = { "panel.write", "/admin/rate-limits/{rule}", w->address,
                                       LIMIT_VERIFIED, me };
    if (!draft->enabled || draft->dry_run)
        return false;
    if (draft->by == LIMIT_BY_ACCOUNT && limit_rule_names(draft, "login", "/login") &&
        draft->burst < LOGIN_NEEDS)
        return true;
    return !leaves(l, w, draft, &login, LOGIN_NEEDS) || !leaves(l, w, draft, &form, LOGIN_NEEDS) ||
           !leaves(l, w, draft, &page, PANEL_NEEDS) || !leaves(l, w, draft, &save, PANEL_NEEDS);
}

struct err *
draft_check(struct limits *l, struct work *w, const struct limit_rule *draft)
{
    TRY(limit_rule_check(w->arena, draft));
    if (locks_out(l, w, draft))
        return FAIL_FIELD(w->arena, ERR_INVALID, "limit.locks_out", "requests",
                          "This would lock you out: from your own address too little would be "
                          "left to log in, or to come back to this page.");
    return NULL;
}
