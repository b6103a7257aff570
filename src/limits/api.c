/* The operator's rules as JSON. */
#include "base/text.h"
#include "db/db.h"
#include "http/form.h"
#include "limits/change.h"
#include "limits/draft.h"
#include "limits/routes.h"
#include "limits/state.h"

static void
put_rule(struct json *j, const struct limit_rule *rule, const struct limit_count *n)
{
    json_put_object(j, NULL);
    limits_put_fields(j, rule);
    json_put_object(j, "last_hour");
    json_put_i64(j, "passed", n->passed);
    json_put_i64(j, "refused", n->refused);
    json_put_i64(j, "would_refuse", n->would);
    json_put_end(j);
    json_put_end(j);
}

static void
put_state(struct json *j, const struct limits_state *s)
{
    json_put_object(j, "in_force");
    json_put_i64(j, "workers", s->workers);
    json_put_i64(j, "of_them", s->in_force);
    if (s->since_us)
        json_put_time(j, "since", s->since_us);
    else
        json_put_null(j, "since");
    json_put_end(j);
    json_put_text(j, "counted_by", s->away_us ? "host" : "redis");
}

/* GET /api/v1/admin/rate-limits */
struct err *
limits_get_list(struct req *r)
{
    struct limit_rule rules[LIMIT_RULES];
    struct limits_state state;
    int64_t version;
    TRY(limits_load_all(r->work, rules, &version));
    TRY(limits_read_state(limits_in_use(), r->work, version, &state));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (int i = 0; i < LIMIT_RULES; i++)
        if (rules[i].by != LIMIT_BY_DAY)
            put_rule(&j, &rules[i], &state.counts[i]);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    put_state(&j, &state);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static const char *
tag_of(struct req *r, const struct limit_rule *rule)
{
    return text_i64(r->work->arena, rule->version);
}

static struct err *
answer_rule(struct req *r, const struct limit_rule *rule)
{
    struct limit_count n =
        counts_of_hour(limits_in_use()->shared, limit_rule_place(rule->name), r->work->now_us);
    if (resp_unchanged(r, tag_of(r, rule)))
        return NULL;
    struct json j = json_begin(r->work->arena);
    put_rule(&j, rule, &n);
    return json_answer(r, 200, &j.out);
}

/* GET /api/v1/admin/rate-limits/{rule} */
struct err *
limits_get_one(struct req *r)
{
    struct limits_change change;
    struct limit_rule rule;
    int64_t version;
    TRY(limits_load_one(r->work, r->params[0], &rule, &change, &version));
    return answer_rule(r, &rule);
}

/* PATCH /api/v1/admin/rate-limits/{rule}: {"reset": true} goes back to what was delivered. */
struct err *
limits_patch(struct req *r)
{
    struct limits_change change;
    struct limit_rule was, rule;
    struct form f;
    int64_t version;
    TRY(limits_load_one(r->work, r->params[0], &was, &change, &version));
    TRY(require_match(r, tag_of(r, &was)));
    TRY(form_read(r, &f));
    bool reset = form_flag(&f, "reset");
    rule = was;
    if (reset)
        limit_rule_reset(&rule, r->work->settings);
    else
        draft_read(&f, false, &rule);
    TRY(form_done(&f));
    TRY(draft_check(limits_in_use(), r->work, &rule));
    TRY(limits_save(r->work, &was, &rule, reset));
    TRY(limits_load_one(r->work, r->params[0], &rule, &change, &version));
    return answer_rule(r, &rule);
}
