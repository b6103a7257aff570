#include "pay/provider.h"

#include <jansson.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "pay/amount.h"
#include "pay/form.h"

/* Which the parameters and answers below are of. */
#define API_VERSION "2026-10-28.endive"
#define LIST_MOST   100 /* Stripe gives no more of a list at once */

/* ---- Asking ---- */

/* Puts down what was packed. */
static const char *
form_of(struct arena *a, json_t *params)
{
    must(params);
    char *form = form_encoded(a, params);
    must(form); /* none of ours is nested too deep or has a fraction */
    json_decref(params);
    return form;
}

static const char *
small(struct arena *a, const char *currency)
{
    char *copy = text_copy(a, currency);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + ('a' - 'A'));
    return copy;
}

static const char *
capital(struct arena *a, const char *currency)
{
    char *copy = text_copy(a, currency ? currency : "");
    for (char *c = copy; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - ('a' - 'A'));
    return copy;
}

static struct pay_call
get(const char *path)
{
    return (struct pay_call){ .path = path };
}

static struct pay_call
post(struct arena *a, const char *path, json_t *params, const char *key)
{
    return (struct pay_call){ path, form_of(a, params), key };
}

static struct pay_call
charge(struct arena *a, const struct pay_charge *c)
{
    json_t *p =
        json_pack("{s:I, s:s, s:s, s:s, s:b, s:b, s:s, s:[s], s:{s:s, s:s}}", "amount",
                  (json_int_t)amount_for_provider(c->amount, c->currency), "currency",
                  small(a, c->currency), "customer", c->customer, "payment_method", c->method,
                  "confirm", 1, "off_session", c->return_url == NULL, "description", c->description,
                  "allowed_payment_method_types", "card", "metadata", "operation",
                  text_i64(a, c->operation), "vendor_id", text_i64(a, c->vendor));
    if (c->return_url)
        json_object_set_new(p, "return_url", json_string(c->return_url));
    return post(a, "/v1/payment_intents", p, c->key);
}

static struct pay_call
intent(struct arena *a, const char *id)
{
    return get(text_join(a, "/v1/payment_intents/", id, NULL));
}

static struct pay_call
cancel(struct arena *a, const char *id, const char *key)
{
    return post(a, text_join(a, "/v1/payment_intents/", id, "/cancel", NULL),
                json_pack("{s:s}", "cancellation_reason", "abandoned"), key);
}

static struct pay_call
page_of(struct arena *a, const char *what, int64_t since, const char *after)
{
    return get(text_printf(a, "/v1/%s?limit=%d&created[gte]=%lld%s%s", what, LIST_MOST,
                           (long long)since, after ? "&starting_after=" : "", after ? after : ""));
}

static struct pay_call
intents(struct arena *a, const char *customer, int64_t since, const char *after)
{
    struct pay_call call = page_of(a, "payment_intents", since, after);
    if (customer)
        call.path = text_join(a, call.path, "&customer=", customer, NULL);
    return call;
}

static struct pay_call
refund(struct arena *a, const char *intent, int64_t amount, const char *key)
{
    return post(a, "/v1/refunds",
                json_pack("{s:s, s:I}", "payment_intent", intent, "amount", (json_int_t)amount),
                key);
}

static struct pay_call
customer(struct arena *a, const struct pay_buyer *b, const char *key)
{
    json_t *p = json_pack("{s:s, s:s, s:{s:s}}", "name", b->name, "tax_exempt",
                          b->reverse_charge ? "reverse" : "none", "metadata", "vendor_id",
                          text_i64(a, b->vendor));
    if (*b->email)
        json_object_set_new(p, "email", json_string(b->email));
    if (*b->country)
        json_object_set_new(p, "address",
                            json_pack("{s:s, s:s, s:s, s:s}", "line1", b->street, "postal_code",
                                      b->postcode, "city", b->city, "country", b->country));
    return post(a, "/v1/customers", p, key);
}

static struct pay_call
customer_of(struct arena *a, const char *customer)
{
    return get(text_join(a, "/v1/customers/", customer,
                         "?expand[0]=invoice_settings.default_payment_method", NULL));
}

static struct pay_call
use_method(struct arena *a, const char *customer, const char *method, const char *key)
{
    return post(a, text_join(a, "/v1/customers/", customer, NULL),
                json_pack("{s:{s:s}, s:[s]}", "invoice_settings", "default_payment_method", method,
                          "expand", "invoice_settings.default_payment_method"),
                key);
}

