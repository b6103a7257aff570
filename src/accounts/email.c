/* An e-mail address typed into a form, and how often. What can be one is said in one place,
 * mail/mail.h. */
#include <string.h>

#include "accounts/keys.h"
#include "accounts/person.h"
#include "base/text.h"
#include "http/form.h"
#include "limits/limits.h"
#include "mail/mail.h"

static bool
is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

const char *
accounts_read_email(struct form *f, const char *field)
{
    const char *email = form_word(f, field, 3, 254);
    if (!*email)
        return email;
    if (!is_ascii(email))
        form_fail(f, field, "account.email_letters",
                  "Letters beyond a to z are not taken. Write a domain in its form with xn--.");
    else if (!mail_address_is_one(email))
        form_fail(f, field, "account.email", "This is no e-mail address.");
    else
        return text_lower(f->r->work->arena, email);
    return "";
}

struct err *
accounts_limit(struct work *w, const char *rule, const char *email)
{
    if (!accounts_limits())
        return NULL;
    return limits_take(accounts_limits(), w, rule, BYTES(email, strlen(email)), 1);
}

struct err *
accounts_tell_owner(struct work *w, const char *email, bool *known)
{
    struct person p;
    TRY(person_by_email(w, email, known, &p));
    if (!*known)
        return NULL;
    return mail_add(
        w, &(struct mail_draft){
               .kind = "account_exists", .to = p.email, .name = p.name, .language = p.language });
}
