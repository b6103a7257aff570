/* The copy of a log-in that Redis keeps. A Redis of this file's own answers with the input; what
 * cannot be read is as if it were not there, and then the database, which is away, is asked. */
#include <string.h>

#include "accounts/accounts.h"
#include "base/text.h"
#include "cache/cache.h"
#include "fuzz.h"

static struct bytes kept;

/* The linker puts these two where the room calls those of src/cache (--wrap). */
void __wrap_cache_queue(struct cache *c, int argc, const struct bytes *argv);
struct cache_reply __wrap_cache_reply(struct cache *c, struct arena *a);

void
__wrap_cache_queue(struct cache *c, int argc, const struct bytes *argv)
{
    (void)c;
    EXPECT(argc == 2 && argv[1].length);
}

struct cache_reply
__wrap_cache_reply(struct cache *c, struct arena *a)
{
    (void)c;
    char *text = text_copy_n(a, kept.at, kept.length);
    return (struct cache_reply){ .ok = true, .text = BYTES(text, kept.length) };
}

static void
check(const struct req *r)
{
    const struct visitor *v = &r->visitor;
    if (!v->session)
        return;
    EXPECT(v->role >= ROLE_NONE && v->role <= ROLE_ADMIN && *role_name(v->role) != '?');
    EXPECT(v->email && v->name && v->theme && v->shop_slug && v->shop_name && v->currency);
    EXPECT(r->work->language);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct work w = fuzz_work(a);
    struct pair cookie = { "session", "0123456789abcdef0123456789abcdef0123456789a" };
    struct fuzz_request f;
    static const struct route route = { .method = GET, .path = "/vendor/" };

    kept = BYTES(data, size);
    w.cache = (struct cache *)(void *)&kept; /* never looked into: only its address is passed on */
    fuzz_request_read(a, BYTES("\n", 1), &f);
    struct req r = fuzz_req(&w, &f, &route);
    r.cookies = (struct pairs){ &cookie, 1 };
    accounts_who_ask(&r);
    struct err *e = accounts_who_answer(&r);
    if (e)
        EXPECT(e->kind == ERR_BUSY && !r.visitor.user.n);
    check(&r);
    arena_free(a);
    return 0;
}