static struct pay_call
setup(struct arena *a, const char *customer, const char *currency, const char *back,
      const char *key)
{
    return post(a, "/v1/checkout/sessions",
                json_pack("{s:s, s:s, s:s, s:[s], s:s, s:s}", "mode", "setup", "customer", customer,
                          "currency", small(a, currency), "allowed_payment_method_types", "card",
                          "success_url", text_join(a, back, "?session={CHECKOUT_SESSION_ID}", NULL),
                          "cancel_url", back),
                key);
}

static struct pay_call
setup_of(struct arena *a, const char *session)
{
    return get(text_join(a, "/v1/checkout/sessions/", session, "?expand[0]=setup_intent", NULL));
}

static struct pay_call
portal(struct arena *a, const char *customer, const char *back, const char *key)
{
    return post(a, "/v1/billing_portal/sessions",
                json_pack("{s:s, s:s}", "customer", customer, "return_url", back), key);
}

static struct pay_call
events(struct arena *a, int64_t since, const char *after)
{
    return page_of(a, "events", since, after);
}

static const char *const event_types[] = {
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.requires_action",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.automatically_updated",
    "customer.updated",
    "customer.deleted",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
    NULL,
};

static struct pay_call
endpoints(struct arena *a)
{
    (void)a;
    return get("/v1/webhook_endpoints?limit=100");
}

static struct pay_call
endpoint_new(struct arena *a, const char *url, const char *key)
{
    json_t *types = json_array();
    for (size_t i = 0; event_types[i]; i++)
        json_array_append_new(types, json_string(event_types[i]));
    return post(a, "/v1/webhook_endpoints",
                json_pack("{s:s, s:s, s:o}", "url", url, "api_version", API_VERSION,
                          "enabled_events", types),
                key);
}

/* ---- Reading ---- */

static const char *
text_in(struct arena *a, const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text ? text_copy(a, text) : NULL;
}

/* An object, or only its id, as expandable members are. */
static const char *
id_in(struct arena *a, const json_t *o, const char *name)
{
    const json_t *member = json_object_get(o, name);
    return json_is_object(member) ? text_in(a, member, "id") : text_in(a, o, name);
}

static int64_t
whole_in(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name)); /* 64 bits, never through a double */
}

/* What a status means where the answer does not say it better. */
static enum pay_verdict
verdict_of(const struct pay_reply *reply)
{
    int status = reply->status;
    if (status >= 200 && status < 300)
        return PAY_FINE;
    if (status == 401 || status == 403)
        return PAY_LOCKED;
    if (status == 402)
        return PAY_REFUSED;
    if (text_is(reply->should_retry, "false") && status >= 400 && status < 500)
        return PAY_WRONG;
    if (status == 400 || status == 404)
        return text_is(reply->should_retry, "true") ? PAY_LATER : PAY_WRONG;
    return PAY_LATER;
}

/* The answer, the caller's to put down, or NULL with *out saying why. */
static json_t *
open_reply(struct arena *a, const struct pay_reply *reply, struct pay_refusal *out)
{
    json_error_t error;
    *out = (struct pay_refusal){ .verdict = verdict_of(reply) };
    json_t *root = reply->status ? json_loadb((const char *)reply->body.at, reply->body.length,
                                              JSON_REJECT_DUPLICATES, &error)
                                 : NULL;
    if (!json_is_object(root)) {
        json_decref(root);
        if (out->verdict != PAY_LOCKED)
            out->verdict = PAY_LATER;
        return NULL;
    }
    if (out->verdict == PAY_FINE)
        return root;
    const json_t *failed = json_object_get(root, "error");
    out->code = text_in(a, failed, "code");
    out->decline = text_in(a, failed, "decline_code");
    if (!out->decline)
        out->decline = out->code;
    out->say = text_in(a, failed, "message");
    return root;
}

static enum pay_state
state_of(const char *status)
{
    static const struct {
        const char *status;
        enum pay_state state;
    } states[] = {
        { "succeeded", PAY_PAID },
        { "requires_action", PAY_CONFIRM },
        { "requires_payment_method", PAY_FAILED },
        { "canceled", PAY_FAILED },
    };
    for (size_t i = 0; i < COUNT(states); i++)
        if (text_is(states[i].status, status))
            return states[i].state;
    return PAY_PENDING;
}

