/* FastCGI as a web server speaks it, and as nobody should: over a pair of sockets, whose other end
 * has said all it will say before we begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/wire.h"
#include "testdata.h"

#define BEGIN   "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
#define METHOD  "\x01\x04\x00\x01\x00\x13\x05\x00\x0e\x03REQUEST_METHODGET....."
#define NO_MORE "\x01\x04\x00\x01\x00\x00\x00\x00"
#define BODY                                                                                       \
    "\x01\x05\x00\x01\x00\x04\x04\x00"                                                             \
    "body...."
#define BODY_ENDS  "\x01\x05\x00\x01\x00\x00\x00\x00"
#define SAID(text) BYTES(text, sizeof(text) - 1)

/* What became of a conversation in which the server said `said`. */
struct outcome {
    bool begun;
    char method[16], body[64];
    unsigned char got[4096]; /* from us, up to where we closed */
    size_t length;
};

static struct outcome
talk(struct bytes said)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct outcome o = { 0 };
    struct wire w;
    int pair[2], room = 1 << 20;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    assert_int_equal(send(pair[1], said.at, said.length, MSG_DONTWAIT), said.length);
    assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
    if ((o.begun = wire_begin(&w, a, pair[0]))) {
        const char *method = wire_param(&w, "REQUEST_METHOD");
        strncpy(o.method, method ? method : "", sizeof(o.method) - 1);
        wire_read(&w, o.body, sizeof(o.body) - 1);
        wire_answer(&w, SAID("Status: 200\r\n\r\n"), SAID("hello"));
    }
    wire_end(&w);
    for (ssize_t n; (n = read(pair[1], o.got + o.length, sizeof(o.got) - o.length)) > 0;)
        o.length += (size_t)n;
    close(pair[1]);
    arena_free(a);
    return o;
}

static bool
has(const struct outcome *o, const char *bytes, size_t length)
{
    return memmem(o->got, o->length, bytes, length) != NULL;
}
#define HAS(o, text) has(&(o), text, sizeof(text) - 1)

static void
a_request_is_read_and_answered(void **state)
{
    struct outcome o = talk(SAID(BEGIN METHOD NO_MORE BODY BODY_ENDS));
    (void)state;
    assert_true(o.begun);
    assert_string_equal(o.method, "GET");
    assert_string_equal(o.body, "body");
    assert_true(HAS(o, "\x01\x06\x00\x01\x00\x0f\x00\x00Status: 200\r\n\r\n"));
    assert_true(HAS(o, "\x01\x06\x00\x01\x00\x05\x00\x00hello"));
    assert_true(HAS(o, "\x01\x06\x00\x01\x00\x00\x00\x00"
                       "\x01\x03\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"));
}

static void
a_length_is_compared_with_what_has_come(void **state)
{
    static const struct bytes params[] = {
        SAID("\x01\x04\x00\x01\x00\x08\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
        SAID("\x01\x04\x00\x01\x00\x08\x00\x00\xff\xff\xff\xff\x80\x00\x00\x01"),
        SAID("\x01\x04\x00\x01\x00\x03\x00\x00\x02\x01n"),
        SAID("\x01\x04\x00\x01\x00\x02\x00\x00\x80\x00"),
        SAID("\x01\x04\x00\x01\x00\x04\x00\x00\x01\x01n\x00"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(params); i++) {
        struct arena *a = arena_new((size_t)1 << 20);
        struct buf b = buf_new(a, 128);
        buf_add(&b, BEGIN, sizeof(BEGIN) - 1);
        buf_add(&b, params[i].at, params[i].length);
        buf_add(&b, NO_MORE BODY_ENDS, sizeof(NO_MORE BODY_ENDS) - 1);
        struct outcome o = talk(BYTES(b.at, b.length));
        assert_false(o.begun);
        assert_int_equal(o.length, 0);
        arena_free(a);
    }
}

static void
what_we_cannot_be_is_said(void **state)
{
    (void)state;
    struct outcome o =
        talk(SAID("\x01\x01\x00\x01\x00\x08\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00"));
    assert_false(o.begun);
    assert_true(HAS(o, "\x01\x03\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00\x03"));
    o = talk(SAID(BEGIN
                  "\x01\x01\x00\x02\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" METHOD NO_MORE
                      BODY_ENDS));
    assert_true(o.begun && HAS(o, "\x01\x03\x00\x02\x00\x08\x00\x00\x00\x00\x00\x00\x01"));
    o = talk(SAID("\x01\x63\x00\x00\x00\x00\x00\x00" BEGIN METHOD NO_MORE BODY_ENDS));
    assert_true(o.begun && HAS(o, "\x01\x0b\x00\x00\x00\x08\x00\x00\x63"));
    o = talk(SAID("\x01\x09\x00\x00\x00\x00\x00\x00" BEGIN METHOD NO_MORE BODY_ENDS));
    assert_true(o.begun && HAS(o, "FCGI_MPXS_CONNS0"));
}

static void
a_body_that_ends_too_early_is_no_more_than_came(void **state)
{
    (void)state;
    struct outcome o = talk(SAID(BEGIN METHOD NO_MORE "\x01\x05\x00\x01\x00\x40\x00\x00half"));
    assert_true(o.begun);
    assert_string_equal(o.body, "half");
}

static void
check_vector(const json_t *line, void *arg)
{
    struct arena *a = arena_new((size_t)4 << 20);
    const char *expect = testdata_text(line, "expect");
    struct outcome o = talk(testdata_bytes(a, line, "b64"));
    (void)arg;
    if ((text_is(expect, "answer") && !HAS(o, "hello")) || (text_is(expect, "close") && o.begun))
        fail_msg("%s: %s", testdata_text(line, "name"), o.begun ? "answered" : "hung up on");
    arena_free(a);
}

static void
connections_go_as_the_vectors_say(void **state)
{
    (void)state;
    if (!testdata_each("security/vectors/fastcgi-raw.jsonl", check_vector, NULL))
        skip();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_and_answered),
        cmocka_unit_test(a_length_is_compared_with_what_has_come),
        cmocka_unit_test(what_we_cannot_be_is_said),
        cmocka_unit_test(a_body_that_ends_too_early_is_no_more_than_came),
        cmocka_unit_test(connections_go_as_the_vectors_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
