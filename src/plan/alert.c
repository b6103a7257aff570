/* Two latches, warning and critical, each with its own thresholds and holds; what they say is
 * shown through three screens: is it known, is it recent, does it hold still. Every time but those
 * that are shown is `age_s`, which adds up what passed and leaves out what a clock took back. */
#include "plan/alert.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define MINUTE   INT64_C(60)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define AGE_MOST (INT64_C(1) << 53) /* what a double of a file of JSON holds, and sums fit */
#define STALE_OF 2                  /* so many intervals without a value */

/* clang-format off */
#define GAUGE(name, warn, warn_clear, crit, crit_clear, count) \
    { name, ALERT_LEVEL, false, false, \
      { warn, warn_clear, 10 * MINUTE, 15 * MINUTE }, { crit, crit_clear, 10 * MINUTE, 15 * MINUTE }, \
      MINUTE, 5, count, 6, HOUR, HOUR }

const struct alert_rule alert_rules[] = {
    /*     name              raise clear  raise clear  least events */
    GAUGE("cpu",              70,   60,    85,   75,   0),
    GAUGE("memory",           75,   70,    90,   85,   0),
    GAUGE("disk",             70,   65,    85,   80,   0),
    GAUGE("connections",      80,   70,    95,   85,   0),
    GAUGE("redis_memory",     75,   65,    90,   80,   0),
    GAUGE("database_p95_ms", 100,   80,   500,  400,   100),
    GAUGE("api_p95_ms",      500,  400,  2000, 1600,   100),
    GAUGE("error_percent",     1,  0.8,     5,    4,   120),
    /* 1 a ticket, 2 a page; its windows are its hold */
    { "error_budget", ALERT_LEVEL, false, false,
      { 1, 1, 0, 15 * MINUTE }, { 2, 2, 0, 15 * MINUTE }, MINUTE, 1, 120, 6, HOUR, HOUR },
    /* days until a threshold, infinite below half of it; critical is for levels only */
    { "days_left", ALERT_LEVEL, true, true,
      { 30, 45, DAY, 2 * DAY }, { 0, 0, 0, 0 }, DAY, 14, 0, 6, HOUR, HOUR },
};
/* clang-format on */
const size_t alert_rule_count = COUNT(alert_rules);

const struct alert_rule *
alert_rule_of(const char *name)
{
    for (size_t i = 0; i < alert_rule_count; i++)
        if (text_is(alert_rules[i].name, name))
            return &alert_rules[i];
    return NULL;
}

static const char *const state_names[ALERT_STATES] = {
    [ALERT_UNKNOWN] = "unknown",   [ALERT_OK] = "ok",       [ALERT_WARNING] = "warning",
    [ALERT_CRITICAL] = "critical", [ALERT_STALE] = "stale",
};

const char *
alert_state_name(enum alert_state state)
{
    must(state < ALERT_STATES);
    return state_names[state];
}

/* ---- Time ---- */

/* How much later `to` is; 0 for a clock that was set back. */
static int64_t
passed(int64_t from, int64_t to)
{
    int64_t more;
    if (to <= from || __builtin_sub_overflow(to, from, &more))
        return 0;
    return more < AGE_MOST ? more : AGE_MOST;
}

static void
grow_older(int64_t *age_s, int64_t by_s)
{
    *age_s = *age_s < AGE_MOST - by_s ? *age_s + by_s : AGE_MOST;
}

/* ---- Latches ---- */

static bool
holds(bool falling, double value, double limit)
{
    return falling ? value <= limit : value >= limit;
}

static void
latch_tell(struct alert_latch *latch, const struct alert_level *level, bool falling, double value,
           int64_t age_s)
{
    bool other_way =
        latch->on ? !holds(falling, value, level->clear) : holds(falling, value, level->raise);
    if (!other_way) {
        latch->running = false;
        return;
    }
    if (!latch->running)
        latch->since = age_s;
    latch->running = true;
    if (age_s - latch->since >= (latch->on ? level->clear_s : level->raise_s))
        *latch = (struct alert_latch){ .on = !latch->on };
}