static bool
take_intent(struct arena *a, const json_t *o, struct pay_intent *out)
{
    const char *ours =
        json_string_value(json_object_get(json_object_get(o, "metadata"), "operation"));
    const json_t *failed = json_object_get(o, "last_payment_error");
    *out = (struct pay_intent){
        .id = text_in(a, o, "id"),
        .state = state_of(json_string_value(json_object_get(o, "status"))),
        .amount = whole_in(o, "amount"),
        .created = whole_in(o, "created"),
        .currency = capital(a, json_string_value(json_object_get(o, "currency"))),
        .customer = id_in(a, o, "customer"),
        .url = text_in(a, json_object_get(json_object_get(o, "next_action"), "redirect_to_url"),
                       "url"),
        .decline = text_in(a, failed, "decline_code"),
    };
    if (!out->decline)
        out->decline = text_in(a, failed, "code");
    if (!ours || !text_to_i64(ours, &out->operation))
        out->operation = 0;
    if (out->state == PAY_CONFIRM && !out->url)
        out->state = PAY_PENDING;
    return out->id != NULL;
}

/* Cut short or not of the kind that was asked for: what happened is not known. */
static struct pay_refusal
unreadable(void)
{
    return (struct pay_refusal){ .verdict = PAY_LATER, .say = "the answer cannot be read" };
}

static struct pay_refusal
read_intent(struct arena *a, const struct pay_reply *reply, struct pay_intent *out)
{
    struct pay_refusal why;
    json_t *root = open_reply(a, reply, &why);
    const json_t *o = root;
    if (why.verdict == PAY_REFUSED)
        o = json_object_get(json_object_get(root, "error"), "payment_intent");
    bool read = root && (why.verdict == PAY_FINE || o) && take_intent(a, o, out);
    json_decref(root);
    if (why.verdict == PAY_FINE && !read)
        return unreadable();
    if (why.verdict == PAY_REFUSED && read) {
        out->state = PAY_FAILED;
        out->decline = why.decline;
        return (struct pay_refusal){ .verdict = PAY_FINE };
    }
    return why;
}

/* The rows of a list, the answer being the caller's to put down; NULL as open_reply(). */
static json_t *
open_list(struct arena *a, const struct pay_reply *reply, struct pay_refusal *why,
          const json_t **rows, struct pay_list *out)
{
    json_t *root = open_reply(a, reply, why);
    *rows = json_object_get(root, "data");
    *out = (struct pay_list){ .more = json_is_true(json_object_get(root, "has_more")) };
    if (root && why->verdict == PAY_FINE && json_is_array(*rows))
        return root;
    json_decref(root);
    if (why->verdict == PAY_FINE)
        *why = unreadable();
    return NULL;
}

static struct pay_refusal
read_intents(struct arena *a, const struct pay_reply *reply, struct pay_list *out)
{
    struct pay_refusal why;
    const json_t *rows;
    json_t *root = open_list(a, reply, &why, &rows, out);
    if (!root)
        return why;
    out->intents = NEW_ARRAY(a, struct pay_intent, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows); i++)
        out->count += take_intent(a, json_array_get(rows, i), &out->intents[out->count]);
    json_decref(root);
    return why;
}

static struct pay_refusal
read_done(struct arena *a, const struct pay_reply *reply)
{
    struct pay_refusal why;
    json_decref(open_reply(a, reply, &why));
    return why;
}

static const char *
card_of(struct arena *a, const json_t *method)
{
    const json_t *card = json_object_get(method, "card");
    const char *brand = json_string_value(json_object_get(card, "brand"));
    const char *last = json_string_value(json_object_get(card, "last4"));
    if (!brand || !last)
        return NULL;
    return text_printf(a, "%s %s, %02lld/%lld", brand, last, (long long)whole_in(card, "exp_month"),
                       (long long)whole_in(card, "exp_year"));
}

static struct pay_refusal
read_customer(struct arena *a, const struct pay_reply *reply, struct pay_customer *out)
{
    struct pay_refusal why;
    json_t *root = open_reply(a, reply, &why);
    const json_t *method =
        json_object_get(json_object_get(root, "invoice_settings"), "default_payment_method");
    *out = (struct pay_customer){
        .id = text_in(a, root, "id"),
        .deleted = json_is_true(json_object_get(root, "deleted")),
        .method = json_is_object(method) ? text_in(a, method, "id") : NULL,
    };
    if (out->method)
        out->card = card_of(a, method);
    json_decref(root);
    return why.verdict == PAY_FINE && !out->id ? unreadable() : why;
}

