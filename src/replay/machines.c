/* Kinds with a state: one event after the other. */
#include "base/must.h"
#include "base/text.h"
#include "billing/state.h"
#include "http/signature.h"
#include "pay/event_order.h"
#include "replay/kinds.h"
#include "replay/read.h"

#define SECRETS_MOST 32

/* ---- States ---- */

/* Both machines are tables of the same shape; int stands for either enum. */
static json_t *
walk(const json_t *given, const char *const *names, int n,
     bool (*step)(int from, const char *event, int *to))
{
    const char *start = json_string_value(json_object_get(given, "start"));
    json_t *events = json_object_get(given, "events"), *event, *states = json_array();
    int state = 0;
    size_t i;
    while (state < n && !text_is(names[state], start))
        state++;
    if (state == n || !json_is_array(events)) {
        json_decref(states);
        return NULL;
    }
    json_array_foreach(events, i, event)
    {
        const char *name = json_string_value(event);
        bool moved = name && step(state, name, &state);
        json_array_append_new(states,
                              json_string(moved ? names[state] : "error:invalid_transition"));
    }
    return json_pack("{s:o}", "states", states);
}

static bool
step_subscription(int from, const char *event, int *to)
{
    enum subscription_state state;
    bool moved = subscription_step((enum subscription_state)from, event, &state);
    *to = moved ? (int)state : from;
    return moved;
}

static bool
step_invoice(int from, const char *event, int *to)
{
    enum invoice_state state;
    bool moved = invoice_step((enum invoice_state)from, event, &state);
    *to = moved ? (int)state : from;
    return moved;
}

json_t *
answer_subscription_state(struct arena *a, const json_t *given)
{
    (void)a;
    return walk(given, subscription_state_names, SUB_STATES, step_subscription);
}

json_t *
answer_invoice_state(struct arena *a, const json_t *given)
{
    (void)a;
    return walk(given, invoice_state_names, INVOICE_STATES, step_invoice);
}

static json_t *
one_status(struct arena *a, const json_t *element)
{
    enum subscription_state state;
    const char *status, *reason = json_string_value(json_object_get(element, "reason"));
    (void)a;
    if (!read_text(element, "status", &status) ||
        !subscription_state_of_provider(status, reason, &state))
        return NULL;
    return json_string(subscription_state_names[state]);
}

json_t *
answer_provider_status(struct arena *a, const json_t *given)
{
    return answer_each(a, given, "cases", "results", one_status);
}

/* ---- Webhooks ---- */

json_t *
answer_webhook_signature(struct arena *a, const json_t *given)
{
    const json_t *payload = json_object_get(given, "payload");
    const json_t *list = json_object_get(given, "secrets");
    const char *secrets[SECRETS_MOST], *header;
    size_t n = json_array_size(list);
    int64_t now = 0, tolerance = 0;
    if (!json_is_string(payload) || !json_is_array(list) || n > SECRETS_MOST ||
        !read_text(given, "header", &header) || !read_whole(given, "now", 0, INT64_MAX / 2, &now) ||
        !read_whole(given, "tolerance", 0, INT64_MAX / 4, &tolerance))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!(secrets[i] = json_string_value(json_array_get(list, i))))
            return NULL;
    struct bytes body = BYTES(json_string_value(payload), json_string_length(payload));
    enum signature_verdict verdict = signature_check(a, header, body, secrets, n, now, tolerance);
    return json_pack("{s:s}", "result", signature_verdict_names[verdict]);
}

