/* What `souk doctor` looks at, one function each. They open transactions and leave them to the
 * caller to end. */
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "collect/collect.h"
#include "db/db.h"
#include "db/migrate.h"
#include "http/site.h"
#include "main/doctor.h"
#include "stock/stock.h"
#include "view/views.h"

#define ROOM_LEAST   5               /* percent of a disk that stay free */
#define SKEW_MOST_US (2 * SECOND_US) /* between this clock and the database's */
#define LATE_MOST_S  300             /* a job that is due */
#define SIGNED_FOR_S 300             /* an event whose signature is older is turned away */

static struct finding
fine(const char *say)
{
    return (struct finding){ FINE, say, NULL };
}

static struct finding
wrong(const char *say, const char *what_to_do)
{
    return (struct finding){ WRONG, say, what_to_do };
}

static struct finding
failed(struct work *w, const struct err *e, const char *what_to_do)
{
    return wrong(text_printf(w->arena, "%s%s%s", e->code, e->log ? ": " : "", e->log ? e->log : ""),
                 what_to_do);
}

/* ---- Files ---- */

struct finding
doctor_secret(struct work *w)
{
    struct stat s;
    const char *path = w->settings->secret_file;
    if (stat(path, &s) != 0)
        return wrong(text_printf(w->arena, "%s is not there", path),
                     "make it: head -c 32 /dev/urandom > FILE; chmod 600 FILE");
    if (s.st_size < 32)
        return wrong(text_printf(w->arena, "%s is too short", path), "at least 32 random bytes");
    if (s.st_mode & 077)
        return wrong(text_printf(w->arena, "%s can be read by others", path), "chmod 600 it");
    return fine(text_printf(w->arena, "%s", path));
}

struct finding
doctor_pages(struct work *w)
{
    struct views *views;
    struct statics *statics;
    struct err *e = views_load(w->arena, w->settings->templates, &views);
    if (!e)
        e = statics_load(w->arena, w->settings->statics, &statics);
    return e ? failed(w, e,
                      "install templates/ and static/ of this version; SOUK_TEMPLATES, "
                      "SOUK_STATIC name them")
             : fine("templates and static files are whole");
}

struct finding
doctor_store(struct work *w)
{
    struct stat media, uploads, exchange;
    struct statvfs disk;
    const struct settings *s = w->settings;
    if (stat(s->media, &media) != 0 || access(s->media, W_OK) != 0)
        return wrong(text_printf(w->arena, "%s cannot be written", s->media),
                     "make SOUK_MEDIA a folder of the user that runs souk");
    if (stat(s->uploads, &uploads) != 0 || access(s->uploads, W_OK) != 0)
        return wrong(text_printf(w->arena, "%s cannot be written", s->uploads),
                     "make SOUK_UPLOADS a folder of the user that runs souk");
    if (media.st_dev != uploads.st_dev)
        return wrong("SOUK_MEDIA and SOUK_UPLOADS lie on two file systems",
                     "put them on one: a finished file is moved, not copied");
    if (stat(s->exchange, &exchange) != 0 || access(s->exchange, W_OK) != 0)
        return wrong(text_printf(w->arena, "%s cannot be written", s->exchange),
                     "make SOUK_EXCHANGE a folder of the user that runs souk");
    if (exchange.st_dev != uploads.st_dev)
        return wrong("SOUK_EXCHANGE and SOUK_UPLOADS lie on two file systems",
                     "put them on one: an uploaded file is moved, not copied");
    if (statvfs(s->media, &disk) != 0 || disk.f_bavail * 100 < disk.f_blocks * ROOM_LEAST)
        return wrong("less than 5 % of the image store's disk is free",
                     "make room, or move the store to a larger disk");
    return fine(text_printf(w->arena, "%s, %llu GB free", s->media,
                            (unsigned long long)(disk.f_bavail * disk.f_frsize / 1000000000)));
}

/* ---- Servers ---- */

struct finding
doctor_schema(struct work *w)
{
    int missing;
    struct err *e = migrate_missing(w, &missing);
    if (e)
        return failed(w, e, "is this database's program older than its schema?");
    return missing
               ? wrong(text_printf(w->arena, "%d migrations are missing", missing), "souk migrate")
               : fine("as this program wants it");
}

struct finding
doctor_database(struct work *w)
{
    struct scan s;
    tx_open(w, TX_READ);
    struct err *e = db_one(w, Q_doctor_database, NO_ARGS, &s);
    if (e)
        return failed(w, e, "is PostgreSQL up, and does SOUK_DATABASE_URL name it?");
    int64_t version = scan_i64(&s), now_us = scan_time(&s), skew_us = now_us - clock_now_us();
    bool bypasses = scan_bool(&s);
    tx_rollback(w);
    if (version < 150000)
        return wrong("PostgreSQL is older than 15", "upgrade it");
    if (bypasses)
        return wrong("the workers' role may go around row-level security",
                     "psql -f sql/roles.sql, and connect as souk_app");
    if (skew_us > SKEW_MOST_US || skew_us < -SKEW_MOST_US)
        return wrong("this clock and the database's differ by more than two seconds",
                     "set up time synchronisation on both");
    return fine(text_printf(w->arena, "PostgreSQL %lld.%lld", (long long)(version / 10000),
                            (long long)(version % 10000)));
}

