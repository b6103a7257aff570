/* Settings: one row each in settings.c (name, kind, default, range, sentence); the program,
 * `souk settings` and the manual come from that row. Read from the environment, which systemd and
 * the local stack fill from one file. Process-long. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct settings {
    const char *database_url;       /* the workers' role, souk_app */
    const char *database_owner_url; /* the migrations' role, souk_owner; "" on a web node */
    const char *redis_url;          /* "unix:/path" or "host:port" */
    int64_t redis_answer_ms;        /* how long a request waits for it */
    const char *public_url; /* scheme, host and port as people see it; no slash at the end */
    const char *templates;  /* directory */
    const char *statics;    /* directory of static files, read for their fingerprints */
    const char *seed;       /* directory of the demo's data */
    const char *media;      /* directory of the image store's local disk */
    const char *fonts;
    const char *uploads;  /* directory for request bodies on their way; same file system as media */
    const char *feeds;    /* directory of product feeds, which nginx serves */
    const char *exchange; /* directory of imports and exports; same file system as uploads */
    const char *secret_file;   /* 32 random bytes or more: keys of tokens derive from it */
    bool registration;         /* may the public open shops */
    bool copies;               /* answers that are the same for everybody are kept in Redis */
    bool prepare;              /* prepared statements; off behind a transaction pooler */
    int64_t workers;           /* web workers on this host */
    int64_t hosts;             /* with web workers, for shares of shared limits */
    int64_t upload_bytes;      /* most bytes of one image */
    int64_t import_bytes;      /* most bytes of one file of products or orders */
    int64_t image_pixels;      /* most pixels of one image */
    int64_t original_method;   /* libwebp's method for the original, 0 … 6 */
    int64_t api_per_minute;    /* API requests a minute and network */
    int64_t login_per_minute;  /* log-ins a minute and network */
    int64_t upload_per_minute; /* uploads a minute and vendor */
    int64_t register_per_hour; /* registrations an hour and network */
    int64_t orders_per_minute; /* orders by the public a minute and network */
    int64_t order_hours;       /* how long an order waits to be paid */
    int64_t forgot_per_hour;   /* requests for a new password an hour and network */
    int64_t arena_bytes;       /* ceiling of one request's memory */
    const char *smtp_url;      /* smtp://host:port or smtps://host:port; "": mail waits */
    const char *smtp_tls;      /* of smtp://: none, try, required */
    const char *smtp_user, *smtp_password_file;
    const char *smtp_ca_file;          /* "": the system's */
    const char *mail_from, *mail_name; /* address and name of the sender */
    int64_t mail_rate;                 /* most mails a second */
    const char *fetch_allow; /* networks and hosts that users may name besides (net/reach.h) */
    const char *stripe_key_file, *stripe_webhook_file, *stripe_url; /* "": no card provider */
    bool stripe_live;
    bool demo;       /* demo data may be loaded, demo log-ins may be shown */
    bool admin_totp; /* the operator needs a second factor */
};

enum setting_kind { SETTING_TEXT = 1, SETTING_NUMBER, SETTING_FLAG };

struct setting {
    const char *name; /* of the environment variable */
    enum setting_kind kind;
    size_t offset; /* in struct settings */
    const char *normal;
    int64_t least, most; /* SETTING_NUMBER */
    const char *say;
};

extern const struct setting setting_rows[];
extern const size_t setting_count;

/* Reads the environment into *out; texts live in `a`. INVALID settings.<what> names the variable.
 */
struct err *settings_read(struct arena *a, struct settings *out) MUST_CHECK;
