#include "limits/set.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "limits/store.h"

#define LOOK_US (SECOND_US * 9 / 10) /* so that with the way to a worker it stays below two */
#define AWAY_US (5 * SECOND_US)      /* between looks while PostgreSQL is away */

static void
fill_form(struct arena *a, const struct limit_rule *rule, enum limit_class class, bool wide,
          struct limit_form *out)
{
    int64_t percent = rule->percent[class] * (wide ? WIDE_TIMES : 1);
    struct limit_form f = { .g = gcra_of(rule, percent), .limit = rule->requests * percent / 100 };
    if (f.limit < 1)
        f.limit = 1;
    snprintf(f.interval, sizeof(f.interval), "%lld", (long long)f.g.interval_us);
    snprintf(f.burst, sizeof(f.burst), "%lld", (long long)f.g.burst);
    f.policy = text_printf(a, "\"%s\";q=%lld;w=%lld", rule->name, (long long)f.limit,
                           (long long)rule->window_s);
    *out = f;
}

void
set_make_ready(struct rule_set *set)
{
    memset(set->answers, 0, sizeof(set->answers));
    for (int i = 0; i < LIMIT_RULES; i++) {
        set->codes[i] = text_printf(set->arena, "limit.%s", set->rules[i].name);
        for (int k = 0; k < SET_FORMS; k++)
            fill_form(set->arena, &set->rules[i], (enum limit_class)(k % LIMIT_CLASSES),
                      k >= LIMIT_CLASSES, &set->forms[i][k]);
    }
}

struct rule_set *
set_new(struct arena *process, const struct settings *s)
{
    struct rule_set *set = NEW(process, struct rule_set);
    set->arena = arena_new((size_t)1 << 20);
    limit_rules_fill(set->rules, s);
    set_make_ready(set);
    return set;
}

void
set_free(struct rule_set *set)
{
    arena_free(set->arena);
}

/* ---- Changes ---- */

static bool
is_time_to_look(struct shared *shared, int64_t now_us)
{
    int64_t last = shared_load(&shared->looked_us);
    bool due = now_us - last >= LOOK_US || last - now_us > AWAY_US;
    return due && shared_claim(&shared->looked_us, last, now_us);
}

static void
note_version(struct shared *shared, int64_t version, int64_t now_us)
{
    if (shared_load(&shared->version) == version)
        return;
    shared_store(&shared->known_us, now_us);
    shared_store(&shared->version, version);
    shared_store(&shared->told_us, 0);
}

static void
look(struct shared *shared, struct work *w)
{
    int64_t version;
    struct err *e = limits_load_version(w, &version);
    if (e)
        shared_store(&shared->looked_us, w->now_us + AWAY_US - LOOK_US);
    else
        note_version(shared, version, w->now_us);
}

/* The new rules are read whole before the old ones go. */
static void
read_rules(struct rule_set *set, struct shared *shared, struct work *w)
{
    struct limit_rule rules[LIMIT_RULES];
    struct arena *arena = arena_new((size_t)1 << 20);
    int64_t version;
    limit_rules_fill(rules, w->settings);
    struct err *e = limits_load_rules(w, arena, rules, &version);
    if (e) {
        set->failed_us = w->now_us;
        log_warn("limits.rules_not_read", "code", e->code, "why", e->log, NULL);
        arena_free(arena);
        return;
    }
    arena_free(set->arena);
    set->arena = arena;
    set->version = version;
    memcpy(set->rules, rules, sizeof(rules));
    set_make_ready(set);
    note_version(shared, version, w->now_us);
}

void
set_refresh(struct rule_set *set, struct shared *shared, struct work *w)
{
    if (!w->db || tx_is_open(w))
        return;
    if (is_time_to_look(shared, w->now_us))
        look(shared, w);
    int64_t wanted = shared_load(&shared->version);
    bool rested = w->now_us - set->failed_us >= SECOND_US;
    if (wanted && wanted != set->version && rested)
        read_rules(set, shared, w);
}

/* ---- Questions ---- */

const struct set_answer *
set_ask(struct rule_set *set, const char *class_name, const char *path)
{
    size_t place = ((uintptr_t)class_name / 8 + (uintptr_t)path / 8) % SET_ANSWERS;
    struct set_answer *answer = &set->answers[place];
    if (answer->class_name == class_name && answer->path == path)
        return answer;
    must(limits_has_class(class_name));
    *answer = (struct set_answer){ .class_name = class_name, .path = path };
    for (int i = 0; i < LIMIT_RULES; i++)
        if (set->rules[i].enabled && limit_rule_names(&set->rules[i], class_name, path)) {
            answer->places[answer->n++] = (unsigned char)i;
            answer->strict |= set->rules[i].strict;
        }
    return answer;
}
