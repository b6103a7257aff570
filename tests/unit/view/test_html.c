#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "view/html.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)256 << 20);
}

/* What comes out, which must come out again when it is made safe again. */
static void
expect_safe(const char *html, const char *expected)
{
    struct arena *a = begin();
    const char *safe = html_safe(a, html);
    assert_string_equal(safe, expected);
    assert_string_equal(html_safe(a, safe), safe);
    arena_free(a);
}

static void
expect_plain(const char *html, const char *expected)
{
    struct arena *a = begin();
    assert_string_equal(html_plain(a, html), expected);
    arena_free(a);
}

static void
what_shops_write_stays(void **state)
{
    (void)state;
    expect_safe("<p>Classic <b>clay</b> pot</p>", "<p>Classic <strong>clay</strong> pot</p>");
    expect_safe("<ul><li>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>");
    expect_safe("<P CLASS=x style='a:b'>a<p>b", "<p>a</p><p>b</p>");
    expect_safe("<table><tr><td>a<td>b<tr><th>c</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>");
    expect_safe("<a href='https://a.example/?x=1&amp;y=2' onclick=x>more</a>",
                "<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"nofollow noopener\">more</a>");
    expect_safe("5 < 6 &amp; caf&eacute; &#8364;5 &unknown;", "5 &lt; 6 &amp; caf\u00e9 \u20ac"
                                                              "5 &amp;unknown;");
    expect_safe("first\nsecond", "first<br>\nsecond");
    expect_safe("<h1>Title</h1>a<hr>b", "<h2>Title</h2>a<hr>b");
}

static void
what_could_run_falls_away(void **state)
{
    (void)state;
    expect_safe("a<script>alert(1)</script>b", "ab");
    expect_safe("a<SCRIPT src=x>alert(1)</scr</script >b", "ab");
    expect_safe("<img src=x onerror=alert(1)>x", "x");
    expect_safe("<a href='javascript:alert(1)'>x</a>", "x");
    expect_safe("<a href=' java\tscript:alert(1)'>x</a>", "x");
    expect_safe("<a href='&#106;avascript:alert(1)'>x</a>", "x");
    expect_safe("<svg><script>x</script></svg>y", "y");
    expect_safe("<style>p{}</style><!-- <p> -->y", "y");
    expect_safe("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)");
    expect_safe("<p title='>'>x", "<p>x</p>");
    expect_safe("<iframe src=x>", "");
    expect_safe("&lt;script&gt;x", "&lt;script&gt;x");
    expect_safe("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "");
}

static void
what_is_open_is_closed_in_order(void **state)
{
    (void)state;
    expect_safe("<b><i>x</b>y</i>", "<strong><em>x</em></strong>y");
    expect_safe("</p></b>x<b>", "x<strong></strong>");
    expect_safe("<p", "&lt;p");
    expect_safe("<p title=\"x>y", "<p>y</p>");
    expect_safe("<!-- x", "&lt;!-- x");
    expect_safe("<a href=http://a.example>x<a href=http://b.example>y",
                "<a href=\"http://a.example\" rel=\"nofollow noopener\">x</a>"
                "<a href=\"http://b.example\" rel=\"nofollow noopener\">y</a>");
}

static void
plain_text_keeps_lines_and_lists(void **state)
{
    (void)state;
    expect_plain("<p>One  &quot;two&quot;</p>\n<p>three<br>four</p>", "One \"two\"\n\nthree\nfour");
    expect_plain("<ul>\n <li> a </li>\n <li><p>b</p></li></ul>after", "- a\n- b\n\nafter");
    expect_plain("just text\n\n\nwith lines &amp; more", "just text\n\nwith lines & more");
    expect_plain("a<b>b</b>c&nbsp;&nbsp;d", "abc d");
    expect_plain("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc");
    expect_plain("<style>x</style>", "");
    expect_plain("caf\u00e9 \u00a9 x", "caf\u00e9 \u00a9 x");
}

static void
html_is_told_from_text(void **state)
{
    (void)state;
    assert_true(html_is("<p>x"));
    assert_true(html_is("a &quot;b&quot;"));
    assert_true(html_is("x<br/>y"));
    assert_false(html_is("a < b > c & d"));
    assert_false(html_is("<3 <x> &co;"));
    assert_false(html_is(""));
}

/* Each of these made a reader that looks ahead again and again take minutes. */
static void
a_hostile_text_takes_no_longer_than_its_length(void **state)
{
    static const char *const pieces[] = { "<a \"",    "<a",       "<!--",  "<b><p>",   "</", "&",
                                          "<script>", "<a href=", "<a ='", "<li><ul>", "<!" };
    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct arena *a = begin();
        struct buf b = buf_new(a, (size_t)1 << 20);
        while (b.length < 1000000)
            buf_text(&b, pieces[i]);
        html_safe(a, b.at);
        html_plain(a, b.at);
        html_is(b.at);
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_shops_write_stays),
        cmocka_unit_test(what_could_run_falls_away),
        cmocka_unit_test(what_is_open_is_closed_in_order),
        cmocka_unit_test(plain_text_keeps_lines_and_lists),
        cmocka_unit_test(html_is_told_from_text),
        cmocka_unit_test(a_hostile_text_takes_no_longer_than_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
