#include "subscriptions/buyer.h"

#include <ctype.h>
#include <string.h>

#include "audit/audit.h"
#include "base/text.h"
#include "billing/vat.h"
#include "db/db.h"
#include "http/json.h"
#include "mail/mail.h"

static const char *
upper_word(struct form *f, const char *name, size_t most, struct arena *a)
{
    char *text = text_copy(a, form_text(f, name, 0, most));
    size_t kept = 0;
    for (size_t i = 0; text[i]; i++)
        if (isalnum((unsigned char)text[i]))
            text[kept++] = (char)toupper((unsigned char)text[i]);
    text[kept] = 0;
    return text;
}

void
buyer_read(struct form *f, struct buyer *out)
{
    struct arena *a = f->r->work->arena;
    *out = (struct buyer){
        .legal_name = form_text(f, "legal_name", 1, 200),
        .street = form_text(f, "street", 1, 200),
        .postcode = form_text(f, "postcode", 0, 20),
        .city = form_text(f, "city", 1, 100),
        .country = upper_word(f, "country", 4, a),
        .vat_id = upper_word(f, "vat_id", 30, a),
        .email = form_text(f, "email", 0, 254),
    };
    if (strlen(out->country) != 2)
        form_fail(f, "country", "billing.country", "The country as two letters, such as LU or DE.");
    if (*out->vat_id && (strlen(out->vat_id) < 4 || strlen(out->vat_id) > 14))
        form_fail(f, "vat_id", "billing.vat_id", "This cannot be a VAT number.");
    if (*out->email && !mail_address_is_one(out->email))
        form_fail(f, "email", "billing.email", "This cannot be an e-mail address.");
}

static const char *
as_json(struct work *w, const struct buyer *b)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "legal_name", b->legal_name);
    json_put_text(&j, "street", b->street);
    json_put_text(&j, "postcode", b->postcode);
    json_put_text(&j, "city", b->city);
    json_put_text(&j, "country", b->country);
    json_put_text(&j, "vat_id", b->vat_id);
    json_put_text(&j, "email", b->email);
    json_put_end(&j);
    return j.out.at;
}

struct err *
buyer_save(struct work *w, const struct buyer *b)
{
    const char *json = as_json(w, b);
    TRY(db_exec(w, Q_subscriptions_buyer, ARGS(arg_i64(w, w->vendor.n), arg_text(json)), NULL));
    struct audit_act note = { .what = "billing.details_changed",
                              .object = audit_object(w, "vendor", w->vendor.n),
                              .after = json };
    return audit_note(w, &note);
}
