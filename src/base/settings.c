#include "base/settings.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/text.h"

#define AT(field) offsetof(struct settings, field)
#define MIB       (INT64_C(1) << 20)

/* clang-format off */
const struct setting setting_rows[] = {
    /* name                       kind            where                   normally                    least most          what it says */
    { "SOUK_DATABASE_URL",        SETTING_TEXT,   AT(database_url),       "dbname=souk user=souk_app", 0, 0,              "PostgreSQL connection of workers and jobs" },
    { "SOUK_DATABASE_OWNER_URL",  SETTING_TEXT,   AT(database_owner_url), "",                          0, 0,              "PostgreSQL connection of `souk migrate`, as souk_owner" },
    { "SOUK_REDIS_URL",           SETTING_TEXT,   AT(redis_url),          "127.0.0.1:6379",            0, 0,              "Redis: unix:/path or host:port" },
    { "SOUK_REDIS_ANSWER_MS",     SETTING_NUMBER, AT(redis_answer_ms),    "20",                        1, 10000,          "How long a request waits for Redis before it goes on without" },
    { "SOUK_PUBLIC_URL",          SETTING_TEXT,   AT(public_url),         "http://127.0.0.1:8080",     0, 0,              "Address people see, without a slash at the end" },
    { "SOUK_TEMPLATES",           SETTING_TEXT,   AT(templates),          "templates",                 0, 0,              "Directory of the page templates" },
    { "SOUK_STATIC",              SETTING_TEXT,   AT(statics),            "static",                    0, 0,              "Directory of the static files" },
    { "SOUK_SEED",                SETTING_TEXT,   AT(seed),               "sql/seed",                  0, 0,              "Directory of the demo's data" },
    { "SOUK_MEDIA",               SETTING_TEXT,   AT(media),              "var/media",                 0, 0,              "Directory of the image store" },
    { "SOUK_FONTS",               SETTING_TEXT,   AT(fonts),              "/usr/share/fonts/truetype/dejavu", 0, 0,       "Directory of DejaVuSans.ttf and DejaVuSans-Bold.ttf, for invoices" },
    { "SOUK_UPLOADS",             SETTING_TEXT,   AT(uploads),            "var/uploads",               0, 0,              "Directory for uploads on their way; on the file system of the image store" },
    { "SOUK_FEEDS",               SETTING_TEXT,   AT(feeds),              "var/feeds",                 0, 0,              "Directory of the product feeds, which nginx serves" },
    { "SOUK_EXCHANGE",            SETTING_TEXT,   AT(exchange),           "var/exchange",              0, 0,              "Directory of imports and exports; on the file system of uploads" },
    { "SOUK_SECRET_FILE",         SETTING_TEXT,   AT(secret_file),        "var/secret",                0, 0,              "File of at least 32 random bytes; keys of tokens derive from it" },
    { "SOUK_COPIES",              SETTING_FLAG,   AT(copies),             "1",                         0, 0,              "Keep answers that are the same for everybody in Redis, a minute at most" },
    { "SOUK_PREPARE",             SETTING_FLAG,   AT(prepare),            "1",                         0, 0,              "Prepare statements; 0 behind a transaction pooler" },
    { "SOUK_WORKERS",             SETTING_NUMBER, AT(workers),            "4",                         1, 1024,           "Web workers on this host" },
    { "SOUK_UPLOAD_BYTES",        SETTING_NUMBER, AT(upload_bytes),       "26214400",                  1024, 256 * MIB,   "Most bytes of one uploaded image" },
    { "SOUK_IMPORT_BYTES",        SETTING_NUMBER, AT(import_bytes),       "104857600",                 1024, 1024 * MIB,  "Most bytes of one file to import" },
    { "SOUK_IMAGE_PIXELS",        SETTING_NUMBER, AT(image_pixels),       "64000000",                  1, 400000000,      "Most pixels of one uploaded image" },
    { "SOUK_ORIGINAL_METHOD",     SETTING_NUMBER, AT(original_method),    "4",                         0, 6,              "Effort of WebP for the original: 4 smallest, 2 for 2.3 x less CPU and 11 % more bytes" },
    { "SOUK_HOSTS",               SETTING_NUMBER, AT(hosts),              "1",                         1, 1024,           "Hosts that run web workers; without Redis each has its share of the limits" },
    { "SOUK_API_PER_MINUTE",      SETTING_NUMBER, AT(api_per_minute),     "200",                       1, 1000000000,     "API requests a minute from one network without log-in" },
    { "SOUK_LOGIN_PER_MINUTE",    SETTING_NUMBER, AT(login_per_minute),   "50",                        1, 1000000000,     "Log-ins a minute from one network" },
    { "SOUK_REGISTER_PER_HOUR",   SETTING_NUMBER, AT(register_per_hour),  "50",                        1, 1000000000,     "Registrations of shops an hour from one network" },
    { "SOUK_FORGOT_PER_HOUR",     SETTING_NUMBER, AT(forgot_per_hour),    "20",                        1, 1000000000,     "Requests for a new password an hour from one network" },
    { "SOUK_ORDERS_PER_MINUTE",   SETTING_NUMBER, AT(orders_per_minute),  "60",                        1, 1000000000,     "Orders by the public a minute from one network" },
    { "SOUK_ORDER_HOURS",         SETTING_NUMBER, AT(order_hours),        "72",                        1, 2160,           "Hours that an order waits to be paid, where the shop says nothing else" },
    { "SOUK_UPLOAD_PER_MINUTE",   SETTING_NUMBER, AT(upload_per_minute),  "120",                       1, 1000000000,     "Image uploads a minute of one vendor" },
    { "SOUK_REGISTRATION",        SETTING_FLAG,   AT(registration),       "1",                         0, 0,              "May the public open shops; 0: the operator only" },
    { "SOUK_ARENA_BYTES",         SETTING_NUMBER, AT(arena_bytes),        "67108864",                  1 * MIB, 4096 * MIB, "Ceiling of one request's memory" },
    { "SOUK_SMTP_URL",            SETTING_TEXT,   AT(smtp_url),           "",                          0, 0,              "Server that takes mail, smtp://host:port or smtps://host:port; without it mail waits" },
    { "SOUK_SMTP_TLS",            SETTING_TEXT,   AT(smtp_tls),           "required",                  0, 0,              "Of smtp://: required, try (when offered) or none" },
    { "SOUK_SMTP_USER",           SETTING_TEXT,   AT(smtp_user),          "",                          0, 0,              "Log-in at that server" },
    { "SOUK_SMTP_PASSWORD_FILE",  SETTING_TEXT,   AT(smtp_password_file), "",                          0, 0,              "File of its password" },
    { "SOUK_SMTP_CA_FILE",        SETTING_TEXT,   AT(smtp_ca_file),       "",                          0, 0,              "Certificates to trust instead of the system's" },
    { "SOUK_MAIL_FROM",           SETTING_TEXT,   AT(mail_from),          "no-reply@souk.example",     0, 0,              "Address that mail is from" },
    { "SOUK_MAIL_NAME",           SETTING_TEXT,   AT(mail_name),          "souk",                      0, 0,              "Name that mail is from" },
    { "SOUK_MAIL_RATE",           SETTING_NUMBER, AT(mail_rate),          "100",                       1, 10000,          "Most mails a second, as the provider allows" },
    { "SOUK_FETCH_ALLOW",         SETTING_TEXT,   AT(fetch_allow),        "",                          0, 0,              "Not public, and yet users may have it called or fetched: NETWORK/BITS:PORT or HOST:PORT, apart by commas, * for any port" },
    { "SOUK_STRIPE_KEY_FILE",     SETTING_TEXT,   AT(stripe_key_file),    "",                          0, 0,              "File of the secret or restricted key at Stripe, which then collects by card; without it shops pay by transfer" },
    { "SOUK_STRIPE_WEBHOOK_FILE", SETTING_TEXT,   AT(stripe_webhook_file), "",                         0, 0,              "File of the secret that its webhooks are signed with; two, one a line, while it is changed" },
    { "SOUK_STRIPE_URL",          SETTING_TEXT,   AT(stripe_url),         "https://api.stripe.com",    0, 0,              "Where Stripe is asked; http:// only of this host" },
    { "SOUK_STRIPE_LIVE",         SETTING_FLAG,   AT(stripe_live),        "0",                         0, 0,              "The key and the events are of real money" },
    { "SOUK_ADMIN_TOTP",          SETTING_FLAG,   AT(admin_totp),         "0",                         0, 0,              "The operator needs a second factor" },
    { "SOUK_DEMO",                SETTING_FLAG,   AT(demo),               "0",                         0, 0,              "Allow demo data on this installation" },
};
/* clang-format on */
const size_t setting_count = COUNT(setting_rows);

