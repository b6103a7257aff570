#include "images/storage.h"

struct err *
storage_put(struct storage *s, struct arena *a, const char *name, struct bytes b)
{
    return s->ops->put(s->self, a, name, b);
}

struct err *
storage_take(struct storage *s, struct arena *a, const char *name, const char *from_path)
{
    return s->ops->take(s->self, a, name, from_path);
}

struct err *
storage_fetch(struct storage *s, struct arena *a, const char *name, const char *path)
{
    return s->ops->fetch(s->self, a, name, path);
}

struct err *
storage_get(struct storage *s, struct arena *a, const char *name, size_t most, struct bytes *out)
{
    return s->ops->get(s->self, a, name, most, out);
}

struct err *
storage_size(struct storage *s, struct arena *a, const char *name, bool *there, uint64_t *bytes)
{
    return s->ops->size(s->self, a, name, there, bytes);
}

struct err *
storage_drop(struct storage *s, struct arena *a, const char *name)
{
    return s->ops->drop(s->self, a, name);
}

struct err *
storage_each(struct storage *s, struct arena *a,
             struct err *(*fn)(void *arg, const struct storage_file *file), void *arg)
{
    return s->ops->each(s->self, a, fn, arg);
}
