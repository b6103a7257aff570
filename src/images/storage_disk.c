/* The image store on the local disk. base/file.h makes writes durable (beside, fsync, rename, fsync
 * of the directory). Half-written files end in ".tmp"; each() skips them while they are young and
 * removes what a dead process left behind, so nothing half-written stays. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "images/storage.h"

#define TMP_LIFE_US (INT64_C(3600) * SECOND_US)

struct disk {
    const char *root;
};

static char *
path_of(void *self, struct arena *a, const char *name)
{
    return text_printf(a, "%s/%s", ((struct disk *)self)->root, name);
}

static struct err *
disk_put(void *self, struct arena *a, const char *name, struct bytes b)
{
    return file_write_durably(a, path_of(self, a, name), b);
}

static struct err *
disk_take(void *self, struct arena *a, const char *name, const char *from_path)
{
    return file_move_durably(a, from_path, path_of(self, a, name));
}

static void
drop_link(void *path)
{
    unlink(path);
}

/* A second name of the same file: nothing is copied. */
static struct err *
disk_fetch(void *self, struct arena *a, const char *name, const char *path)
{
    const char *from = path_of(self, a, name);
    unlink(path);
    if (link(from, path) < 0)
        return errno == ENOENT
                   ? FAIL(a, ERR_NOT_FOUND, "file.missing",
                          text_printf(a, "%s is not there.", from))
                   : BROKEN(a, "storage.fetch", text_printf(a, "%s: %s", path, strerror(errno)));
    arena_defer(a, drop_link, text_copy(a, path));
    return NULL;
}

static struct err *
disk_get(void *self, struct arena *a, const char *name, size_t most, struct bytes *out)
{
    return file_read(a, path_of(self, a, name), most, out);
}

static struct err *
disk_size(void *self, struct arena *a, const char *name, bool *there, uint64_t *bytes)
{
    struct file_facts facts;
    *there = file_facts(path_of(self, a, name), &facts) && facts.is_file;
    *bytes = *there ? facts.bytes : 0;
    return NULL;
}

static struct err *
disk_drop(void *self, struct arena *a, const char *name)
{
    char *path = path_of(self, a, name);
    if (unlink(path) < 0 && errno != ENOENT)
        return BROKEN(a, "storage.drop", text_printf(a, "%s: %s", path, strerror(errno)));
    return NULL;
}

struct walk {
    const char *root;
    struct arena *arena; /* of one leaf */
    struct err *(*fn)(void *arg, const struct storage_file *file);
    void *arg;
    int depth;
};

static struct err *
visit_file(struct walk *walk, const char *path, const struct file_facts *facts)
{
    if (text_ends(path, ".tmp")) {
        if (clock_now_us() - facts->written_us > TMP_LIFE_US)
            unlink(path);
        return NULL;
    }
    struct storage_file file = { path + strlen(walk->root) + 1, facts->bytes, facts->written_us };
    return walk->fn(walk->arg, &file);
}

/* The failure outlives the leaf's arena it was made in. */
static struct err *
keep_failure(struct arena *a, const struct err *e)
{
    return err_new(a, e->kind, text_copy(a, e->code), NULL, text_copy(a, e->say),
                   e->log ? text_copy(a, e->log) : NULL, e->at);
}

/* Directories first to last, each with an arena of its own: a walk over millions of files holds the
 * names of one directory a level. */
static struct err *
visit(void *arg, const char *path, const char *name)
{
    struct walk *walk = arg;
    struct file_facts facts;
    (void)name;
    if (!file_facts(path, &facts))
        return NULL; /* gone meanwhile */
    if (facts.is_file)
        return visit_file(walk, path, &facts);
    if (!facts.is_directory || walk->depth > 4)
        return NULL;

    struct arena *leaf = arena_new((size_t)256 * 1024 * 1024);
    walk->depth++;
    struct err *e = file_each(leaf, path, visit, walk);
    walk->depth--;
    if (e)
        e = keep_failure(walk->arena, e);
    arena_free(leaf);
    return e;
}

static struct err *
disk_each(void *self, struct arena *a,
          struct err *(*fn)(void *arg, const struct storage_file *file), void *arg)
{
    struct disk *disk = self;
    struct walk walk = { .root = disk->root, .arena = a, .fn = fn, .arg = arg };
    struct file_facts facts;
    if (!file_facts(disk->root, &facts))
        return NULL; /* nothing was stored yet */
    return visit(&walk, disk->root, "");
}

static const struct storage_ops disk_ops = {
    .put = disk_put,
    .take = disk_take,
    .fetch = disk_fetch,
    .get = disk_get,
    .size = disk_size,
    .drop = disk_drop,
    .each = disk_each,
};

struct storage *
storage_disk(struct arena *a, const char *root)
{
    struct disk *disk = NEW(a, struct disk);
    disk->root = root;
    struct storage *s = NEW(a, struct storage);
    s->ops = &disk_ops;
    s->self = disk;
    return s;
}
