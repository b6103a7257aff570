/* Who is billed: name, address and VAT id, as they will stand on the next documents. */
#pragma once
#include "base/work.h"
#include "http/form.h"

struct buyer {
    const char *legal_name, *street, *postcode, *city, *country, *vat_id, *email;
};

void buyer_read(struct form *f, struct buyer *out);
/* A VAT id that changes is not known to be valid until it is checked again. */
struct err *buyer_save(struct work *w, const struct buyer *buyer) MUST_CHECK;
