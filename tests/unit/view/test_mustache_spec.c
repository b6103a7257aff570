/* The mustache specification's own suite, read from the shared test data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "view/mustache.h"

static const char *const files[] = { "comments", "delimiters", "interpolation", "inverted",
                                     "partials", "sections",   "~inheritance",  "~dynamic-names" };

static struct val *
from_json(struct arena *a, const json_t *json)
{
    struct val *holder = val_map(a);
    const char *name;
    json_t *one;
    size_t i;
    switch (json_typeof(json)) {
    case JSON_OBJECT: {
        struct val *map = val_map(a);
        json_object_foreach((json_t *)(uintptr_t)json, name, one)
            val_set(map, name, from_json(a, one));
        return map;
    }
    case JSON_ARRAY: {
        struct val *list = val_list(a);
        json_array_foreach(json, i, one) val_add(list, from_json(a, one));
        return list;
    }
    case JSON_STRING:
        return val_text(a, json_string_value(json));
    case JSON_INTEGER:
        val_set_i64(holder, "v", json_integer_value(json));
        return val_get(holder, "v");
    case JSON_REAL:
        val_set_double(holder, "v", json_real_value(json));
        return val_get(holder, "v");
    case JSON_TRUE:
    case JSON_FALSE:
        val_set_bool(holder, "v", json_is_true(json));
        return val_get(holder, "v");
    default:
        return val_text(a, NULL);
    }
}

static bool
passes(const json_t *test)
{
    struct arena *a = arena_new((size_t)16 << 20);
    struct template_set *set = template_set_new(a);
    const char *text = json_string_value(json_object_get(test, "template"));
    const char *expected = json_string_value(json_object_get(test, "expected"));
    const char *name;
    json_t *partial;
    struct err *e = template_add(set, "test", text, strlen(text), true);
    json_object_foreach(json_object_get(test, "partials"), name, partial)
    {
        const char *p = json_string_value(partial);
        if (!e)
            e = template_add(set, name, p, strlen(p), true);
    }
    struct buf out = buf_new(a, 64);
    struct render how = { .set = set };
    if (!e)
        template_render(template_find(set, "test"), &how,
                        from_json(a, json_object_get(test, "data")), &out);
    bool same = !e && strcmp(out.at, expected) == 0;
    if (!same)
        printf("  %s\n    template %s\n    expected %s\n    rendered %s\n",
               json_string_value(json_object_get(test, "name")), text, expected,
               e ? e->say : out.at);
    arena_free(a);
    return same;
}

static void
every_test_of_the_specification_passes(void **state)
{
    const char *data = getenv("SOUK_TESTDATA");
    int passed = 0, all = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[1024];
        snprintf(path, sizeof(path), "%s/mustache-spec/specs/%s.json", data ? data : "../shared",
                 files[i]);
        json_t *suite = json_load_file(path, 0, NULL);
        if (!suite)
            skip();
        size_t n;
        json_t *test;
        json_array_foreach(json_object_get(suite, "tests"), n, test)
        {
            all++;
            passed += passes(test);
        }
        json_decref(suite);
    }
    printf("mustache specification: %d of %d\n", passed, all);
    assert_int_equal(passed, all);
    assert_int_equal(all, 184);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_test_of_the_specification_passes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
