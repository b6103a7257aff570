/* Digests against the vectors of RFC 4231 and FIPS 180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "testdata.h"

static struct bytes
of(const char *text)
{
    return BYTES(text, strlen(text));
}

static void
assert_hex(struct sha256 d, const char *hex)
{
    struct arena *a = arena_new(4096);
    assert_string_equal(hex_text(a, BYTES(d.bytes, sizeof(d.bytes))), hex);
    arena_free(a);
}

static void
a_keyed_digest_is_rfc_4231s(void **state)
{
    uint8_t twenty[20], long_key[131], fifty[50];
    (void)state;
    memset(twenty, 0x0b, sizeof(twenty));
    memset(long_key, 0xaa, sizeof(long_key));
    memset(fifty, 0xdd, sizeof(fifty));
    assert_hex(hmac_sha256(BYTES(twenty, 20), of("Hi There")),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hex(hmac_sha256(of("Jefe"), of("what do ya want for nothing?")),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hex(hmac_sha256(BYTES(long_key, 20), BYTES(fifty, 50)),
               "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    assert_hex(hmac_sha256(BYTES(long_key, 131),
                           of("Test Using Larger Than Block-Size Key - Hash Key First")),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static struct bytes
hex_member(struct arena *a, const json_t *test, const char *member)
{
    const char *hex = testdata_text(test, member);
    size_t length = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(a, length + 1);
    assert_true(hex_bytes(hex, bytes, length));
    return BYTES(bytes, length);
}

/* Tags shorter than ours are its beginning. */
static void
check_tag(const json_t *test)
{
    struct arena *a = arena_new(65536);
    struct bytes tag = hex_member(a, test, "tag");
    struct sha256 mac = hmac_sha256(hex_member(a, test, "key"), hex_member(a, test, "msg"));
    assert_in_range(tag.length, 1, sizeof(mac.bytes));
    bool same = memcmp(mac.bytes, tag.at, tag.length) == 0;
    assert_int_equal(same, strcmp(testdata_text(test, "result"), "valid") == 0);
    arena_free(a);
}

static void
a_keyed_digest_is_as_wycheproof_says(void **state)
{
    json_t *suite = testdata_json("security/wycheproof/hmac_sha256_test.json"), *group, *test;
    size_t i, k, seen = 0;
    (void)state;
    if (!suite)
        skip();
    json_array_foreach(json_object_get(suite, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), k, test)
        {
            check_tag(test);
            seen++;
        }
    }
    assert_int_equal(seen, json_integer_value(json_object_get(suite, "numberOfTests")));
    json_decref(suite);
}

static void
an_empty_key_and_an_empty_message_have_a_digest_too(void **state)
{
    (void)state;
    assert_hex(hmac_sha256(BYTES(NULL, 0), of("")),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_hex(sha256_of(of("")),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
a_digest_in_pieces_is_that_of_the_whole(void **state)
{
    struct arena *a = arena_new(4096);
    (void)state;
    struct sha256_run *run = sha256_begin(a);
    sha256_more(run, of("a"));
    sha256_more(run, of("bc"));
    struct sha256 pieces = sha256_end(run), whole = sha256_of(of("abc"));
    assert_true(sha256_equal(&pieces, &whole));
    assert_hex(whole, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    arena_free(a);
}

static void
base64url_comes_back_and_knows_its_letters(void **state)
{
    struct arena *a = arena_new(4096);
    struct bytes back;
    uint8_t all[256];
    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    for (size_t n = 0; n <= sizeof(all); n++) {
        assert_true(base64url_bytes(a, base64url(a, BYTES(all, n)), &back));
        assert_int_equal(back.length, n);
        assert_memory_equal(back.at, all, n);
        arena_reset(a);
    }
    static const char *const bad[] = { "+A==",
                                       "AB/C",
                                       "A",
                                       "AAAAA",
                                       "AB\x80"
                                       "C",
                                       "AB",
                                       "A A" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(base64url_bytes(a, bad[i], &back));
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_keyed_digest_is_rfc_4231s),
        cmocka_unit_test(a_keyed_digest_is_as_wycheproof_says),
        cmocka_unit_test(an_empty_key_and_an_empty_message_have_a_digest_too),
        cmocka_unit_test(a_digest_in_pieces_is_that_of_the_whole),
        cmocka_unit_test(base64url_comes_back_and_knows_its_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
