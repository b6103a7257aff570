/* Every kind of mail in every language, out of the real templates. A kind that comes later is found
 * in the table and held to the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "mail/kinds.h"
#include "mail/render.h"
#include "view/views.h"

#define LINK_END "/go/0123456789abcdef"

static struct views *views;
static const struct settings settings = { .public_url = "https://souk.example" };

static int
start(void **state)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct err *e = views_load(a, SOUK_SRCDIR "/templates", &views);
    if (e)
        fail_msg("%s %s", e->say, e->log ? e->log : "");
    *state = a;
    return 0;
}

static int
stop(void **state)
{
    arena_free(*state);
    return 0;
}

static struct mail
sample(const struct mail_kind *kind, const char *language)
{
    return (struct mail){ .id = 1,
                          .kind = kind->name,
                          .address = "anna@example.org",
                          .name = "Anna <b>",
                          .language = language,
                          .args = kind->args,
                          .secret = kind->secret ? kind->secret : "" };
}

static struct rendered
rendered(struct arena *a, const struct mail *m, bool secret)
{
    struct work w = { .arena = a, .settings = &settings, .now_us = clock_now_us() };
    struct rendered r;
    struct err *e = mail_render(&w, views, m, secret, &r);
    if (e)
        fail_msg("%s: %s", e->code, e->log);
    return r;
}

static void
each(void **state, void (*fn)(struct arena *a, const struct mail_kind *kind, const char *language))
{
    const char *const *codes;
    size_t count = language_codes(&codes);
    for (size_t i = 0; i < mail_kind_count; i++)
        for (size_t l = 0; l < count; l++)
            fn(*state, &mail_kinds[i], codes[l]);
}

static void
check_words(struct arena *a, const struct mail_kind *kind, const char *language)
{
    struct mail m = sample(kind, language);
    struct rendered r = rendered(a, &m, true);
    const char *all = text_printf(a, "%s\n%s\n%s", r.subject, r.text, r.html);
    const char *said = text_printf(a, "%s\n%s", r.subject, r.text);
    if (strstr(all, text_printf(a, "mail.%s.", kind->name)) || strstr(all, "mail.fact") ||
        strstr(all, "role.") || strstr(all, "{{") || strstr(said, ": .") || strstr(said, "  "))
        fail_msg("%s in %s lacks words or values:\n%s", kind->name, language, all);
    if (strchr(r.subject, '\n') || strlen(r.subject) < 8 || text_characters(r.subject) > 78)
        fail_msg("%s in %s: subject %s", kind->name, language, r.subject);
    if (strstr(r.text, "\n\n\n"))
        fail_msg("%s in %s: empty lines:\n%s", kind->name, language, r.text);
}

static void
every_kind_has_its_words_in_every_language(void **state)
{
    each(state, check_words);
}

static void
check_twins(struct arena *a, const struct mail_kind *kind, const char *language)
{
    struct mail m = sample(kind, language);
    struct rendered r = rendered(a, &m, true);
    bool has_link = kind->secret != NULL;
    if (!strstr(r.text, LINK_END) == has_link || !strstr(r.html, LINK_END) == has_link)
        fail_msg("%s in %s: the link is not in both texts", kind->name, language);
    if (!strstr(r.html, "Anna &lt;b&gt;") || !strstr(r.text, "Anna <b>"))
        fail_msg("%s in %s: the name is not escaped where it must be", kind->name, language);
    if (!strstr(r.html, text_printf(a, "<html lang=\"%s\">", language)))
        fail_msg("%s in %s: another language", kind->name, language);
}

static void
text_and_html_say_the_same(void **state)
{
    each(state, check_twins);
}

static void
check_hidden(struct arena *a, const struct mail_kind *kind, const char *language)
{
    struct mail m = sample(kind, language);
    struct rendered r = rendered(a, &m, false);
    if (strstr(r.text, LINK_END) || strstr(r.html, LINK_END))
        fail_msg("%s in %s: the preview shows the secret", kind->name, language);
    if (kind->secret && !strstr(r.text, "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"))
        fail_msg("%s in %s: the preview does not show where it stands", kind->name, language);
}

static void
a_preview_shows_no_secret(void **state)
{
    each(state, check_hidden);
}

static void
times_are_written_as_the_reader_does(void **state)
{
    struct mail m = sample(mail_kind_find("verification"), "de");
    assert_non_null(strstr(rendered(*state, &m, true).text, "25. November 2026"));
    m.language = "fr";
    assert_non_null(strstr(rendered(*state, &m, true).text, "25 novembre 2026"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_words_in_every_language),
        cmocka_unit_test(text_and_html_say_the_same),
        cmocka_unit_test(a_preview_shows_no_secret),
        cmocka_unit_test(times_are_written_as_the_reader_does),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
