#include "billing/state.h"

#include "base/must.h"
#include "base/text.h"

const char *const subscription_state_names[SUB_STATES] = {
    [SUB_NONE] = "none",         [SUB_TRIAL] = "trial",         [SUB_ACTIVE] = "active",
    [SUB_PAST_DUE] = "past_due", [SUB_CANCELLED] = "cancelled", [SUB_EXPIRED] = "expired",
};

const char *const invoice_state_names[INVOICE_STATES] = {
    [INVOICE_DRAFT] = "draft",     [INVOICE_OPEN] = "open",
    [INVOICE_PAID] = "paid",       [INVOICE_VOID] = "void",
    [INVOICE_DELETED] = "deleted", [INVOICE_UNCOLLECTIBLE] = "uncollectible",
};

struct step {
    int from;
    const char *event;
    int to;
};

/* clang-format off */
static const struct step subscription_steps[] = {
    { SUB_NONE,     "start_trial",                 SUB_TRIAL },
    { SUB_NONE,     "first_payment_ok",            SUB_ACTIVE },
    { SUB_TRIAL,    "trial_end_payment_ok",        SUB_ACTIVE },
    { SUB_TRIAL,    "convert_payment_ok",          SUB_ACTIVE },
    { SUB_TRIAL,    "trial_end_payment_failed",    SUB_PAST_DUE },
    { SUB_TRIAL,    "trial_end_no_payment_method", SUB_EXPIRED },
    { SUB_TRIAL,    "trial_end_cancel_pending",    SUB_CANCELLED },
    { SUB_TRIAL,    "cancel_now",                  SUB_CANCELLED },
    { SUB_ACTIVE,   "renewal_payment_ok",          SUB_ACTIVE },
    { SUB_ACTIVE,   "renewal_payment_failed",      SUB_PAST_DUE },
    { SUB_ACTIVE,   "invoice_overdue",             SUB_PAST_DUE },
    { SUB_ACTIVE,   "period_end_cancel_pending",   SUB_CANCELLED },
    { SUB_ACTIVE,   "cancel_now",                  SUB_CANCELLED },
    { SUB_PAST_DUE, "retry_failed",                SUB_PAST_DUE },
    { SUB_PAST_DUE, "all_overdue_paid",            SUB_ACTIVE },
    { SUB_PAST_DUE, "dunning_exhausted",           SUB_EXPIRED },
    { SUB_PAST_DUE, "cancel_now",                  SUB_CANCELLED },
};
static const struct step invoice_steps[] = {
    { INVOICE_DRAFT,         "finalize",           INVOICE_OPEN },
    { INVOICE_DRAFT,         "finalize_zero_due",  INVOICE_PAID },
    { INVOICE_DRAFT,         "delete",             INVOICE_DELETED },
    { INVOICE_OPEN,          "pay",                INVOICE_PAID },
    { INVOICE_OPEN,          "payment_failed",     INVOICE_OPEN },
    { INVOICE_OPEN,          "void",               INVOICE_VOID },
    { INVOICE_OPEN,          "mark_uncollectible", INVOICE_UNCOLLECTIBLE },
    { INVOICE_UNCOLLECTIBLE, "pay",                INVOICE_PAID },
    { INVOICE_UNCOLLECTIBLE, "payment_failed",     INVOICE_UNCOLLECTIBLE },
    { INVOICE_UNCOLLECTIBLE, "void",               INVOICE_VOID },
};
static const struct { const char *status; enum subscription_state state; } provider_states[] = {
    { "trialing",   SUB_TRIAL },    { "active",             SUB_ACTIVE },
    { "past_due",   SUB_PAST_DUE }, { "incomplete",         SUB_PAST_DUE },
    { "unpaid",     SUB_EXPIRED },  { "incomplete_expired", SUB_EXPIRED },
    { "paused",     SUB_EXPIRED },  { "canceled",           SUB_CANCELLED },
};
/* clang-format on */

static bool
find_step(const struct step *steps, size_t n, int from, const char *event, int *to)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i].from == from && text_is(steps[i].event, event)) {
            *to = steps[i].to;
            return true;
        }
    return false;
}

bool
subscription_step(enum subscription_state from, const char *event, enum subscription_state *to)
{
    int found;
    if (!find_step(subscription_steps, COUNT(subscription_steps), (int)from, event, &found))
        return false;
    *to = (enum subscription_state)found;
    return true;
}

bool
invoice_step(enum invoice_state from, const char *event, enum invoice_state *to)
{
    int found;
    if (!find_step(invoice_steps, COUNT(invoice_steps), (int)from, event, &found))
        return false;
    *to = (enum invoice_state)found;
    return true;
}

bool
subscription_lives(enum subscription_state state)
{
    return state == SUB_TRIAL || state == SUB_ACTIVE || state == SUB_PAST_DUE;
}

bool
subscription_state_of_provider(const char *status, const char *reason, enum subscription_state *out)
{
    for (size_t i = 0; i < COUNT(provider_states); i++)
        if (text_is(provider_states[i].status, status)) {
            bool unpaid = text_is(reason, "payment_failed") || text_is(reason, "payment_disputed");
            *out = provider_states[i].state == SUB_CANCELLED && unpaid ? SUB_EXPIRED
                                                                       : provider_states[i].state;
            return true;
        }
    return false;
}
