/* Scaling plans, which an operator writes; days of figures; states that were stored. The first line
 * is the plan (or a state), what follows the question. Whatever a plan says, a day leads to a tier
 * it has, and what is kept from it can be read again. */
#include <string.h>

#include "fuzz.h"
#include "plan/alert.h"
#include "plan/evaluate.h"

#define DAYS 70

static void
lives_on(const struct scaling_plan *plan, struct plan_place place)
{
    struct plan_verdict verdict;
    struct plan_figure figures[] = { { plan->measure, 0, 0 }, { "cpu_percent", 0, 0 } };
    for (int64_t day = 0; day < DAYS; day++) {
        figures[0].now = figures[0].ahead = (double)(day * day * day);
        figures[1].now = (double)(day * 13 % 100);
        size_t before = place.tier;
        plan_step(plan, &place, place.day + 1, (struct plan_figures){ figures, 2 }, &verdict);
        EXPECT(place.tier < plan->tier_count && verdict.tier == &plan->tiers[place.tier]);
        EXPECT(!verdict.left || day == 0 || verdict.left == &plan->tiers[before]);
        EXPECT(place.tier + 1 >= before || day == 0);
        EXPECT(verdict.next_in_days >= -1 && verdict.next_in_days <= PLAN_FAR_DAYS);
    }
    struct plan_place again;
    json_t *kept = plan_place_to_json(plan, &place);
    json_t *said = plan_verdict_to_json(&verdict);
    EXPECT(kept && said && plan_place_from_json(plan, kept, &again));
    EXPECT(again.tier == place.tier && again.day == place.day);
    json_decref(kept);
    json_decref(said);
}

static void
states_hold(const json_t *json)
{
    struct alert alert;
    struct burn burn;
    for (size_t i = 0; i < alert_rule_count; i++)
        if (alert_from_json(json, &alert))
            for (int64_t at = 0; at < 40; at++) {
                alert_tell(&alert_rules[i], &alert, alert.last_at_s / 2 + at * 400,
                           (double)(at * 37 % 101), 500);
                EXPECT(alert.state < ALERT_STATES && alert.age_s >= 0);
            }
    if (burn_from_json(json, &burn))
        EXPECT(burn_tell(&burn, 0.99, burn.last_at_s / 2, 10, 1).severity >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - data) : size;
    struct arena *a = arena_new((size_t)256 << 20);
    struct scaling_plan plan;
    const json_t *json, *answer;
    if (!plan_json(a, "plan", BYTES(data, first), &json)) {
        states_hold(json);
        if (!plan_of_json(a, json, &plan)) {
            lives_on(&plan, (struct plan_place){ 0 });
            if (end && !plan_json(a, "days", BYTES(end + 1, size - first - 1), &json) &&
                !plan_answer(a, &plan, json, &answer)) {
                struct plan_place place;
                EXPECT(plan_place_from_json(&plan, json_object_get(answer, "place"), &place));
                lives_on(&plan, place);
            }
        }
    }
    arena_free(a);
    return 0;
}