static struct err *
read_one(struct arena *a, const struct setting *s, struct settings *out)
{
    void *to = (char *)out + s->offset;
    const char *value = getenv(s->name);
    int64_t n = 0;

    if (!value || !*value)
        value = s->normal;
    if (s->kind == SETTING_TEXT) {
        const char *copy = text_copy(a, value);
        *(const char **)to = copy;
        return NULL;
    }
    if (s->kind == SETTING_FLAG) {
        bool on = text_is(value, "1");
        if (!on && !text_is(value, "0"))
            return FAIL(a, ERR_INVALID, "settings.flag",
                        text_printf(a, "%s must be 0 or 1.", s->name));
        *(bool *)to = on;
        return NULL;
    }
    if (!text_to_i64(value, &n) || n < s->least || n > s->most)
        return FAIL(a, ERR_INVALID, "settings.number",
                    text_printf(a, "%s must be a number from %lld to %lld.", s->name,
                                (long long)s->least, (long long)s->most));
    *(int64_t *)to = n;
    return NULL;
}

struct err *
settings_read(struct arena *a, struct settings *out)
{
    struct settings s = { 0 };
    for (size_t i = 0; i < setting_count; i++)
        TRY(read_one(a, &setting_rows[i], &s));
    *out = s;
    return NULL;
}
