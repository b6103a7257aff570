#include "feeds/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"

char *
place_folder(struct work *w, struct vendor_id vendor)
{
    return text_printf(w->arena, "%s/built/%lld", w->settings->feeds, (long long)vendor.n);
}

char *
place_file(struct work *w, struct vendor_id vendor, const char *language, enum feed_channel channel)
{
    return text_printf(w->arena, "%s/%s.%s", place_folder(w, vendor), language,
                       feed_channel_types[channel]);
}

char *
place_url(struct work *w, const char *slug, const char *secret, const char *language,
          enum feed_channel channel)
{
    return text_join(w->arena, w->settings->public_url, "/feeds/", slug, secret ? "/" : "",
                     secret ? secret : "", "/", language, ".", feed_channel_types[channel], NULL);
}

static struct err *
failed(struct work *w, const char *path)
{
    return BROKEN(w->arena, "file.write", text_printf(w->arena, "%s: %s", path, strerror(errno)));
}

/* Leads there from now on, whatever stood in its place. */
static struct err *
link_to(struct work *w, const char *path, const char *target)
{
    char *made = text_printf(w->arena, "%s.%016llx.tmp", path, (unsigned long long)random_u64());
    if (symlink(target, made) < 0)
        return failed(w, made);
    if (rename(made, path) < 0)
        return failed(w, path);
    return NULL;
}

static struct err *
unlink_there(struct work *w, const char *path)
{
    return unlink(path) < 0 && errno != ENOENT ? failed(w, path) : NULL;
}

struct err *
place_drop(struct work *w, struct vendor_id vendor, const char *language, enum feed_channel channel)
{
    char *path = place_file(w, vendor, language, channel);
    TRY(unlink_there(w, text_join(w->arena, path, ".gz", NULL)));
    return unlink_there(w, path);
}

struct secrets {
    struct work *w;
    const char *keep;
};

static struct err *
drop_other(void *arg, const char *path, const char *name)
{
    const struct secrets *s = arg;
    return s->keep && text_is(name, s->keep) ? NULL : unlink_there(s->w, path);
}

struct err *
place_address(struct work *w, struct vendor_id vendor, const char *slug, bool open,
              const char *secret)
{
    struct arena *a = w->arena;
    char *shown = text_printf(a, "%s/public/%s", w->settings->feeds, slug),
         *hidden = text_printf(a, "%s/private/%s", w->settings->feeds, slug);
    struct secrets others = { w, secret };
    TRY(file_make_dirs(a, hidden));
    TRY(file_make_dirs(a, text_printf(a, "%s/public", w->settings->feeds)));
    TRY(file_each(a, hidden, drop_other, &others));
    if (!open)
        TRY(unlink_there(w, shown));
    else
        TRY(link_to(w, shown, text_printf(a, "../built/%lld", (long long)vendor.n)));
    if (!secret)
        return NULL;
    return link_to(w, text_printf(a, "%s/%s", hidden, secret),
                   text_printf(a, "../../built/%lld", (long long)vendor.n));
}
