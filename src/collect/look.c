/* What the operator is told of the provider. */
#include "base/clock.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "collect/inside.h"

#define EVENTS_PATH "/api/v1/webhooks/stripe"

static struct err *
make_endpoint(struct work *w, const char *url, struct collect_state *out)
{
    const struct provider *p = collect_provider();
    struct pay_endpoint made;
    struct pay_reply reply;
    struct pay_call call = p->endpoint_new(
        w->arena, url,
        text_join(w->arena, "souk:endpoint:", random_token(w->arena, 16), ":1", NULL));
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_endpoint(w->arena, &reply, &made);
    TRY(caller_failed(w, call.path, &why));
    out->endpoint = true;
    out->endpoint_version = text_is(made.api_version, p->version);
    out->new_secret = made.secret;
    return NULL;
}

static struct err *
look(struct work *w, bool mend, struct collect_state *out)
{
    const struct provider *p = collect_provider();
    const char *url = text_join(w->arena, w->settings->public_url, EVENTS_PATH, NULL);
    struct pay_list list;
    struct call call = { .what = p->endpoints(w->arena) };
    TRY(caller_ask(w, &call, 1, OF_A_PERSON));
    struct pay_refusal why = p->read_endpoints(w->arena, &call.reply, &list);
    TRY(caller_failed(w, call.what.path, &why));
    if (call.answered_at)
        out->clock_off_s = clock_now_us() / SECOND_US - call.answered_at;
    for (size_t i = 0; i < list.count; i++) {
        const struct pay_endpoint *there = &list.endpoints[i];
        if (!text_is(there->url, url) || !there->enabled)
            continue;
        out->endpoint = true;
        out->endpoint_version |= text_is(there->api_version, p->version);
    }
    return mend && !out->endpoint ? make_endpoint(w, url, out) : NULL;
}

struct err *
collect_look(struct work *w, bool mend, struct collect_state *out)
{
    *out = (struct collect_state){ 0 };
    return look(w, mend, out);
}
