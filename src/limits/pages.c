/* The operator's pages of rules. A rule is tried before it is saved: sample requests show which
 * rules they meet and what is left of them, with the rule as it stands in the form. */
#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "http/site.h"
#include "limits/change.h"
#include "limits/draft.h"
#include "limits/routes.h"
#include "limits/state.h"
#include "view/value.h"

/* ---- One rule as a model ---- */

/* "limits.window.minute"; what has no name of its own is said in seconds. */
static const char *
window_word(int64_t window_s)
{
    static const struct {
        int64_t s;
        const char *word;
    } named[] = { { 1, "limits.window.second" },
                  { 60, "limits.window.minute" },
                  { 3600, "limits.window.hour" },
                  { 86400, "limits.window.day" } };
    for (size_t i = 0; i < COUNT(named); i++)
        if (named[i].s == window_s)
            return named[i].word;
    return "limits.window.seconds";
}

static bool
has_classes(const struct limit_rule *rule)
{
    for (int i = LIMIT_NEW; i < LIMIT_CLASSES; i++)
        if (rule->percent[i] != 100)
            return true;
    return false;
}

static void
rule_model(struct arena *a, struct val *m, const struct limit_rule *rule,
           const struct limit_count *n)
{
    val_set_text(m, "name", rule->name);
    val_set_text(m, "path", text_printf(a, "/admin/rate-limits/%s", rule->name));
    val_set_text(m, "routes", rule->routes);
    val_set_word(m, "by", text_printf(a, "limits.by.%s", limit_by_names[rule->by]));
    val_set_word(m, "say", text_printf(a, "limits.rule.%s", rule->name));
    val_set_count(m, "requests", rule->requests);
    val_set_count(m, "burst", rule->burst);
    val_set_count(m, "window_s", rule->window_s);
    val_set_word(m, "window", window_word(rule->window_s));
    val_set_word(m, "limit", "limits.limit");
    val_set_bool(m, "has_classes", has_classes(rule));
    val_set_count(m, "new", rule->percent[LIMIT_NEW]);
    val_set_count(m, "verified", rule->percent[LIMIT_VERIFIED]);
    val_set_count(m, "premium", rule->percent[LIMIT_PREMIUM]);
    val_set_bool(m, "strict", rule->strict);
    val_set_bool(m, "enabled", rule->enabled);
    val_set_bool(m, "dry_run", rule->dry_run);
    val_set_bool(m, "changed", rule->changed_us != 0);
    val_set_count(m, "passed", n->passed);
    val_set_count(m, "refused", n->refused);
    val_set_count(m, "would", n->would);
    const char *kind = !rule->enabled ? "off" : rule->dry_run ? "paused" : "ok";
    val_set_text(m, "kind", kind);
    val_set_word(m, "state", text_printf(a, "limits.state.%s", kind));
}

static void
state_model(struct val *m, const struct limits_state *s)
{
    bool all = s->since_us && s->in_force == s->workers;
    val_set_count(m, "workers", s->workers);
    val_set_count(m, "in_force", s->in_force);
    val_set_text(m, "force_kind", all ? "ok" : "running");
    val_set_word(m, "force_word", all ? "limits.in_force" : "limits.coming");
    if (s->since_us)
        val_set_time(m, "since", s->since_us);
    val_set_bool(m, "away", s->away_us != 0);
    if (s->away_us)
        val_set_time(m, "away_since", s->away_us);
}

static void
set_ago(struct work *w, struct val *m, const struct limits_state *s)
{
    int64_t ago_s = s->since_us ? (w->now_us - s->since_us) / 1000000 : 0;
    val_set_count(m, "ago", ago_s);
    val_set_bool(m, "just_now", s->since_us && ago_s < 120);
}

/* ---- The list ---- */

static bool
is_of_class(const struct route *row, const char *class_name)
{
    return text_is(row->rate, class_name);
}

static void
add_paths(struct req *r, struct val *m, const char *class_name)
{
    static const char *const methods[METHODS] = { "?", "GET", "POST", "PUT", "PATCH", "DELETE" };
    struct val *list = val_set_list(m, "rows");
    int64_t n = 0;
    size_t tables;
    const struct route_table *table = router_tables(r->site->router, &tables);
    for (size_t i = 0; i < tables; i++)
        for (size_t k = 0; k < table[i].count; k++)
            if (is_of_class(&table[i].rows[k], class_name)) {
                val_add_text(list,
                             text_printf(r->work->arena, "%s %s", methods[table[i].rows[k].method],
                                         table[i].rows[k].path));
                n++;
            }
    val_set_count(m, "count", n);
    val_set_bool(m, "has_rows", n > 0);
}

/* Route → class → rules, the way a request goes. */
static void
add_classes(struct req *r, struct val *m, const struct limit_rule *rules)
{
    size_t n;
    const char *const *classes = limit_route_classes(&n);
    struct val *list = val_set_list(m, "classes");
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list), *met = val_set_list(one, "rules");
        bool any = false;
        val_set_text(one, "class", classes[i]);
        for (int k = 0; k < LIMIT_RULES; k++)
            if (rules[k].enabled && limit_rule_names(&rules[k], classes[i], NULL)) {
                struct val *rule = val_add_map(met);
                val_set_text(rule, "name", rules[k].name);
                any = true;
            }
        val_set_bool(one, "has_rules", any);
        add_paths(r, one, classes[i]);
    }
}