/* What is critical is a warning too, whatever the warning's own hold says. */
static void
judge(const struct alert_rule *rule, struct alert *alert, double value)
{
    latch_tell(&alert->warning, &rule->warning, rule->falling, value, alert->age_s);
    if (!rule->no_critical)
        latch_tell(&alert->critical, &rule->critical, rule->falling, value, alert->age_s);
    if (alert->critical.on && !alert->warning.on)
        alert->warning = (struct alert_latch){ .on = true };
}

/* ---- What is shown ---- */

static enum alert_state
truth(const struct alert_rule *rule, const struct alert *alert)
{
    if (alert->away)
        return ALERT_STALE;
    if (alert->thin || alert->values < rule->least_values)
        return ALERT_UNKNOWN;
    return alert->critical.on ? ALERT_CRITICAL : alert->warning.on ? ALERT_WARNING : ALERT_OK;
}

/* Worse is what a person should rather know. */
static int
badness(enum alert_state state)
{
    static const int of[ALERT_STATES] = {
        [ALERT_OK] = 0,      [ALERT_UNKNOWN] = 1,  [ALERT_STALE] = 2,
        [ALERT_WARNING] = 3, [ALERT_CRITICAL] = 4,
    };
    return of[state];
}

static void
note_change(struct alert *alert)
{
    memmove(alert->changes + 1, alert->changes, sizeof(alert->changes) - sizeof(*alert->changes));
    alert->changes[0] = alert->age_s + 1;
}

/* The oldest of one change too many is still within the time. */
static bool
is_restless(const struct alert_rule *rule, const struct alert *alert)
{
    must(rule->flap_most >= 0 && rule->flap_most <= ALERT_FLAP_MOST);
    int64_t oldest = alert->changes[rule->flap_most];
    return rule->flap_most && oldest && alert->age_s + 1 - oldest <= rule->flap_s;
}

static void
show(struct alert *alert, enum alert_state state, int64_t at_s, struct alert_news *news)
{
    if (state == alert->state)
        return;
    must((size_t)news->count < COUNT(news->changes));
    news->changes[news->count++] =
        (struct alert_change){ .at_s = at_s, .from = alert->state, .to = state };
    alert->state = state;
    alert->changed_at_s = at_s;
}

static void
settle(const struct alert_rule *rule, struct alert *alert, int64_t at_s, struct alert_news *news)
{
    enum alert_state now = truth(rule, alert);
    /* what becomes known is no change of what is */
    if (now != alert->seen && alert->seen != ALERT_UNKNOWN)
        note_change(alert);
    alert->seen = now;
    if (!alert->flapping && is_restless(rule, alert))
        alert->flapping = news->flapping_began = true;
    else if (alert->flapping && alert->age_s + 1 - alert->changes[0] >= rule->calm_s) {
        alert->flapping = false;
        news->flapping_ended = true;
    }
    if (!alert->flapping || badness(now) > badness(alert->state))
        show(alert, now, at_s, news);
}

/* ---- What is told ---- */

/* A hold does not run over time of which nothing is known. */
static void
go_away(const struct alert_rule *rule, struct alert *alert, int64_t at_s, struct alert_news *news)
{
    alert->away = true;
    alert->warning.running = alert->critical.running = false;
    alert->counts = false;
    settle(rule, alert, at_s, news);
}

/* The moment it became stale is when the second missing value was due. */
static void
notice_gap(const struct alert_rule *rule, struct alert *alert, int64_t now_s,
           struct alert_news *news)
{
    int64_t most = STALE_OF * rule->every_s;
    if (alert->values && !alert->away && passed(alert->last_at_s, now_s) > most)
        go_away(rule, alert, alert->last_at_s + most, news);
}

struct alert_news
alert_wait(const struct alert_rule *rule, struct alert *alert, int64_t now_s)
{
    struct alert_news news = { 0 };
    notice_gap(rule, alert, now_s, &news);
    return news;
}

