#include "mail/kinds.h"

#include "base/must.h"
#include "base/text.h"

#define LINK "{\"link\": \"https://souk.example/go/0123456789abcdef\"}"

/* clang-format off */
const struct mail_kind mail_kinds[] = {
    /* name                args                                                                                                                                                  secret */
    { "verification",      "{\"until_at\": \"2026-11-25T10:15:00Z\"}",                                                                                                           LINK },
    { "account_exists",    "{}",                                                                                                                                                 NULL },
    { "reset",             "{\"place\": \"192.0.2.0/24\", \"until_at\": \"2026-11-25T10:15:00Z\"}",                                                                              LINK },
    { "invitation",        "{\"shop\": \"Tea & Tins\", \"inviter\": \"Anna\", \"role_word\": \"role.manager\", \"until_at\": \"2026-11-25T10:15:00Z\"}",                         LINK },
    { "new_device",        "{\"device\": \"Firefox, Linux\", \"place\": \"192.0.2.0/24\", \"happened_at\": \"2026-11-24T10:15:00Z\"}",                                           NULL },
    { "locked",            "{\"tries\": 100, \"happened_at\": \"2026-11-24T10:15:00Z\"}",                                                                                        LINK },
    { "password_changed",  "{\"device\": \"Firefox, Linux\", \"place\": \"192.0.2.0/24\", \"happened_at\": \"2026-11-24T10:15:00Z\"}",                                           NULL },
    { "email_change",      "{\"new_address\": \"anna@new.example\", \"until_at\": \"2026-11-25T10:15:00Z\"}",                                                                    LINK },
    { "email_changed",     "{\"new_address\": \"anna@new.example\", \"happened_at\": \"2026-11-24T10:15:00Z\"}",                                                                 LINK },
    { "totp_changed",      "{\"on\": true, \"happened_at\": \"2026-11-24T10:15:00Z\"}",                                                                                          NULL },
    { "operator_acted",    "{\"shop\": \"Tea & Tins\", \"reason\": \"Help with an import\", \"happened_at\": \"2026-11-24T10:15:00Z\", \"until_at\": \"2026-11-25T10:15:00Z\"}", NULL },
    { "order_confirmation", "{\"shop\": \"Tea & Tins\", \"number\": \"1042\", \"order\": \"7\", \"buyer\": \"Anna\", \"items\": [{\"quantity\": 2, \"title\": \"Green tea\", \"amount\": \"€9.90\"}], \"shipping\": \"€4.90\", \"discount\": \"\", \"tax\": \"€2.15\", \"total\": \"€14.80\", \"pay_by\": \"IBAN LU12 3456\"}", LINK },
    { "order_received",     "{\"shop\": \"Tea & Tins\", \"number\": \"1042\", \"order\": \"7\", \"buyer\": \"Anna\", \"items\": [{\"quantity\": 2, \"title\": \"Green tea\", \"amount\": \"€9.90\"}], \"shipping\": \"€4.90\", \"discount\": \"\", \"tax\": \"€2.15\", \"total\": \"€14.80\", \"pay_by\": \"\"}",               NULL },
    { "order_sent",         "{\"shop\": \"Tea & Tins\", \"number\": \"1042\", \"tracking\": \"LU 1234 5678\", \"items\": [{\"quantity\": 2, \"title\": \"Green tea\", \"amount\": \"€9.90\"}]}", NULL },
    { "billing_invoice",   "{\"shop\": \"Tea & Tins\", \"number\": \"INV-2026-000042\", \"total\": \"€58.80\", \"credit_note\": false, \"due_at\": \"2026-12-08T10:15:00Z\", \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "billing_overdue",   "{\"shop\": \"Tea & Tins\", \"number\": \"INV-2026-000042\", \"total\": \"€58.80\", \"credit_note\": false, \"due_at\": \"2026-11-08T10:15:00Z\", \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "payment_failed",    "{\"shop\": \"Tea & Tins\", \"number\": \"INV-2026-000042\", \"total\": \"€58.80\", \"card\": \"visa 4242, 12/2030\", \"confirm\": false, \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "billing_expired",   "{\"shop\": \"Tea & Tins\", \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "orders_near_limit", "{\"shop\": \"Tea & Tins\", \"used\": 80, \"most\": 100, \"closed\": false, \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "trial_ending",      "{\"shop\": \"Tea & Tins\", \"days\": 3, \"ends_at\": \"2026-11-27T10:15:00Z\", \"link\": \"https://souk.example/vendor/billing\"}", NULL },
    { "shop_suspended",    "{\"shop\": \"Tea & Tins\", \"reason\": \"Wrong labels\"}", NULL },
    { "feed_held",         "{\"shop\": \"Tea & Tins\", \"feed\": \"fr\", \"link\": \"https://souk.example/vendor/settings/feeds\"}", NULL },
    { "webhook_stopped",   "{\"shop\": \"Tea & Tins\", \"address\": \"https://erp.example/hooks\", \"since_at\": \"2026-11-24T10:15:00Z\", \"why_word\": \"hooks.why.failing\"}", NULL },
    { "shop_closed",       "{\"shop\": \"Tea & Tins\", \"reason\": \"Wrong labels\"}", NULL },
};
/* clang-format on */
const size_t mail_kind_count = COUNT(mail_kinds);

const struct mail_kind *
mail_kind_find(const char *name)
{
    for (size_t i = 0; i < mail_kind_count; i++)
        if (text_is(mail_kinds[i].name, name))
            return &mail_kinds[i];
    return NULL;
}