struct finding
doctor_redis(struct work *w)
{
    const struct bytes ping[] = { BYTES("PING", 4) };
    if (!cache_command(w->cache, w->arena, 1, ping).ok)
        return (struct finding){ WORTH_A_LOOK, "away; limits are held on each host by itself",
                                 "start Redis; SOUK_REDIS_URL names it" };
    return fine("answers");
}

/* ---- What runs ---- */

struct finding
doctor_jobs(struct work *w)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_READ);
    struct err *e = db_one(w, Q_doctor_jobs, NO_ARGS, &s);
    if (e)
        return failed(w, e, "souk migrate");
    int64_t late_s = scan_i64(&s), dead = scan_i64(&s);
    tx_rollback(w);
    if (late_s > LATE_MOST_S)
        return wrong(
            text_printf(w->arena, "a job has been due for %lld minutes", (long long)(late_s / 60)),
            "is `souk jobs` running?");
    if (dead)
        return (struct finding){ WORTH_A_LOOK,
                                 text_printf(w->arena, "%lld jobs have given up", (long long)dead),
                                 "look at /admin/jobs" };
    return fine("none is late");
}

struct finding
doctor_audit(struct work *w)
{
    struct audit_break *breaks;
    size_t n;
    tx_open(w, TX_OPERATOR_READ);
    struct err *e = audit_verify(w, &breaks, &n);
    if (e)
        return failed(w, e, "souk migrate");
    tx_rollback(w);
    if (n)
        return wrong(text_printf(w->arena, "row %lld of chain %lld is not as it was written",
                                 (long long)breaks[0].seq, (long long)breaks[0].chain),
                     "somebody changed the log: compare with a backup");
    return fine("every chain is whole");
}

struct finding
doctor_stock(struct work *w)
{
    struct stock_difference *all;
    size_t n;
    tx_open(w, TX_OPERATOR_READ);
    struct err *e = stock_prove(w, &all, &n);
    if (e)
        return failed(w, e, "souk migrate");
    tx_rollback(w);
    if (n)
        return wrong(text_printf(w->arena,
                                 "variant %lld of shop %lld: %lld on hand and %lld reserved, by "
                                 "its movements %lld and %lld, by orders %lld",
                                 (long long)all[0].variant.n, (long long)all[0].vendor.n,
                                 (long long)all[0].on_hand, (long long)all[0].reserved,
                                 (long long)all[0].ledger_on_hand,
                                 (long long)all[0].ledger_reserved, (long long)all[0].held),
                     "stock was changed without its ledger: count what lies there");
    return fine("the ledger sums to what lies there");
}

/* ---- The card provider ---- */

/* The secret of the address that was just made, for the workers to read at their next start. */
static struct finding
keep_secret(struct work *w, const char *secret)
{
    const char *path = w->settings->stripe_webhook_file;
    umask(077);
    struct err *e =
        *path ? file_write_durably(w->arena, path, BYTES(secret, strlen(secret))) : NULL;
    if (e)
        return failed(w, e, "make SOUK_STRIPE_WEBHOOK_FILE a file that can be written");
    if (!*path)
        return wrong(text_printf(w->arena, "events are sent to us, signed with %s", secret),
                     "put that into a file that SOUK_STRIPE_WEBHOOK_FILE names, and start again");
    return (struct finding){ WORTH_A_LOOK, text_printf(w->arena, "wrote %s", path),
                             "start the workers again" };
}

static struct finding
look_at_cards(struct work *w, bool mend)
{
    struct collect_state s;
    struct err *e = collect_open(w->arena, w->settings);
    if (e)
        return failed(w, e, e->say);
    if (!collect_provider()->collects)
        return fine("vendors pay by transfer");
    e = collect_look(w, mend, &s);
    if (e)
        return failed(w, e, "look at SOUK_STRIPE_KEY_FILE, and at the way out of this host");
    if (s.new_secret)
        return keep_secret(w, s.new_secret);
    if (s.clock_off_s > SIGNED_FOR_S || s.clock_off_s < -SIGNED_FOR_S)
        return wrong(text_printf(w->arena,
                                 "this clock is %lld s off the provider's: all its "
                                 "events are turned away",
                                 (long long)s.clock_off_s),
                     "keep this host's clock by NTP");
    if (!s.endpoint)
        return wrong("the provider does not send its events here", "souk doctor --fix");
    if (!s.endpoint_version)
        return wrong("the provider's events are of another version",
                     "remove the address at the provider, then souk doctor --fix");
    return fine("the provider answers and sends its events here");
}

struct finding
doctor_cards(struct work *w)
{
    return look_at_cards(w, false);
}

struct finding
doctor_mend_cards(struct work *w)
{
    return look_at_cards(w, true);
}
