/* The card on file: given and looked after on the provider's own pages, so no number of it ever
 * comes here. */
#include "base/log.h"
#include "base/text.h"
#include "collect/inside.h"
#include "db/db.h"

static struct err *
look(struct work *w, struct book *book)
{
    tx_open(w, TX_READ);
    return tx_end(w, book_open(w, BOOK_LOOK, 0, book));
}

static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

/* Two at once make one: the key is the vendor's. */
struct err *
card_customer(struct work *w, const char **out)
{
    const struct provider *p = collect_provider();
    struct pay_customer customer;
    struct pay_reply reply;
    struct book book;
    TRY(look(w, &book));
    *out = book.customer;
    if (book.customer)
        return NULL;
    struct pay_buyer buyer = { .vendor = w->vendor.n,
                               .name = or_empty(book.buyer.name),
                               .email = or_empty(book.buyer.email),
                               .street = or_empty(book.buyer.street),
                               .postcode = or_empty(book.buyer.postcode),
                               .city = or_empty(book.buyer.city),
                               .country = or_empty(book.buyer.country),
                               .reverse_charge = book.acc.vat.category == VAT_AE };
    struct pay_call call =
        p->customer(w->arena, &buyer,
                    text_printf(w->arena, "souk:customer:%lld:%lld", (long long)w->vendor.n,
                                (long long)book.version));
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_customer(w->arena, &reply, &customer);
    TRY(caller_failed(w, call.path, &why));
    tx_open(w, TX_WRITE);
    TRY(tx_end(w, db_exec(w, Q_collect_customer,
                          ARGS(arg_i64(w, w->vendor.n), arg_text(customer.id)), NULL)));
    TRY(look(w, &book));
    *out = book.customer;
    return NULL;
}

/* In a transaction. With another card what is overdue is tried at once. `chosen`: by the person, so
 * it is charged from now on. */
static struct err *
put_card(struct work *w, const struct pay_customer *customer, bool chosen)
{
    struct book book;
    TRY(book_open(w, BOOK_CHANGE, 0, &book));
    if (customer->deleted)
        TRY(db_exec(w, Q_collect_forget_customer, ARGS(arg_i64(w, w->vendor.n)), NULL));
    else if (!text_is(or_empty(book.method), or_empty(customer->method)) ||
             !text_is(or_empty(book.card), or_empty(customer->card)) ||
             (chosen && book.acc.by_transfer))
        TRY(db_exec(
            w, Q_collect_card,
            ARGS(arg_i64(w, w->vendor.n), arg_text(customer->method), arg_text(customer->card)),
            NULL));
    else
        return NULL;
    TRY(book_open(w, BOOK_CHANGE, 0, &book));
    account_card(&book.acc, book.now, book.acc.has_card);
    TRY(book_save(w, &book));
    return queue_add(w, COLLECT_JOB, text_i64(w->arena, w->vendor.n), "{}", NULL);
}

static struct err *
sync(struct work *w, bool chosen)
{
    const struct provider *p = collect_provider();
    struct pay_customer customer;
    struct pay_reply reply;
    struct book book;
    TRY(look(w, &book));
    if (!book.customer)
        return NULL;
    struct pay_call call = p->customer_of(w->arena, book.customer);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_customer(w->arena, &reply, &customer);
    TRY(caller_failed(w, call.path, &why));
    tx_open(w, TX_WRITE);
    return tx_end(w, put_card(w, &customer, chosen));
}

struct err *
card_take(struct work *w, const char *session_id)
{
    const struct provider *p = collect_provider();
    struct pay_customer customer;
    struct pay_session session;
    struct pay_reply reply;
    struct book book;
    TRY(look(w, &book));
    struct pay_call call = p->setup_of(w->arena, session_id);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_session(w->arena, &reply, &session);
    bool ours =
        why.verdict == PAY_FINE && session.customer && text_is(session.customer, book.customer);
    if (why.verdict == PAY_WRONG || (why.verdict == PAY_FINE && !ours))
        return FAIL(w->arena, ERR_NOT_FOUND, "collect.session", "There is no such visit.");
    TRY(caller_failed(w, call.path, &why));
    if (!session.complete || !session.method)
        return NULL;
    call = p->use_method(w->arena, session.customer, session.method,
                         text_join(w->arena, "souk:method:", session.id, ":1", NULL));
    TRY(caller_one(w, call, &reply));
    why = p->read_customer(w->arena, &reply, &customer);
    TRY(caller_failed(w, call.path, &why));
    return sync(w, true); /* a session may be taken again, when another card is in use already */
}

struct err *
card_sync(struct work *w)
{
    return sync(w, false);
}