/* False: the first total of a count, or the first after it began anew, says nothing yet. */
static bool
rate_of(struct alert *alert, double total, int64_t seconds, double *rate)
{
    bool known = alert->counts && total >= alert->total && seconds > 0;
    *rate = known ? (total - alert->total) / (double)seconds : 0;
    alert->total = total;
    alert->counts = true;
    return known;
}

struct alert_news
alert_tell(const struct alert_rule *rule, struct alert *alert, int64_t at_s, double value,
           double count)
{
    if (isnan(value) || (rule->kind == ALERT_COUNTER && isinf(value)))
        return alert_wait(rule, alert, at_s);
    struct alert_news news = { 0 };
    if (alert->values && at_s == alert->last_at_s)
        return news;
    notice_gap(rule, alert, at_s, &news);

    int64_t seconds = alert->values ? passed(alert->last_at_s, at_s) : 0;
    grow_older(&alert->age_s, seconds);
    alert->last_at_s = at_s;
    alert->away = false;
    if (alert->values < INT64_MAX)
        alert->values++;
    alert->thin = rule->least_count > 0 && !(count >= rule->least_count);
    if (alert->thin)
        alert->warning.running = alert->critical.running = false;
    else if (rule->kind == ALERT_LEVEL || rate_of(alert, value, seconds, &value))
        judge(rule, alert, value);
    settle(rule, alert, at_s, &news);
    return news;
}

/* ---- As JSON ---- */

/* clang-format off */
enum member_kind { MEMBER_WHOLE, MEMBER_REAL, MEMBER_FLAG, MEMBER_STATE };
static const struct member {
    const char *name;
    enum member_kind kind;
    size_t at;
} alert_members[] = {
    { "state",            MEMBER_STATE, offsetof(struct alert, state) },
    { "changed_at_s",     MEMBER_WHOLE, offsetof(struct alert, changed_at_s) },
    { "last_at_s",        MEMBER_WHOLE, offsetof(struct alert, last_at_s) },
    { "age_s",            MEMBER_WHOLE, offsetof(struct alert, age_s) },
    { "values",           MEMBER_WHOLE, offsetof(struct alert, values) },
    { "total",            MEMBER_REAL,  offsetof(struct alert, total) },
    { "counts",           MEMBER_FLAG,  offsetof(struct alert, counts) },
    { "thin",             MEMBER_FLAG,  offsetof(struct alert, thin) },
    { "away",             MEMBER_FLAG,  offsetof(struct alert, away) },
    { "warning",          MEMBER_FLAG,  offsetof(struct alert, warning.on) },
    { "warning_running",  MEMBER_FLAG,  offsetof(struct alert, warning.running) },
    { "warning_since",    MEMBER_WHOLE, offsetof(struct alert, warning.since) },
    { "critical",         MEMBER_FLAG,  offsetof(struct alert, critical.on) },
    { "critical_running", MEMBER_FLAG,  offsetof(struct alert, critical.running) },
    { "critical_since",   MEMBER_WHOLE, offsetof(struct alert, critical.since) },
    { "flapping",         MEMBER_FLAG,  offsetof(struct alert, flapping) },
    { "seen",             MEMBER_STATE, offsetof(struct alert, seen) },
};
/* clang-format on */

static json_t *
member_json(const void *at, enum member_kind kind)
{
    switch (kind) {
    case MEMBER_WHOLE:
        return json_integer(*(const int64_t *)at);
    case MEMBER_REAL:
        return json_real(*(const double *)at);
    case MEMBER_FLAG:
        return json_boolean(*(const bool *)at);
    default:
        return json_string(alert_state_name(*(const enum alert_state *)at));
    }
}

static bool
read_state(const char *name, enum alert_state *out)
{
    for (int i = 0; i < ALERT_STATES; i++)
        if (text_is(name, state_names[i])) {
            *out = (enum alert_state)i;
            return true;
        }
    return false;
}

