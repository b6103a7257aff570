/* Who takes the vendors' money: one interface, a table of functions a provider. `manual` has none:
 * vendors pay by transfer and the operator says what came. `stripe` collects what our own engine
 * computed, by card.
 *
 * Pure: a function makes the call, or reads the answer; src/collect carries both. Texts live in the
 * arena. Of an answer, members and values that are not known are passed over; what is needed and
 * missing makes it PAY_LATER, as if it had been cut short. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* `form` NULL: a GET. `key`: a POST is done once however often it is sent with it; the same key
 * with other parameters is refused for a day. */
struct pay_call {
    const char *path, *form, *key;
};

/* status 0: no answer came. */
struct pay_reply {
    int status;
    struct bytes body;
    const char *should_retry; /* the header Stripe-Should-Retry; "" or NULL: it did not come */
};

enum pay_verdict {
    PAY_FINE,
    PAY_REFUSED, /* by the bank or the rules of the card: nothing of ours is wrong */
    PAY_LATER,   /* what happened is not known: the same call with the same key tells */
    PAY_WRONG,   /* we asked what cannot be: asking again is no use */
    PAY_LOCKED,  /* our key may not do this */
    PAY_VERDICTS
};
extern const char *const pay_verdict_names[PAY_VERDICTS];

/* Why not, when the verdict is not PAY_FINE. */
struct pay_refusal {
    enum pay_verdict verdict;
    const char *code;    /* "resource_missing"; NULL */
    const char *decline; /* "lost_card"; NULL */
    const char *say;     /* the provider's words, for the operator; NULL */
};
/* The card itself will never work again: retries wait for another one. */
bool pay_is_hard(const char *decline);

/* ---- Payments: one a document or change ---- */

struct pay_charge {
    int64_t operation, vendor, amount; /* minor units of `currency` */
    const char *currency;              /* "EUR" */
    const char *customer, *method;
    const char *description; /* names what is paid */
    const char *return_url;  /* NULL: nobody is there to confirm */
    const char *key;
};

enum pay_state {
    PAY_PAID,
    PAY_FAILED,  /* declined or cancelled */
    PAY_CONFIRM, /* the person must go to `url` */
    PAY_PENDING  /* an event will tell */
};

struct pay_intent {
    const char *id;
    enum pay_state state;
    int64_t operation; /* ours; 0: none of ours */
    int64_t amount;    /* in the provider's units: amount_for_provider() of pay/amount.h */
    int64_t created;
    const char *currency; /* "EUR" */
    const char *customer; /* NULL: none */
    const char *url, *decline;
};

/* ---- Customers and their cards ---- */

struct pay_buyer {
    int64_t vendor;
    const char *name, *email, *street, *postcode, *city, *country; /* "": not known */
    bool reverse_charge;
};

struct pay_customer {
    const char *id;
    bool deleted;
    const char *method, *card; /* "visa 4242, 12/2030"; NULL: none */
};

/* A page of the provider's. */
struct pay_session {
    const char *id, *url; /* url NULL: none any more */
    const char *customer, *method;
    bool complete;
};

/* ---- Events, and where they are sent to ---- */

struct pay_event {
    const char *id, *type, *api_version;
    const char *object, *object_kind; /* what it is about: "pi_…", "payment_intent" */
    const char *customer;             /* NULL: of nobody */
    const char *payment;              /* that its object belongs to; NULL: to none */
    int64_t created;
    bool live;
};

struct pay_endpoint {
    const char *id, *url, *api_version, *secret; /* secret: only of a new one */
    bool enabled;
};

/* Rows of a list as they were read, and whether there are more behind the last. */
struct pay_list {
    struct pay_intent *intents;
    struct bytes *events; /* bodies as webhooks would have brought them */
    struct pay_endpoint *endpoints;
    size_t count;
    bool more;
};

/* ---- The interface ---- */

struct provider {
    const char *name;
    bool collects; /* false: nothing below is there */
    const char *version, *version_header;
    const char *const *event_types; /* that we listen to; NULL behind the last */

    struct pay_call (*charge)(struct arena *a, const struct pay_charge *charge);
    struct pay_call (*intent)(struct arena *a, const char *id);
    struct pay_call (*cancel)(struct arena *a, const char *id, const char *key);
    struct pay_call (*refund)(struct arena *a, const char *intent, int64_t amount, const char *key);
    /* All payments since then, of one customer or, NULL, of all; `after`: the last id of the page
     * before, or NULL. */
    struct pay_call (*intents)(struct arena *a, const char *customer, int64_t since,
                               const char *after);
    struct pay_call (*customer)(struct arena *a, const struct pay_buyer *buyer, const char *key);
    struct pay_call (*customer_of)(struct arena *a, const char *customer);
    /* The card that charges go to from now on. */
    struct pay_call (*use_method)(struct arena *a, const char *customer, const char *method,
                                  const char *key);
    /* The provider's page to give a card, which comes back with ?session=; and the one to look
     * after it. */
    struct pay_call (*setup)(struct arena *a, const char *customer, const char *currency,
                             const char *back, const char *key);
    struct pay_call (*setup_of)(struct arena *a, const char *session);
    struct pay_call (*portal)(struct arena *a, const char *customer, const char *back,
                              const char *key);
    struct pay_call (*events)(struct arena *a, int64_t since, const char *after);
    struct pay_call (*endpoints)(struct arena *a);
    struct pay_call (*endpoint_new)(struct arena *a, const char *url, const char *key);

    /* Of a charge also when it was refused: then PAY_FINE, and the intent is PAY_FAILED with its
     * `decline`. */
    struct pay_refusal (*read_intent)(struct arena *a, const struct pay_reply *reply,
                                      struct pay_intent *out);
    struct pay_refusal (*read_intents)(struct arena *a, const struct pay_reply *reply,
                                       struct pay_list *out);
    struct pay_refusal (*read_done)(struct arena *a, const struct pay_reply *reply);
    struct pay_refusal (*read_customer)(struct arena *a, const struct pay_reply *reply,
                                        struct pay_customer *out);
    struct pay_refusal (*read_session)(struct arena *a, const struct pay_reply *reply,
                                       struct pay_session *out);
    bool (*read_event)(struct arena *a, struct bytes body, struct pay_event *out);
    struct pay_refusal (*read_events)(struct arena *a, const struct pay_reply *reply,
                                      struct pay_list *out);
    struct pay_refusal (*read_endpoints)(struct arena *a, const struct pay_reply *reply,
                                         struct pay_list *out);
    struct pay_refusal (*read_endpoint)(struct arena *a, const struct pay_reply *reply,
                                        struct pay_endpoint *out);
};

extern const struct provider provider_manual;
extern const struct provider provider_stripe; /* https://docs.stripe.com/api */
