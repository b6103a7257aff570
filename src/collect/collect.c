/* Which provider this process asks, and with what. */
#include "collect/collect.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/file.h"
#include "base/text.h"
#include "collect/inside.h"
#include "net/fetch.h"

#define SECRETS   2 /* while one takes the other's place */
#define FILE_MOST 4096
#define LOOPBACK  "http://127.0.0.1:"

static struct {
    const struct provider *provider;
    const char *key, *url;
    const char *secrets[SECRETS];
    bool live;
    struct arena *process;
    struct fetcher *fetcher; /* NULL until it is first needed */
} in_use = { .provider = &provider_manual };

const struct provider *
collect_provider(void)
{
    return in_use.provider;
}

const char *
collect_key(void)
{
    return in_use.key;
}

const char *
collect_url(void)
{
    return in_use.url;
}

bool
collect_live(void)
{
    return in_use.live;
}

const char *const *
collect_secrets(size_t *n)
{
    *n = SECRETS;
    return in_use.secrets;
}

struct err *
collect_fetcher(struct work *w, struct fetcher **out)
{
    /* Loopback is for tests and development; whoever can set the address can read the key too. */
    const char *allow = text_starts(in_use.url, LOOPBACK) ? "127.0.0.1/32:*" : "";
    if (!in_use.fetcher)
        TRY(fetcher_open(in_use.process, w->settings, allow, &in_use.fetcher));
    *out = in_use.fetcher;
    return NULL;
}

int
collect_place(const struct work *w)
{
    int64_t places = w->settings->workers > 1 ? w->settings->workers / 2 : 1;
    for (int64_t i = 0; i < places; i++) {
        const char *path =
            text_printf(w->arena, "%s/provider-%lld.lock", w->settings->uploads, (long long)i);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        close_fd(&fd);
    }
    return -1;
}

static struct err *
unusable(struct arena *a, const char *say)
{
    return FAIL(a, ERR_INVALID, "settings.stripe", say);
}

/* Its lines, without blanks; how many, SECRETS at most. */
static struct err *
read_lines(struct arena *a, const char *path, const char *lines[SECRETS], size_t *n)
{
    struct bytes file;
    *n = 0;
    TRY(file_read(a, path, FILE_MOST, &file));
    char *text = text_copy_n(a, (const char *)file.at, file.length), *line;
    while ((line = strsep(&text, " \t\r\n")))
        if (*line && *n < SECRETS)
            lines[(*n)++] = line;
    if (!*n)
        return unusable(a, text_printf(a, "%s holds nothing.", path));
    return NULL;
}

static bool
is_live(const char *key)
{
    return text_starts(key, "sk_live_") || text_starts(key, "rk_live_");
}

static bool
is_test(const char *key)
{
    return text_starts(key, "sk_test_") || text_starts(key, "rk_test_");
}

struct err *
collect_open(struct arena *process, const struct settings *s)
{
    const char *keys[SECRETS], *secrets[SECRETS] = { "", "" };
    size_t n;
    if (!*s->stripe_key_file)
        return NULL;
    TRY(read_lines(process, s->stripe_key_file, keys, &n));
    if (s->stripe_live ? !is_live(keys[0]) : !is_test(keys[0]))
        return unusable(process, "SOUK_STRIPE_LIVE and the key in SOUK_STRIPE_KEY_FILE disagree "
                                 "about whether money is real.");
    if (!text_starts(s->stripe_url, "https://") && !text_starts(s->stripe_url, LOOPBACK))
        return unusable(process, "SOUK_STRIPE_URL must be https://, or of 127.0.0.1.");
    if (*s->stripe_webhook_file)
        TRY(read_lines(process, s->stripe_webhook_file, secrets, &n));
    in_use.process = process;
    in_use.provider = &provider_stripe;
    in_use.key = keys[0];
    in_use.url = s->stripe_url;
    in_use.live = s->stripe_live;
    for (size_t i = 0; i < SECRETS; i++)
        in_use.secrets[i] = secrets[i];
    return NULL;
}