static bool
read_member(const json_t *from, enum member_kind kind, void *at)
{
    switch (kind) {
    case MEMBER_WHOLE:
        *(int64_t *)at = json_integer_value(from);
        return json_is_integer(from);
    case MEMBER_REAL:
        *(double *)at = json_number_value(from);
        return json_is_number(from);
    case MEMBER_FLAG:
        *(bool *)at = json_is_true(from);
        return json_is_boolean(from);
    default:
        return json_is_string(from) && read_state(json_string_value(from), at);
    }
}

json_t *
alert_to_json(const struct alert *alert)
{
    json_t *to = json_object(), *changes = json_array();
    for (size_t i = 0; i < COUNT(alert_members); i++)
        json_object_set_new(
            to, alert_members[i].name,
            member_json((const char *)alert + alert_members[i].at, alert_members[i].kind));
    for (size_t i = 0; i < COUNT(alert->changes) && alert->changes[i]; i++)
        json_array_append_new(changes, json_integer(alert->changes[i]));
    json_object_set_new(to, "changes", changes);
    return to;
}

/* Ages are not foreign to each other: none is ahead of the whole. */
static bool
hangs_together(const struct alert *alert)
{
    if (alert->age_s < 0 || alert->age_s > AGE_MOST || alert->values < 0 ||
        alert->warning.since < 0 || alert->warning.since > alert->age_s ||
        alert->critical.since < 0 || alert->critical.since > alert->age_s)
        return false;
    for (size_t i = 0; i < COUNT(alert->changes); i++)
        if (alert->changes[i] < 0 || alert->changes[i] > alert->age_s + 1)
            return false;
    return true;
}

bool
alert_from_json(const json_t *from, struct alert *out)
{
    struct alert alert = { 0 };
    const json_t *changes = json_object_get(from, "changes");
    for (size_t i = 0; i < COUNT(alert_members); i++)
        if (!read_member(json_object_get(from, alert_members[i].name), alert_members[i].kind,
                         (char *)&alert + alert_members[i].at))
            return false;
    if (!json_is_array(changes) || json_array_size(changes) > COUNT(alert.changes))
        return false;
    for (size_t i = 0; i < json_array_size(changes); i++)
        if (!read_member(json_array_get(changes, i), MEMBER_WHOLE, &alert.changes[i]))
            return false;
    if (!hangs_together(&alert))
        return false;
    *out = alert;
    return true;
}

/* ---- Error budgets ---- */

static const int64_t window_s[BURN_WINDOWS] = {
    [BURN_5_MIN] = 5 * MINUTE, [BURN_30_MIN] = 30 * MINUTE, [BURN_1_H] = HOUR,
    [BURN_6_H] = 6 * HOUR,     [BURN_3_D] = 3 * DAY,
};

#define BURN_LEAST 120 /* requests of the long window before it has a say */

/* clang-format off */
static const struct {
    double rate;
    enum burn_window longer, shorter;
    double severity;
} burn_limits[] = {
    { 14.4, BURN_1_H, BURN_5_MIN,  2 },
    { 6,    BURN_6_H, BURN_30_MIN, 2 },
    { 1,    BURN_3_D, BURN_6_H,    1 },
};
/* clang-format on */

/* Makes room for the twelfths that began since. */
static void
turn(struct burn_sums *sums, int64_t part)
{
    int64_t by = part - sums->part;
    if (by <= 0)
        return;
    size_t n = by < BURN_PARTS ? (size_t)by : BURN_PARTS, left = BURN_PARTS - n;
    memmove(sums->requests + n, sums->requests, left * sizeof(double));
    memmove(sums->errors + n, sums->errors, left * sizeof(double));
    for (size_t i = 0; i < n; i++)
        sums->requests[i] = sums->errors[i] = 0;
    sums->part = part;
}

static double
sum_of(const double parts[BURN_PARTS])
{
    double sum = 0;
    for (int i = 0; i < BURN_PARTS; i++)
        sum += parts[i];
    return sum;
}

