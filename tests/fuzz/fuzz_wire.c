/* FastCGI, as whoever reaches the socket may speak it. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/wire.h"

static void
check_request(struct wire *w)
{
    char body[512];
    for (size_t i = 0; i < w->params.count; i++)
        EXPECT(wire_param(w, w->params.at[i].name));
    for (ptrdiff_t n; (n = wire_read(w, body, sizeof(body))) > 0;)
        EXPECT((size_t)n <= sizeof(body));
    wire_answer(w, BYTES("Status: 200\r\n\r\n", 15), BYTES(body, 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    struct wire w;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
        send(pair[1], data, size, MSG_DONTWAIT) != (ssize_t)size)
        return 0;
    shutdown(pair[1], SHUT_WR);
    struct arena *a = arena_new((size_t)8 << 20);
    if (wire_begin(&w, a, pair[0]))
        check_request(&w);
    wire_end(&w);
    close(pair[1]);
    arena_free(a);
    return 0;
}
