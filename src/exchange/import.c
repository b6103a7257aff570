/* What may be done with an import, and when. The states are a small machine: a file is uploaded and
 * its plan chosen, it is checked, it is run; each pass may be cancelled, and what was run and did
 * not come to its end may be run again, since products are known by their SKUs. */
#include "exchange/import.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/errors_file.h"
#include "exchange/import_store.h"
#include "exchange/tasks.h"
#include "queue/queue.h"

#define NAME_MOST 255

/* ---- Files ---- */

const char *
exchange_path(struct work *w, const char *name)
{
    return text_join(w->arena, w->settings->exchange, "/", name, NULL);
}

static const char *
new_name(struct work *w)
{
    return text_printf(w->arena, "imports/%lld/%s", (long long)w->vendor.n,
                       random_token(w->arena, 18));
}

/* The last part of a path that some browsers give, cut to what we keep of it. */
static const char *
plain_name(struct arena *a, const char *name)
{
    for (const char *at = name; *at; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    size_t n = 0;
    for (size_t characters = 0; name[n] && characters < NAME_MOST; characters++)
        for (n++; ((unsigned char)name[n] & 0xc0) == 0x80;)
            n++;
    return n ? text_copy_n(a, name, n) : "import.csv";
}

static struct err *
propose(struct work *w, const char *path, const char **plan)
{
    struct import_plan proposed;
    SCOPED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return BROKEN(w->arena, "import.open", path);
    TRY(plan_propose(w->arena, fd, &proposed));
    *plan = plan_to_json(w->arena, &proposed);
    return NULL;
}

/* The row behind the file: one that is never written leaves a file that the sweep takes. */
static struct err *
add(struct work *w, struct import *i, const char *from, const struct sha256 *hash,
    struct import_id *out)
{
    struct import_id id;
    i->path = new_name(w);
    const char *path = exchange_path(w, i->path);
    TRY(file_make_dirs(w->arena, text_copy_n(w->arena, path, (size_t)(strrchr(path, '/') - path))));
    TRY(file_move_durably(w->arena, from, path));
    tx_open(w, TX_WRITE);
    struct err *e = tx_end(w, import_store_add(w, i, hash, &id));
    if (e) {
        if (!text_is(e->code, "db.unknown"))
            unlink(path);
        return e;
    }
    *out = id;
    return NULL;
}

struct err *
import_add(struct work *w, const char *path, const char *name, int64_t bytes,
           const struct sha256 *hash, struct import_id *out)
{
    struct import i = {
        .name = plain_name(w->arena, name), .bytes = bytes, .language = w->language, .fixed = "{}"
    };
    TRY(propose(w, path, &i.plan));
    return add(w, &i, path, hash, out);
}

/* ---- Fixed values ---- */

bool
import_may_fix(enum import_field field)
{
    switch (field) {
    case FIELD_BRAND:
    case FIELD_CATEGORY:
    case FIELD_GOOGLE_CATEGORY:
    case FIELD_TAGS:
    case FIELD_STATUS:
    case FIELD_TAX_RATE:
    case FIELD_PRICE:
    case FIELD_STOCK:
        return true;
    default:
        return false;
    }
}

static void
free_json(void *json)
{
    json_decref(json);
}

struct err *
import_read_fixed(struct arena *a, const char *json, struct import_fixed *out, size_t *count)
{
    const char *name;
    json_t *value, *root = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    size_t n = 0;
    if (root)
        arena_defer(a, free_json, root);
    if (!json_is_object(root) || json_object_size(root) > IMPORT_FIXED_MOST)
        return FAIL(a, ERR_INVALID, "import.fixed", "Fixed values are an object of a few texts.");
    json_object_foreach(root, name, value)
    {
        enum import_field field;
        if (!field_read(name, &field) || !import_may_fix(field) || !json_is_string(value))
            return FAIL_FIELD(a, ERR_INVALID, "import.fixed", text_printf(a, "fixed.%s", name),
                              text_printf(a, "%s cannot have one value for all products.", name));
        if (*json_string_value(value))
            out[n++] = (struct import_fixed){ field, text_copy(a, json_string_value(value)) };
    }
    *count = n;
    return NULL;
}

/* ---- Deciding ---- */

static struct err *
busy(struct work *w)
{
    return FAIL(w->arena, ERR_CONFLICT, "import.busy", "This import is at work.");
}

static bool
is_busy(const struct import *i)
{
    return i->state == IMPORT_CHECKING || i->state == IMPORT_RUNNING ||
           i->state == IMPORT_CANCELLING;
}

/* Why it is not in a state for this. */
static struct err *
not_now(struct work *w, const struct import *i)
{
    if (is_busy(i))
        return busy(w);
    if (!i->path)
        return FAIL(w->arena, ERR_CONFLICT, "import.swept", "Its file is kept no more.");
    if (i->state == IMPORT_DONE)
        return FAIL(w->arena, ERR_CONFLICT, "import.over", "This import is done.");
    return FAIL(w->arena, ERR_CONFLICT, "import.changed", "This import has changed meanwhile.");
}

struct err *
import_choose(struct work *w, const struct import *i, const struct import_choice *choice)
{
    bool done;
    struct import_plan plan;
    struct import_fixed fixed[IMPORT_FIXED_MOST];
    size_t n;
    if (choice->plan)
        TRY(plan_from_json(w->arena, choice->plan, &plan));
    if (choice->fixed)
        TRY(import_read_fixed(w->arena, choice->fixed, fixed, &n));
    TRY(import_store_choose(w, i->id, choice, &done));
    return done ? NULL : not_now(w, i);
}

/* ---- Passes ---- */

static struct err *
may_check(struct work *w, const struct import *i)
{
    struct import_plan plan;
    TRY(plan_from_json(w->arena, i->plan, &plan));
    return plan_check(w->arena, &plan);
}

static struct err *
may_run(struct work *w, const struct import *i)
{
    if (!is_busy(i) && !i->checked)
        return FAIL(w->arena, ERR_CONFLICT, "import.not_checked", "Check this import first.");
    if (i->stop_on_errors && i->counts.refused && i->state == IMPORT_CHECKED)
        return FAIL(w->arena, ERR_CONFLICT, "import.has_errors",
                    "This import is to stop on errors, and its check found some.");
    return NULL;
}

struct err *
import_begin(struct work *w, const struct import *i, enum import_state to)
{
    /* A run has what it may be begun from behind the first. */
    static const enum import_state from[] = { IMPORT_UPLOADED, IMPORT_CHECKED, IMPORT_FAILED,
                                              IMPORT_CANCELLED };
    size_t without = to == IMPORT_RUNNING;
    bool done;
    TRY(to == IMPORT_RUNNING ? may_run(w, i) : may_check(w, i));
    TRY(import_store_begin(w, i->id, to, from + without, COUNT(from) - without, &done));
    return done ? NULL : not_now(w, i);
}

struct err *
import_begin_check(struct work *w, const struct import *i)
{
    TRY(import_begin(w, i, IMPORT_CHECKING));
    return queue_add(w, EXCHANGE_CHECK, text_i64(w->arena, i->id.n), "{}", NULL);
}

struct err *
import_begin_run(struct work *w, const struct import *i)
{
    TRY(import_begin(w, i, IMPORT_RUNNING));
    return queue_add(w, EXCHANGE_RUN, text_i64(w->arena, i->id.n), "{}", NULL);
}

struct err *
import_cancel(struct work *w, const struct import *i)
{
    bool done;
    TRY(import_store_cancel(w, i->id, &done));
    return done ? NULL
                : FAIL(w->arena, ERR_CONFLICT, "import.not_running", "This import is not at work.");
}

/* ---- Again, what was refused ---- */

struct err *
import_retry(struct work *w, const struct import *i, struct import_id *out)
{
    struct import_plan plan;
    struct import again = { .name = i->name,
                            .language = w->language,
                            .fixed = i->fixed,
                            .stop_on_errors = false,
                            .lenient = i->lenient,
                            .retry_of = i->id };
    struct sha256 hash;
    if (is_busy(i))
        return busy(w);
    if (!i->errors_path)
        return FAIL(w->arena, ERR_CONFLICT, "import.no_errors", "No row was refused.");
    TRY(plan_from_json(w->arena, i->plan, &plan));
    errors_file_plan(w->arena, &plan);
    again.plan = plan_to_json(w->arena, &plan);
    again.path = new_name(w);
    TRY(errors_file_copy(w, exchange_path(w, i->errors_path), exchange_path(w, again.path),
                         &again.bytes, &hash));
    return import_store_add(w, &again, &hash, out);
}