static struct pay_refusal
read_session(struct arena *a, const struct pay_reply *reply, struct pay_session *out)
{
    struct pay_refusal why;
    json_t *root = open_reply(a, reply, &why);
    *out = (struct pay_session){
        .id = text_in(a, root, "id"),
        .url = text_in(a, root, "url"),
        .customer = id_in(a, root, "customer"),
        .method = id_in(a, json_object_get(root, "setup_intent"), "payment_method"),
        .complete = text_is(json_string_value(json_object_get(root, "status")), "complete"),
    };
    json_decref(root);
    return why.verdict == PAY_FINE && !out->id ? unreadable() : why;
}

static bool
take_event(struct arena *a, const json_t *root, struct pay_event *out)
{
    const json_t *object = json_object_get(json_object_get(root, "data"), "object");
    *out = (struct pay_event){
        .id = text_in(a, root, "id"),
        .type = text_in(a, root, "type"),
        .api_version = text_in(a, root, "api_version"),
        .object = text_in(a, object, "id"),
        .object_kind = text_in(a, object, "object"),
        .customer = id_in(a, object, "customer"),
        .payment = id_in(a, object, "payment_intent"),
        .created = whole_in(root, "created"),
        .live = json_is_true(json_object_get(root, "livemode")),
    };
    if (text_is(out->object_kind, "customer"))
        out->customer = out->object;
    return out->id && out->type && out->object;
}

static bool
read_event(struct arena *a, struct bytes body, struct pay_event *out)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, &error);
    bool read = json_is_object(root) && take_event(a, root, out);
    json_decref(root);
    return read;
}

static struct pay_refusal
read_events(struct arena *a, const struct pay_reply *reply, struct pay_list *out)
{
    struct pay_refusal why;
    const json_t *rows;
    json_t *root = open_list(a, reply, &why, &rows, out);
    if (!root)
        return why;
    out->events = NEW_ARRAY(a, struct bytes, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *event = json_array_get(rows, i);
        size_t length = json_dumpb(event, NULL, 0, JSON_COMPACT);
        char *text = arena_alloc_raw(a, length + 1);
        size_t written = json_dumpb(event, text, length, JSON_COMPACT);
        must(written == length);
        out->events[out->count++] = BYTES(text, length);
    }
    json_decref(root);
    return why;
}

static bool
take_endpoint(struct arena *a, const json_t *o, struct pay_endpoint *out)
{
    *out = (struct pay_endpoint){
        .id = text_in(a, o, "id"),
        .url = text_in(a, o, "url"),
        .api_version = text_in(a, o, "api_version"),
        .secret = text_in(a, o, "secret"),
        .enabled = text_is(json_string_value(json_object_get(o, "status")), "enabled"),
    };
    return out->id && out->url;
}

static struct pay_refusal
read_endpoints(struct arena *a, const struct pay_reply *reply, struct pay_list *out)
{
    struct pay_refusal why;
    const json_t *rows;
    json_t *root = open_list(a, reply, &why, &rows, out);
    if (!root)
        return why;
    out->endpoints = NEW_ARRAY(a, struct pay_endpoint, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows); i++)
        out->count += take_endpoint(a, json_array_get(rows, i), &out->endpoints[out->count]);
    json_decref(root);
    return why;
}

static struct pay_refusal
read_endpoint(struct arena *a, const struct pay_reply *reply, struct pay_endpoint *out)
{
    struct pay_refusal why;
    json_t *root = open_reply(a, reply, &why);
    bool read = root && why.verdict == PAY_FINE && take_endpoint(a, root, out);
    json_decref(root);
    return why.verdict == PAY_FINE && !read ? unreadable() : why;
}

const struct provider provider_stripe = {
    .name = "stripe",
    .collects = true,
    .version = API_VERSION,
    .version_header = "Stripe-Version",
    .event_types = event_types,
    .charge = charge,
    .intent = intent,
    .cancel = cancel,
    .refund = refund,
    .intents = intents,
    .customer = customer,
    .customer_of = customer_of,
    .use_method = use_method,
    .setup = setup,
    .setup_of = setup_of,
    .portal = portal,
    .events = events,
    .endpoints = endpoints,
    .endpoint_new = endpoint_new,
    .read_intent = read_intent,
    .read_intents = read_intents,
    .read_done = read_done,
    .read_customer = read_customer,
    .read_session = read_session,
    .read_event = read_event,
    .read_events = read_events,
    .read_endpoints = read_endpoints,
    .read_endpoint = read_endpoint,
};