static double
severity_of(const struct burn *burn, const double rates[BURN_WINDOWS])
{
    for (size_t i = 0; i < COUNT(burn_limits); i++) {
        enum burn_window longer = burn_limits[i].longer;
        if (sum_of(burn->windows[longer].requests) >= BURN_LEAST &&
            rates[longer] >= burn_limits[i].rate &&
            rates[burn_limits[i].shorter] >= burn_limits[i].rate)
            return burn_limits[i].severity;
    }
    return 0;
}

struct burn_verdict
burn_tell(struct burn *burn, double objective, int64_t at_s, double requests, double errors)
{
    struct burn_verdict verdict = { 0 };
    must(objective < 1);
    if (burn->values)
        grow_older(&burn->age_s, passed(burn->last_at_s, at_s));
    burn->last_at_s = at_s;
    burn->values++;
    for (int i = 0; i < BURN_WINDOWS; i++) {
        struct burn_sums *sums = &burn->windows[i];
        turn(sums, burn->age_s / (window_s[i] / BURN_PARTS));
        sums->requests[0] += requests > 0 ? requests : 0;
        sums->errors[0] += errors > 0 ? errors : 0;
        double all = sum_of(sums->requests);
        verdict.rates[i] = all > 0 ? sum_of(sums->errors) / all / (1 - objective) : 0;
    }
    verdict.requests = sum_of(burn->windows[BURN_3_D].requests);
    verdict.severity = severity_of(burn, verdict.rates);
    return verdict;
}

static json_t *
parts_json(const double parts[BURN_PARTS])
{
    json_t *list = json_array();
    for (int i = 0; i < BURN_PARTS; i++)
        json_array_append_new(list, json_real(parts[i]));
    return list;
}

json_t *
burn_to_json(const struct burn *burn)
{
    json_t *windows = json_array();
    for (int i = 0; i < BURN_WINDOWS; i++) {
        const struct burn_sums *sums = &burn->windows[i];
        json_array_append_new(windows, json_pack("{s:I, s:o, s:o}", "part", (json_int_t)sums->part,
                                                 "requests", parts_json(sums->requests), "errors",
                                                 parts_json(sums->errors)));
    }
    return json_pack("{s:I, s:I, s:I, s:o}", "last_at_s", (json_int_t)burn->last_at_s, "age_s",
                     (json_int_t)burn->age_s, "values", (json_int_t)burn->values, "windows",
                     windows);
}

static bool
read_parts(const json_t *from, double parts[BURN_PARTS])
{
    if (json_array_size(from) != BURN_PARTS)
        return false;
    for (size_t i = 0; i < BURN_PARTS; i++)
        if (!read_member(json_array_get(from, i), MEMBER_REAL, &parts[i]) || parts[i] < 0)
            return false;
    return true;
}

bool
burn_from_json(const json_t *from, struct burn *out)
{
    struct burn burn = { 0 };
    const json_t *windows = json_object_get(from, "windows");
    if (!read_member(json_object_get(from, "last_at_s"), MEMBER_WHOLE, &burn.last_at_s) ||
        !read_member(json_object_get(from, "age_s"), MEMBER_WHOLE, &burn.age_s) ||
        !read_member(json_object_get(from, "values"), MEMBER_WHOLE, &burn.values) ||
        burn.age_s < 0 || burn.age_s > AGE_MOST || burn.values < 0 || burn.values > AGE_MOST ||
        json_array_size(windows) != BURN_WINDOWS)
        return false;
    for (size_t i = 0; i < BURN_WINDOWS; i++) {
        const json_t *window = json_array_get(windows, i);
        struct burn_sums *sums = &burn.windows[i];
        if (!read_member(json_object_get(window, "part"), MEMBER_WHOLE, &sums->part) ||
            sums->part < 0 || sums->part > burn.age_s ||
            !read_parts(json_object_get(window, "requests"), sums->requests) ||
            !read_parts(json_object_get(window, "errors"), sums->errors))
            return false;
    }
    *out = burn;
    return true;
}
