/* What is of the public internet, and what an operator allows besides. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/text.h"
#include "net/reach.h"

union any {
    struct sockaddr one;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static union any
address_of(const char *text, int port)
{
    union any u = { 0 };
    if (strchr(text, ':')) {
        u.six.sin6_family = AF_INET6;
        u.six.sin6_port = htons((uint16_t)port);
        assert_int_equal(inet_pton(AF_INET6, text, &u.six.sin6_addr), 1);
    } else {
        u.four.sin_family = AF_INET;
        u.four.sin_port = htons((uint16_t)port);
        assert_int_equal(inet_pton(AF_INET, text, &u.four.sin_addr), 1);
    }
    return u;
}

static void
expect(const char *const *addresses, size_t n, bool is_public)
{
    for (size_t i = 0; i < n; i++) {
        union any u = address_of(addresses[i], 443);
        if (reach_is_public(&u.one) != is_public)
            fail_msg("%s is %spublic", addresses[i], is_public ? "" : "not ");
    }
}

static void
only_addresses_of_the_internet_are_public(void **state)
{
    static const char *const public[] = {
        "1.0.0.1",        "8.8.8.8",       "9.255.255.255",   "11.0.0.0",
        "100.63.255.255", "100.128.0.0",   "126.255.255.255", "128.0.0.1",
        "168.63.129.15",  "168.63.129.17", "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0",    "192.0.1.0",       "192.0.3.0",
        "192.88.98.255",  "192.88.100.0",  "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0",    "198.51.99.255",   "198.51.101.0",
        "203.0.112.255",  "203.0.114.0",   "223.255.255.255", "2606:4700::1111",
        "2001:4860::1",   "2001:200::1",   "2a00:1450::1",    "2003::1",
        "2620:fe::fe",    "3ffe:ffff::1",
    };
    static const char *const others[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "::ffff:0:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff:ffff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    };
    (void)state;
    expect(public, COUNT(public), true);
    expect(others, COUNT(others), false);
}

static void
what_is_no_internet_address_is_not_public(void **state)
{
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    (void)state;
    assert_false(reach_is_public((const void *)&local));
}

static void
the_operator_allows_networks_and_hosts_each_with_a_port(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct reach reach;
    (void)state;
    assert_null(reach_read(
        a, "127.0.0.1/32:9000, 10.1.0.0/16:*,[fd00::]/8:443, Relay.Internal:8025", &reach));
    assert_int_equal(reach.count, 4);
    static const struct {
        const char *address;
        int port;
        bool allowed;
    } rows[] = {
        { "127.0.0.1", 9000, true }, { "127.0.0.1", 9001, false }, { "127.0.0.2", 9000, false },
        { "10.1.255.1", 1, true },   { "10.2.0.1", 1, false },     { "fd12::1", 443, true },
        { "fd12::1", 80, false },    { "fe80::1", 443, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        union any u = address_of(rows[i].address, rows[i].port);
        if (reach_allows_address(&reach, &u.one) != rows[i].allowed)
            fail_msg("%s:%d", rows[i].address, rows[i].port);
    }
    assert_true(reach_allows_host(&reach, "relay.internal", 8025));
    assert_false(reach_allows_host(&reach, "relay.internal", 25));
    assert_false(reach_allows_host(&reach, "other.internal", 8025));
    assert_null(reach_read(a, "", &reach));
    assert_int_equal(reach.count, 0);
    arena_free(a);
}

static void
a_rule_that_cannot_be_read_is_named(void **state)
{
    static const char *const wrong[] = {
        "127.0.0.1",   "127.0.0.1/33:1", "127.0.0.1/x:1", "300.0.0.1/8:1",
        "[fd00::/8:1", "host:0",         "host:65536",    ":1",
        "[::1]/129:1", "host:1,,x",      "/8:1"
    };
    struct arena *a = arena_new((size_t)1 << 20);
    struct reach reach = { .count = 7 };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct err *e = reach_read(a, wrong[i], &reach);
        if (!e)
            fail_msg("%s", wrong[i]);
        assert_string_equal(e->code, "fetch.allow");
        assert_int_equal(reach.count, 7);
    }
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_addresses_of_the_internet_are_public),
        cmocka_unit_test(what_is_no_internet_address_is_not_public),
        cmocka_unit_test(the_operator_allows_networks_and_hosts_each_with_a_port),
        cmocka_unit_test(a_rule_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
