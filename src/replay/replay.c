#include "replay/replay.h"

#include "base/text.h"
#include "replay/kinds.h"

#define SHOWN_MOST    200
#define VECTOR_MEMORY ((size_t)256 << 20)

static const struct kind *
kind_of(const char *name)
{
    for (size_t i = 0; i < kind_count; i++)
        if (text_is(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

struct err *
replay_answer(struct arena *a, const json_t *question, json_t **out)
{
    const json_t *name = json_object_get(question, "kind");
    const json_t *given = name ? json_object_get(question, "given") : question;
    const struct kind *kind = kind_of(name ? json_string_value(name) : "scenario");
    if (!kind)
        return FAIL(a, ERR_INVALID, "replay.unknown_kind", "There is no such kind of vector.");
    json_t *answer = kind->answer(a, given);
    if (!answer)
        return FAIL(a, ERR_INVALID, "replay.unreadable",
                    "What is given cannot be read as this kind of vector.");
    *out = answer;
    return NULL;
}

struct err *
replay_load(struct arena *a, const char *path, json_t **out)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!file)
        return FAIL(a, ERR_MALFORMED, "replay.file",
                    text_printf(a, "%s, line %d: %s", path, error.line, error.text));
    *out = file;
    return NULL;
}

static char *
shown(struct arena *a, const json_t *value)
{
    if (!value)
        return text_copy(a, "nothing");
    char text[SHOWN_MOST];
    size_t n = json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY | JSON_COMPACT);
    return n <= sizeof(text) ? text_copy_n(a, text, n)
                             : text_printf(a, "%.*s …", (int)sizeof(text), text);
}

/* The first place where two values part, as a path; NULL: nowhere. */
static const char *
parting(struct arena *a, const char *path, const json_t *want, const json_t *got)
{
    const char *key, *found = NULL;
    json_t *value;
    size_t i;
    if (json_equal(want, got))
        return NULL;
    if (json_is_object(want) && json_is_object(got)) {
        json_object_foreach((json_t *)want, key, value)
        {
            found =
                parting(a, text_printf(a, "%s.%s", path, key), value, json_object_get(got, key));
            if (found)
                return found;
        }
        json_object_foreach(
            (json_t *)got, key,
            value) if (!json_object_get(want, key)) return text_printf(a, "%s.%s: not expected: %s",
                                                                       path, key, shown(a, value));
    }
    if (json_is_array(want) && json_is_array(got))
        json_array_foreach(want, i, value)
        {
            found = parting(a, text_printf(a, "%s[%zu]", path, i), value, json_array_get(got, i));
            if (found)
                return found;
        }
    return text_printf(a, "%s: expected %s, got %s", path, shown(a, want), shown(a, got));
}

static bool
right(struct arena *a, const json_t *vector, FILE *to)
{
    const char *id = json_string_value(json_object_get(vector, "id"));
    const char *title = json_string_value(json_object_get(vector, "title"));
    json_t *answer = NULL;
    struct err *e = replay_answer(a, vector, &answer);
    const char *why = e ? e->say : parting(a, "", json_object_get(vector, "expect"), answer);
    json_decref(answer);
    if (why)
        fprintf(to, "%s: %s\n    %s\n", id ? id : "?", title ? title : "", why);
    return !why;
}

struct err *
replay_verify(struct arena *a, const json_t *file, FILE *to, size_t *wrong, size_t *count)
{
    const json_t *vectors = json_object_get(file, "vectors");
    size_t i, bad = 0;
    json_t *vector;
    if (!json_is_array(vectors))
        return FAIL(a, ERR_INVALID, "replay.file", "The file has no list \"vectors\".");
    json_array_foreach(vectors, i, vector)
    {
        struct arena *own = arena_new(VECTOR_MEMORY);
        bad += !right(own, vector, to);
        arena_free(own);
    }
    *wrong = bad;
    *count = json_array_size(vectors);
    return NULL;
}
