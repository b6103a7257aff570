/* Signatures of webhooks, by rows of our own and by the shared vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "http/signature.h"
#include "testdata.h"

#define NOW       1790000000
#define TOLERANCE 300

static struct arena *arena;

static const char *
sign(const char *time, const char *secret, const char *body)
{
    char *message = text_printf(arena, "%s.%s", time, body);
    struct sha256 mac = hmac_sha256(BYTES(secret, strlen(secret)), BYTES(message, strlen(message)));
    return hex_text(arena, BYTES(mac.bytes, sizeof(mac.bytes)));
}

static bool
holds(const char *header, const char *body)
{
    static const char *const secrets[] = { "new", "old" };
    return signature_holds(arena, header, BYTES(body, strlen(body)), secrets, COUNT(secrets), NOW,
                           TOLERANCE);
}

static void
either_secret_signs_while_they_are_changed(void **state)
{
    (void)state;
    assert_true(
        holds(text_printf(arena, "t=1790000000,v1=%s", sign("1790000000", "new", "{}")), "{}"));
    assert_true(
        holds(text_printf(arena, "t=1790000000,v1=%s", sign("1790000000", "old", "{}")), "{}"));
    assert_false(
        holds(text_printf(arena, "t=1790000000,v1=%s", sign("1790000000", "", "{}")), "{}"));
    assert_false(
        holds(text_printf(arena, "t=1790000000,v1=%s", sign("1790000000", "new", "{}")), "{ }"));
    assert_false(
        holds(text_printf(arena, "t=1789999990,v1=%s", sign("1790000000", "new", "{}")), "{}"));
}

static void
more_signatures_than_anybody_needs_are_refused(void **state)
{
    struct buf b = buf_new(arena, 4096);
    (void)state;
    buf_text(&b, "t=1790000000");
    for (int i = 0; i < SIGNATURES_MOST; i++)
        buf_printf(&b, ",v1=%s", sign("1790000000", "new", "{}"));
    assert_true(holds(b.at, "{}"));
    buf_printf(&b, ",v1=%s", sign("1790000000", "new", "{}"));
    assert_false(holds(b.at, "{}"));
}

/* Each header is one that a sender, a proxy or somebody else could make of a good one. */
static void
a_verdict_says_what_is_wrong_first(void **state)
{
    static const char *const secrets[] = { "new", "old", "" };
    const char *now = sign("1790000000", "old", "{}"), *old = sign("1789999699", "new", "{}");
    const struct {
        const char *header;
        enum signature_verdict verdict;
    } rows[] = {
        { text_printf(arena, "t=1790000000,v1=%s", now), SIGNATURE_OK },
        { text_printf(arena, "v0=x,v1=%s,t=1790000000,v2", now), SIGNATURE_OK },
        { text_printf(arena, "t=1790000000,v1=no-hex,v1=%s", now), SIGNATURE_OK },
        { text_printf(arena, "t=1789999700,v1=%s", sign("1789999700", "new", "{}")), SIGNATURE_OK },
        { text_printf(arena, "t=1790000301,v1=%s", sign("1790000301", "new", "{}")),
          SIGNATURE_STALE },
        { text_printf(arena, "t=1789999699,v1=%s", old), SIGNATURE_STALE },
        { text_printf(arena, "t=1789999699,v1=%s", now), SIGNATURE_WRONG }, /* wrong before stale */
        { text_printf(arena, "t=1790000000,v1=%s", sign("1790000000", "", "{}")), SIGNATURE_WRONG },
        { "t=1790000000,v1=no-hex", SIGNATURE_WRONG },
        { "t=1790000000,v1=", SIGNATURE_WRONG },
        { "t=1790000000", SIGNATURE_BAD_HEADER },
        { text_printf(arena, "t=1790000000,v0=%s", now), SIGNATURE_BAD_HEADER },
        { text_printf(arena, "v1=%s", now), SIGNATURE_BAD_HEADER },
        { text_printf(arena, "t=,v1=%s", now), SIGNATURE_BAD_HEADER },
        { text_printf(arena, "t=soon,v1=%s", now), SIGNATURE_BAD_HEADER },
        { text_printf(arena, "t=1790000000.0,v1=%s", now), SIGNATURE_BAD_HEADER },
        { text_printf(arena, "t=99999999999999999999,v1=%s", now), SIGNATURE_BAD_HEADER },
        { "", SIGNATURE_BAD_HEADER },
        { ",,=,", SIGNATURE_BAD_HEADER },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (signature_check(arena, rows[i].header, BYTES("{}", 2), secrets, COUNT(secrets), NOW,
                            TOLERANCE) != rows[i].verdict)
            fail_msg("%s: not %s", rows[i].header, signature_verdict_names[rows[i].verdict]);
}

static void
try_vector(const json_t *line, void *arg)
{
    const char *expect = testdata_text(line, "expect"), *secret = testdata_text(line, "secret");
    bool right = signature_holds(arena, testdata_text(line, "header"),
                                 testdata_bytes(arena, line, "body_b64"), &secret, 1,
                                 json_integer_value(json_object_get(line, "now")),
                                 json_integer_value(json_object_get(line, "tolerance")));
    if (!text_is(expect, "either") && right != text_is(expect, "valid"))
        fail_msg("%s: %s", testdata_text(line, "name"), right ? "held" : "refused");
    ++*(int *)arg;
}

static void
every_shared_vector_is_decided_as_it_says(void **state)
{
    int n = 0;
    (void)state;
    if (!testdata_each("security/vectors/stripe-signature.jsonl", try_vector, &n))
        skip();
    assert_true(n >= 35);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_secret_signs_while_they_are_changed),
        cmocka_unit_test(more_signatures_than_anybody_needs_are_refused),
        cmocka_unit_test(a_verdict_says_what_is_wrong_first),
        cmocka_unit_test(every_shared_vector_is_decided_as_it_says),
    };
    arena = arena_new((size_t)16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