struct err *
limits_show_list(struct req *r)
{
    struct limit_rule rules[LIMIT_RULES];
    struct limits_state state;
    int64_t version;
    TRY(limits_load_all(r->work, rules, &version));
    TRY(limits_read_state(limits_in_use(), r->work, version, &state));
    struct val *m = val_map(r->work->arena), *list = val_set_list(m, "rules");
    for (int i = 0; i < LIMIT_RULES; i++)
        if (rules[i].by != LIMIT_BY_DAY)
            rule_model(r->work->arena, val_add_map(list), &rules[i], &state.counts[i]);
    state_model(m, &state);
    set_ago(r->work, m, &state);
    if (text_is(query_text(r, "part"), "live"))
        return page(r, "admin/rate-limits/state", m);
    add_classes(r, m, rules);
    return page(r, "admin/rate-limits/list", m);
}

/* ---- Trying ---- */

struct trial {
    const char *address, *class_name, *path;
    enum limit_class class;
};

static void
add_sample(struct req *r, struct val *list, const struct limit_rule *draft, const struct trial *t)
{
    struct limit_left left[LIMIT_CHECKS_MAX];
    const struct limit_person me = { r->work->user, { 0 } };
    const struct limit_sample sample = { t->class_name, t->path, t->address, t->class, me };
    int n = draft_try(limits_in_use(), r->work, draft, &sample, left);
    struct val *one = val_add_map(list), *met = val_set_list(one, "met");
    val_set_text(one, "class", t->class_name);
    val_set_text(one, "address", t->address);
    val_set_word(one, "who",
                 text_printf(r->work->arena, "limits.class.%s", limit_class_names[t->class]));
    val_set_bool(one, "has_met", n > 0);
    for (int i = 0; i < n; i++) {
        struct val *rule = val_add_map(met);
        bool wide = i && left[i].rule == left[i - 1].rule;
        val_set_text(rule, "name", left[i].rule->name);
        val_set_bool(rule, "wide", wide);
        val_set_bool(rule, "this", text_is(left[i].rule->name, draft->name));
        val_set_count(rule, "limit", left[i].limit);
        val_set_count(rule, "left", left[i].left);
        val_set_bool(rule, "would_refuse", left[i].left < 1);
    }
}

/* What was asked for in the form, or one request of each class that the rule names. */
static void
add_samples(struct req *r, struct val *m, const struct limit_rule *draft, const struct trial *t)
{
    struct val *list = val_set_list(m, "samples");
    size_t n;
    const char *const *classes = limit_route_classes(&n);
    if (t->class_name)
        add_sample(r, list, draft, t);
    for (size_t i = 0; i < n && !t->class_name; i++) {
        const struct trial own = { r->work->address, classes[i], NULL,
                                   text_starts(classes[i], "panel") ? LIMIT_VERIFIED
                                                                    : LIMIT_STRANGER };
        if (limit_rule_names(draft, classes[i], NULL))
            add_sample(r, list, draft, &own);
    }
}

static void
add_choices(struct arena *a, struct val *m, const struct trial *t)
{
    size_t n;
    const char *const *classes = limit_route_classes(&n);
    struct val *list = val_set_list(m, "try_classes"), *who = val_set_list(m, "try_who");
    for (size_t i = 1; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "class", classes[i]);
        val_set_bool(one, "selected", text_is(t->class_name, classes[i]));
    }
    for (int i = 0; i < LIMIT_CLASSES; i++) {
        struct val *one = val_add_map(who);
        val_set_text(one, "class", limit_class_names[i]);
        val_set_word(one, "word", text_printf(a, "limits.class.%s", limit_class_names[i]));
        val_set_bool(one, "selected", t->class == (enum limit_class)i);
    }
    val_set_text(m, "try_address", t->address);
}

static struct trial
read_trial(struct req *r, struct form *f)
{
    struct trial t = { .address = r->work->address };
    const char *address = form_text(f, "try_address", 0, 45), *who = form_text(f, "try_who", 0, 20);
    const char *class_name = form_text(f, "try_class", 0, 40);
    if (*address && !limits_network(r->work->arena, address))
        form_fail(f, "try_address", "limit.address", "This is no IP address.");
    else if (*address)
        t.address = address;
    if (limits_has_class(class_name))
        t.class_name = class_name;
    for (int i = 0; i < LIMIT_CLASSES; i++)
        if (text_is(who, limit_class_names[i]))
            t.class = (enum limit_class)i;
    return t;
}

/* ---- One ---- */

static void
add_difference(struct arena *a, struct val *list, int field, const char *before, const char *after)
{
    if (!*before || text_is(before, after))
        return;
    struct val *row = val_add_map(list);
    val_set_word(row, "label", text_printf(a, "limits.%s", limits_fields[field]));
    val_set_text(row, "before", before);
    val_set_text(row, "after", after);
}

