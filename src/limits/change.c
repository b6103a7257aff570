#include "limits/change.h"

#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"
#include "limits/inside.h"
#include "limits/store.h"

const char *const limits_fields[CHANGED_FIELDS] = {
    "routes",           "requests",        "window_s", "burst",   "percent_new",
    "percent_verified", "percent_premium", "strict",   "enabled", "dry_run"
};

void
limits_field_texts(struct arena *a, const struct limit_rule *rule, const char *out[CHANGED_FIELDS])
{
    const int64_t numbers[] = { rule->requests,
                                rule->window_s,
                                rule->burst,
                                rule->percent[LIMIT_NEW],
                                rule->percent[LIMIT_VERIFIED],
                                rule->percent[LIMIT_PREMIUM] };
    const bool flags[] = { rule->strict, rule->enabled, rule->dry_run };
    out[0] = rule->routes;
    for (size_t i = 0; i < COUNT(numbers); i++)
        out[1 + i] = text_i64(a, numbers[i]);
    for (size_t i = 0; i < COUNT(flags); i++)
        out[1 + COUNT(numbers) + i] = flags[i] ? "true" : "false";
}

struct err *
limits_load_all(struct work *w, struct limit_rule *rules, int64_t *version)
{
    limit_rules_fill(rules, w->settings);
    return limits_load_rules(w, w->arena, rules, version);
}

static struct err *
unknown(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "limit.unknown", "There is no such rule.");
}

struct err *
limits_load_one(struct work *w, const char *name, struct limit_rule *out,
                struct limits_change *change, int64_t *version)
{
    struct limit_rule rules[LIMIT_RULES];
    struct scan s;
    bool found;
    int place = limit_rule_place(name);
    if (place < 0)
        return unknown(w);
    TRY(limits_load_all(w, rules, version));
    TRY(db_maybe(w, Q_limits_last_change, ARGS(arg_text(name)), &found, &s));
    if (!found) /* a vendor's day is nobody's to change here */
        return unknown(w);
    change->by = scan_text(&s);
    for (int i = 0; i < CHANGED_FIELDS; i++)
        change->before[i] = scan_text(&s);
    scan_end(&s);
    *out = rules[place];
    return NULL;
}

void
limits_put_fields(struct json *j, const struct limit_rule *rule)
{
    json_put_text(j, "name", rule->name);
    json_put_text(j, "counts_by", limit_by_names[rule->by]);
    json_put_text(j, "routes", rule->routes);
    json_put_i64(j, "requests", rule->requests);
    json_put_i64(j, "window_s", rule->window_s);
    json_put_i64(j, "burst", rule->burst);
    json_put_i64(j, "percent_new", rule->percent[LIMIT_NEW]);
    json_put_i64(j, "percent_verified", rule->percent[LIMIT_VERIFIED]);
    json_put_i64(j, "percent_premium", rule->percent[LIMIT_PREMIUM]);
    json_put_bool(j, "strict", rule->strict);
    json_put_bool(j, "enabled", rule->enabled);
    json_put_bool(j, "dry_run", rule->dry_run);
    json_put_bool(j, "as_delivered", !rule->changed_us);
}

static const char *
rule_text(struct work *w, const struct limit_rule *rule)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    limits_put_fields(&j, rule);
    json_put_end(&j);
    return j.out.at;
}

static struct err *
note_change(struct work *w, const struct limit_rule *was, const struct limit_rule *rule,
            bool to_default)
{
    struct audit_act act = { .what = to_default ? "rate_limit.reset" : "rate_limit.changed",
                             .object = text_printf(w->arena, "rate_limit:%s", rule->name),
                             .before = rule_text(w, was),
                             .after = rule_text(w, rule) };
    return audit_note(w, &act);
}

struct err *
limits_save(struct work *w, const struct limit_rule *was, const struct limit_rule *rule,
            bool to_default)
{
    int64_t changed;
    TRY(db_exec(w, Q_limits_save,
                ARGS(arg_text(rule->name), arg_i64(w, was->version), arg_text(rule->routes),
                     arg_i64(w, rule->requests), arg_i64(w, rule->window_s),
                     arg_i64(w, rule->burst), arg_i64(w, rule->percent[LIMIT_NEW]),
                     arg_i64(w, rule->percent[LIMIT_VERIFIED]),
                     arg_i64(w, rule->percent[LIMIT_PREMIUM]), arg_bool(rule->strict),
                     arg_bool(rule->enabled), arg_bool(rule->dry_run), arg_bool(!to_default),
                     arg_i64(w, w->user.n)),
                &changed));
    if (!changed)
        return FAIL(w->arena, ERR_STALE, "request.stale",
                    "This was changed meanwhile. Look at its present state, then decide again.");
    TRY(note_change(w, was, rule, to_default));
    if (limits_in_use()) /* the next request, which comes after the commit, looks */
        shared_store(&limits_in_use()->shared->looked_us, 0);
    return NULL;
}
