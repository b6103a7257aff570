/* What pages and API read alike: a new shop with its owner, the list's filter, the shop that an
 * address names. */
#include "vendors/draft.h"

#include <string.h>

#include "base/slug.h"
#include "base/text.h"
#include "http/form.h"
#include "view/language.h"

#define SLUG_MOST 63

static bool
is_slug(const char *s)
{
    return *s && *s != '-' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

const char *
vendors_read_slug(struct form *f, size_t least)
{
    const char *slug = form_word(f, "slug", least, SLUG_MOST);
    if (*slug && !is_slug(slug))
        form_fail(f, "slug", "vendor.slug", "Small letters, digits and hyphens only.");
    return slug;
}

void
vendors_read_shop(struct form *f, const char *name_field, struct vendor_draft *out)
{
    enum currency cur;
    *out = (struct vendor_draft){ .name = form_text(f, name_field, 1, 200),
                                  .slug = vendors_read_slug(f, 0),
                                  .currency = form_word(f, "currency", 0, 3),
                                  .language = form_word(f, "language", 0, 5) };
    if (!*out->slug)
        out->slug = slug_of(f->r->work->arena, out->name, SLUG_MOST, "shop");
    if (!*out->currency)
        out->currency = "EUR";
    if (!*out->language)
        out->language = "en";
    if (!currency_read(out->currency, &cur))
        form_fail(f, "currency", "vendor.currency", "This currency is not known.");
    if (!language_known(out->language))
        form_fail(f, "language", "vendor.language", "This language is not known.");
}

void
vendors_read_new(struct form *f, struct vendor_and_owner *out)
{
    vendors_read_shop(f, "name", &out->vendor);
    out->owner = form_text(f, "owner_name", 0, 200);
    out->email = accounts_read_email(f, "owner_email");
}

struct err *
vendors_add_with_owner(struct work *w, const struct vendor_and_owner *draft, const char *inviter,
                       struct vendor_id *out, const char **link)
{
    struct invitation i = { .email = draft->email,
                            .name = draft->owner,
                            .language = draft->vendor.language,
                            .shop = draft->vendor.name,
                            .inviter = inviter,
                            .role = ROLE_OWNER };
    struct account_draft owner = { .email = i.email, .name = i.name, .language = i.language };
    TRY(vendors_create(w, &draft->vendor, out));
    struct err *e = accounts_create(w, &owner, &i.id);
    if (e && text_is(e->field, "email"))
        e->field = "owner_email";
    TRY(e);
    TRY(vendors_add_member(w, *out, i.id, ROLE_OWNER));
    TRY(accounts_invite(w, &i, link));
    return vendors_note_added(w, *out, &draft->vendor);
}

struct err *
vendors_read_filter(struct req *r, struct vendor_filter *f)
{
    const char *cursor = query_text(r, "cursor");
    *f = (struct vendor_filter){ .text = query_text(r, "q"),
                                 .state = query_text(r, "state"),
                                 .limit = VENDORS_PAGE };
    if (f->text && !*f->text)
        f->text = NULL;
    if (f->state && !text_is(f->state, "active") && !text_is(f->state, "suspended") &&
        !text_is(f->state, "closed"))
        f->state = NULL;
    if (cursor && !text_to_id(cursor, &f->behind))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                          "This cursor is not one of ours.");
    return query_limit(r, VENDORS_PAGE, 200, &f->limit);
}

/* One more than asked tells whether there is a next page. */
struct err *
vendors_load_page(struct req *r, struct vendor_filter *f, struct vendor **out, size_t *n,
                  bool *more)
{
    f->limit++;
    TRY(vendors_list(r->work, f, out, n));
    f->limit--;
    *more = *n > (size_t)f->limit;
    if (*more)
        *n = (size_t)f->limit;
    return NULL;
}

struct err *
vendors_load_named(struct req *r, struct vendor *out)
{
    struct vendor_id id;
    TRY(param_id(r, 0, &id.n));
    return vendors_load(r->work, id, out);
}