static void
prefill(struct arena *a, struct val *m, const struct limit_rule *rule)
{
    const char *texts[CHANGED_FIELDS];
    limits_field_texts(a, rule, texts);
    for (int i = 0; i < CHANGED_FIELDS; i++)
        form_prefill(m, limits_fields[i], texts[i]);
}

/* What the last change did; in a trial, what saving would do. */
static void
add_differences(struct arena *a, struct val *m, const char *name, const char *const *before,
                const struct limit_rule *rule)
{
    const char *texts[CHANGED_FIELDS];
    struct val *list = val_set_list(m, name);
    limits_field_texts(a, rule, texts);
    for (int i = 0; i < CHANGED_FIELDS; i++)
        add_difference(a, list, i, before[i], texts[i]);
}

struct shown {
    const struct limit_rule *stored, *draft;
    const struct limits_change *change;
    int64_t version;
    const struct form *form; /* NULL: not sent */
    const struct err *e;
    struct trial trial;
};

static struct err *
show_form(struct req *r, int status, const struct shown *s)
{
    struct arena *a = r->work->arena;
    struct limits_state state;
    const char *stored[CHANGED_FIELDS];
    int place = limit_rule_place(s->stored->name);
    TRY(limits_read_state(limits_in_use(), r->work, s->version, &state));
    struct val *m = val_map(a);
    rule_model(a, m, s->stored, &state.counts[place]);
    state_model(m, &state);
    set_ago(r->work, m, &state);
    if (text_is(query_text(r, "part"), "live"))
        return page(r, "admin/rate-limits/state", m);
    prefill(a, m, s->draft);
    if (s->form)
        form_show(s->form, s->e, m);
    val_set_i64(m, "version", s->stored->version);
    val_set_bool(m, "draft_strict", s->draft->strict);
    val_set_bool(m, "draft_enabled", s->draft->enabled);
    val_set_bool(m, "draft_dry_run", s->draft->dry_run);
    val_set_bool(m, "by_network", s->stored->by == LIMIT_BY_NETWORK);
    if (limit_rule_setting(place) && !s->stored->changed_us)
        val_set_text(m, "setting", limit_rule_setting(place));
    limits_field_texts(a, s->stored, stored);
    add_differences(a, m, "would_change", stored, s->draft);
    val_set_bool(m, "tried", s->form && !s->e);
    add_differences(a, m, "differences", s->change->before, s->stored);
    val_set_bool(m, "was_changed", s->stored->changed_us || *s->change->before[0]);
    val_set_text(m, "changed_by", s->change->by);
    if (s->stored->changed_us)
        val_set_time(m, "changed_at", s->stored->changed_us);
    add_choices(a, m, &s->trial);
    if (!s->e)
        add_samples(r, m, s->draft, &s->trial);
    return page_status(r, status, "admin/rate-limits/edit", m);
}

struct err *
limits_show_one(struct req *r)
{
    struct limits_change change;
    struct limit_rule rule;
    int64_t version;
    TRY(limits_load_one(r->work, r->params[0], &rule, &change, &version));
    struct shown s = { .stored = &rule,
                       .draft = &rule,
                       .change = &change,
                       .version = version,
                       .trial = { .address = r->work->address } };
    return show_form(r, 200, &s);
}

struct err *
limits_post_one(struct req *r)
{
    struct limits_change change;
    struct limit_rule stored, draft;
    struct form f;
    int64_t version;
    TRY(limits_load_one(r->work, r->params[0], &stored, &change, &version));
    TRY(form_read(r, &f));
    draft = stored;
    draft_read(&f, true, &draft);
    int64_t seen = form_i64(&f, "version", 1, INT64_MAX, stored.version);
    struct shown s = { .stored = &stored,
                       .draft = &draft,
                       .change = &change,
                       .version = version,
                       .form = &f,
                       .trial = read_trial(r, &f) };
    s.e = form_done(&f);
    if (!s.e)
        s.e = draft_check(limits_in_use(), r->work, &draft);
    if (s.e)
        return show_form(r, 422, &s);
    if (text_is(form_raw(&f, "act"), "try"))
        return show_form(r, 200, &s);
    struct limit_rule was = stored;
    was.version = seen;
    TRY(limits_save(r->work, &was, &draft, false));
    return see_other(
        r, text_printf(r->work->arena, "/admin/rate-limits/%s?done=limits.saved", stored.name));
}

/* POST /admin/rate-limits/{rule}/reset: back to what was delivered, or to what the settings say. */
struct err *
limits_post_reset(struct req *r)
{
    struct limits_change change;
    struct limit_rule was, rule;
    int64_t version;
    TRY(limits_load_one(r->work, r->params[0], &was, &change, &version));
    rule = was;
    limit_rule_reset(&rule, r->work->settings);
    TRY(draft_check(limits_in_use(), r->work, &rule));
    TRY(limits_save(r->work, &was, &rule, true));
    return see_other(
        r, text_printf(r->work->arena, "/admin/rate-limits/%s?done=limits.reset", was.name));
}
