#include "accounts/device.h"

#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"

struct mark {
    const char *sign, *word;
};

/* The first that fits: browsers claim to be their elders too. */
static const struct mark browsers[] = {
    { "Edg", "Edge" },
    { "OPR/", "Opera" },
    { "SamsungBrowser/", "Samsung Internet" },
    { "Vivaldi/", "Vivaldi" },
    { "FxiOS/", "Firefox" },
    { "Firefox/", "Firefox" },
    { "CriOS/", "Chrome" },
    { "Chromium/", "Chromium" },
    { "Chrome/", "Chrome" },
    { "Safari/", "Safari" },
};
static const struct mark systems[] = {
    { "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" },
    { "Windows", "Windows" }, { "CrOS", "ChromeOS" }, { "Macintosh", "macOS" },
    { "Linux", "Linux" },     { "BSD", "BSD" },
};

static const char *
word_for(const struct mark *marks, size_t n, const char *agent)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(agent, marks[i].sign))
            return marks[i].word;
    return NULL;
}

char *
device_words(struct arena *a, const char *agent)
{
    if (!agent || !text_is_utf8(BYTES(agent, strlen(agent)), NULL))
        return text_copy(a, "");
    const char *browser = word_for(browsers, COUNT(browsers), agent);
    const char *system = word_for(systems, COUNT(systems), agent);
    if (browser && system)
        return text_printf(a, "%s, %s", browser, system);
    if (browser || (system && text_starts(agent, "Mozilla/")))
        return text_copy(a, browser ? browser : system);
    size_t n = strcspn(agent, " /");
    for (size_t i = 0; i < n; i++)
        if (agent[i] < '!' || agent[i] > '~')
            return text_copy(a, "");
    return text_copy_n(a, agent, n < 40 ? n : 40);
}

struct err *
device_add(struct work *w, struct user_id user, const char **token)
{
    char *made = random_token(w->arena, 32);
    TRY(db_exec(w, Q_accounts_add_device,
                ARGS(arg_hash(w, made), arg_i64(w, user.n), arg_i64(w, DEVICE_LIFE_S)), NULL));
    *token = made;
    return NULL;
}
