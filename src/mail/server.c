#include "mail/server.h"

#include <string.h>

#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "mail/mail.h"

#define PASSWORD_MOST 1024
#define MAIL_SECONDS  40

bool
mail_has_server(const struct settings *s)
{
    return *s->smtp_url != 0;
}

const char *
mail_host(struct arena *a, const struct settings *s)
{
    const char *host = strstr(s->public_url, "://");
    host = host ? host + 3 : s->public_url;
    return text_copy_n(a, host, strcspn(host, ":/"));
}

static struct err *
wrong(struct arena *a, const char *setting, const char *why)
{
    return FAIL(a, ERR_INVALID, "settings.smtp", text_printf(a, "%s %s", setting, why));
}

static struct err *
read_tls(struct arena *a, const char *text, enum smtp_tls *out)
{
    static const char *const names[] = {
        [SMTP_TLS_NONE] = "none",
        [SMTP_TLS_TRY] = "try",
        [SMTP_TLS_REQUIRED] = "required",
    };
    for (size_t i = SMTP_TLS_NONE; i < COUNT(names); i++)
        if (text_is(text, names[i])) {
            *out = (enum smtp_tls)i;
            return NULL;
        }
    return wrong(a, "SOUK_SMTP_TLS", "must be none, try or required.");
}

static struct err *
read_password(struct arena *a, const char *path, const char **out)
{
    struct bytes b;
    if (!*path)
        return wrong(a, "SOUK_SMTP_PASSWORD_FILE", "must be set when there is a user.");
    TRY(file_read(a, path, PASSWORD_MOST, &b));
    *out = text_trim(a, (const char *)b.at);
    return NULL;
}

static bool
is_this_machine(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    return text_starts(host, "127.") || text_starts(host, "localhost") ||
           text_starts(host, "[::1]");
}

struct err *
mail_server(struct work *w, struct smtp_server *out)
{
    const struct settings *s = w->settings;
    struct smtp_server server = { .url = s->smtp_url,
                                  .hello = mail_host(w->arena, s),
                                  .user = s->smtp_user,
                                  .password = "",
                                  .ca_file = s->smtp_ca_file,
                                  .seconds = MAIL_SECONDS };
    bool implicit = text_starts(s->smtp_url, "smtps://");
    if (!implicit && !text_starts(s->smtp_url, "smtp://"))
        return wrong(w->arena, "SOUK_SMTP_URL", "must begin with smtp:// or smtps://.");
    if (!mail_address_is_one(s->mail_from))
        return wrong(w->arena, "SOUK_MAIL_FROM", "must be an e-mail address.");
    TRY(read_tls(w->arena, s->smtp_tls, &server.tls));
    if (*server.user && !implicit && server.tls != SMTP_TLS_REQUIRED &&
        !is_this_machine(s->smtp_url))
        return wrong(w->arena, "SOUK_SMTP_TLS",
                     "must be required where a password is sent to another machine.");
    if (*server.user)
        TRY(read_password(w->arena, s->smtp_password_file, &server.password));
    *out = server;
    return NULL;
}