json_t *
answer_webhook_order(struct arena *a, const json_t *given)
{
    json_t *list = json_object_get(given, "deliveries"), *element;
    struct event_order order = { 0 };
    size_t i;
    if (!json_is_array(list))
        return NULL;
    json_t *decisions = json_array();
    json_array_foreach(list, i, element)
    {
        struct provider_event event = {
            .id = json_string_value(json_object_get(element, "id")),
            .type = json_string_value(json_object_get(element, "type")),
            .status = json_string_value(json_object_get(element, "status")),
            .reason = json_string_value(json_object_get(element, "reason")),
        };
        if (!event.id || !event.type ||
            !read_whole(element, "created", INT64_MIN, INT64_MAX, &event.created)) {
            json_decref(decisions);
            return NULL;
        }
        enum event_decision decision = event_next(a, &order, &event);
        json_array_append_new(decisions, json_string(event_decision_names[decision]));
    }
    return json_pack("{s:o, s:s?}", "decisions", decisions, "final_status",
                     order.rank ? subscription_state_names[order.state] : NULL);
}

/* ---- Idempotency ----
 * What http/idempotency.c does with rows, here with a list: the rows cannot be replayed. */

struct kept {
    const char *tenant, *key, *method, *path, *body;
    int64_t at, status; /* status 0: still running */
};

struct asked {
    struct kept request;
    const char *outcome;
    int64_t finishes;
};

static bool
read_request(const json_t *from, struct asked *out)
{
    struct kept *r = &out->request;
    *out = (struct asked){ .outcome = json_string_value(json_object_get(from, "outcome")) };
    r->status = 200;
    if (json_object_get(from, "status") && !read_whole(from, "status", 100, 599, &r->status))
        return false;
    if (json_object_get(from, "finishes") &&
        !read_whole(from, "finishes", 100, 599, &out->finishes))
        return false;
    return read_whole(from, "at", 0, INT64_MAX / 2, &r->at) &&
           read_text(from, "tenant", &r->tenant) && read_text(from, "key", &r->key) &&
           read_text(from, "method", &r->method) && read_text(from, "path", &r->path) &&
           read_text(from, "body", &r->body);
}

static bool
same_request(const struct kept *a, const struct kept *b)
{
    return text_is(a->method, b->method) && text_is(a->path, b->path) && text_is(a->body, b->body);
}

static const char *
execute(struct arena *a, const struct asked *asked, struct kept *place)
{
    if (text_is(asked->outcome, "rejected_before_execution")) {
        place->key = NULL; /* it stays free */
        return "rejected:400";
    }
    *place = asked->request;
    if (!text_is(asked->outcome, "in_progress"))
        return text_printf(a, "executed:%d", (int)place->status);
    place->status = 0;
    return "executed:running";
}

static const char *
again(struct arena *a, const struct asked *asked, struct kept *place)
{
    if (!same_request(&asked->request, place))
        return "error:422_key_reused";
    if (place->status)
        return text_printf(a, "replayed:%d", (int)place->status);
    if (!asked->finishes)
        return "error:409_in_progress";
    place->status = asked->finishes;
    return text_printf(a, "executed:%d", (int)place->status);
}

json_t *
answer_idempotency(struct arena *a, const json_t *given)
{
    json_t *list = json_object_get(given, "requests"), *element, *results = json_array();
    struct kept *kept = NEW_ARRAY(a, struct kept, json_array_size(list) + 1);
    int64_t ttl = 0;
    size_t i, n = 0;
    bool readable = json_is_array(list) && read_whole(given, "ttl_seconds", 1, INT64_MAX / 2, &ttl);
    json_array_foreach(list, i, element)
    {
        struct asked asked;
        size_t at = 0;
        readable = readable && read_request(element, &asked);
        if (!readable)
            break;
        while (at < n && !(text_is(kept[at].tenant, asked.request.tenant) &&
                           text_is(kept[at].key, asked.request.key)))
            at++;
        bool stands = at < n && asked.request.at < kept[at].at + ttl;
        const char *said = stands ? again(a, &asked, &kept[at]) : execute(a, &asked, &kept[at]);
        n += at == n;
        json_array_append_new(results, json_string(said));
    }
    if (readable)
        return json_pack("{s:o}", "results", results);
    json_decref(results);
    return NULL;
}
