/* Whatever comes back from the card provider, or to the address of its events. */
#include "fuzz.h"
#include "pay/provider.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 402, 400 };
    const struct provider *p = &provider_stripe;
    struct arena *a = arena_new((size_t)64 << 20);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        struct pay_reply reply = { .status = statuses[i], .body = BYTES(data, size) };
        struct pay_customer customer;
        struct pay_session session;
        struct pay_endpoint endpoint;
        struct pay_intent intent;
        struct pay_event event;
        struct pay_list list;
        struct pay_refusal why = p->read_intent(a, &reply, &intent);
        EXPECT(why.verdict != PAY_FINE || intent.id);
        why = p->read_customer(a, &reply, &customer);
        EXPECT(why.verdict != PAY_FINE || customer.id);
        why = p->read_session(a, &reply, &session);
        EXPECT(why.verdict != PAY_FINE || session.id);
        why = p->read_endpoint(a, &reply, &endpoint);
        EXPECT(why.verdict != PAY_FINE || endpoint.url);
        why = p->read_intents(a, &reply, &list);
        EXPECT(why.verdict != PAY_FINE || statuses[i] == 200);
        why = p->read_events(a, &reply, &list);
        for (size_t k = 0; why.verdict == PAY_FINE && k < list.count; k++)
            p->read_event(a, list.events[k], &event);
        EXPECT(p->read_endpoints(a, &reply, &list).verdict != PAY_FINE || statuses[i] == 200);
        EXPECT(!p->read_event(a, reply.body, &event) || event.object);
    }
    arena_free(a);
    return 0;
}
