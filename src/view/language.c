/* Words in one hash table a language, open addressing; a plural form is a key of its own. */
#include "view/language.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "view/escape.h"
#include "view/tree.h"

#define FILE_MOST ((size_t)1 << 20)

struct entry {
    const char *key;
    uint32_t hash;
    struct word word;
};

struct language {
    const char *code;
    struct arena *arena;
    const struct language *fallback; /* English; NULL for itself */
    struct entry *entries;
    uint32_t count, room; /* room: a power of two */
};

/* clang-format off */
static const struct rule {
    const char *code, *group;
    char point;
    bool zero_is_one;
} rules[] = {
    { "en", ",",      '.', false },
    { "fr", "\u202f", ',', true },
    { "de", ".",      ',', false },
    { "lb", ".",      ',', false },
};
/* clang-format on */

struct languages {
    struct arena *arena;
    struct language all[COUNT(rules)];
};

static const struct rule *
rule_of(const char *code)
{
    for (size_t i = 0; code && i < COUNT(rules); i++)
        if (text_is(rules[i].code, code))
            return &rules[i];
    return &rules[0];
}

bool
language_known(const char *code)
{
    return text_is(rule_of(code)->code, code);
}

size_t
language_codes(const char *const **codes)
{
    static const char *const all[] = { "en", "fr", "de", "lb" };
    *codes = all;
    return COUNT(all);
}

const char *
language_code(const struct language *l)
{
    return l ? l->code : "en";
}

const char *
language_group(const struct language *l)
{
    return rule_of(language_code(l))->group;
}

char
language_point(const struct language *l)
{
    return rule_of(language_code(l))->point;
}

bool
language_is_one(const struct language *l, int64_t n)
{
    return n == 1 || (n == 0 && rule_of(language_code(l))->zero_is_one);
}

/* ---- The table ---- */

static struct entry *
slot_of(const struct language *l, const char *key, uint32_t hash)
{
    uint32_t i = hash & (l->room - 1);
    while (l->entries[i].key && (l->entries[i].hash != hash || strcmp(l->entries[i].key, key) != 0))
        i = (i + 1) & (l->room - 1);
    return &l->entries[i];
}

static void
grow(struct language *l)
{
    struct entry *old = l->entries;
    uint32_t room = l->room;
    l->room = room ? room * 2 : 256;
    l->entries = NEW_ARRAY(l->arena, struct entry, l->room);
    for (uint32_t i = 0; i < room; i++)
        if (old[i].key)
            *slot_of(l, old[i].key, old[i].hash) = old[i];
}

static struct err *
put(struct language *l, const char *file, const char *key, const char *text)
{
    if (l->count * 2 >= l->room)
        grow(l);
    uint32_t hash = name_hash(key, strlen(key));
    struct entry *e = slot_of(l, key, hash);
    struct template *t = NULL;

    if (strstr(text, "{{"))
        TRY(template_compile(l->arena, text_printf(l->arena, "%s, %s", file, key), text,
                             strlen(text), false, &t));
    if (!e->key)
        l->count++;
    *e = (struct entry){ .key = key, .hash = hash, .word.text = text, .word.template = t };
    struct buf html = buf_new(l->arena, strlen(text) + 16);
    escape_html(&html, text, strlen(text));
    e->word.html = html.at;
    e->word.html_length = html.length;
    return NULL;
}

static const struct word *
find_word(const struct language *l, const char *key)
{
    if (!l->room)
        return NULL;
    const struct entry *e = slot_of(l, key, name_hash(key, strlen(key)));
    return e->key ? &e->word : NULL;
}

static const struct word *
find_plural(const struct language *l, const char *key, bool one)
{
    char form[256];
    size_t n = strlen(key);
    const char *suffix = one ? "[one]" : "[other]";
    if (n + 8 >= sizeof(form))
        return NULL;
    memcpy(form, key, n);
    memcpy(form + n, suffix, strlen(suffix) + 1);
    return find_word(l, form);
}

const struct word *
language_word(const struct language *l, const char *key, bool one)
{
    for (; l; l = l->fallback) {
        const struct word *word = find_word(l, key);
        if (!word)
            word = find_plural(l, key, one);
        if (word)
            return word;
    }
    return NULL;
}

bool
language_knows(const struct language *l, const char *key)
{
    return language_word(l, key, false) != NULL;
}

const char *
language_fill(const struct language *l, struct arena *a, const char *key, const struct val *context,
              int64_t now_us)
{
    const struct val *count = context ? val_get(context, "count") : NULL;
    bool one = count && (count->kind == VAL_COUNT || count->kind == VAL_I64) &&
               language_is_one(l, count->number);
    const struct word *word = language_word(l, key, one);
    if (!word)
        return NULL;
    if (!word->template)
        return word->text;
    struct template_set none = { 0 };
    struct render how = { .set = &none, .language = l, .now_us = now_us };
    struct buf out = buf_new(a, 128);
    template_render(word->template, &how, context, &out);
    return out.at;
}

/* ---- Files ---- */

struct languages *
languages_new(struct arena *a)
{
    struct languages *ls = NEW(a, struct languages);
    ls->arena = a;
    for (size_t i = 0; i < COUNT(rules); i++) {
        ls->all[i].code = rules[i].code;
        ls->all[i].arena = a;
        ls->all[i].fallback = i ? &ls->all[0] : NULL;
    }
    return ls;
}

const struct language *
language_find(const struct languages *ls, const char *code)
{
    return &ls->all[rule_of(code) - rules];
}

static struct err *
bad_line(struct languages *ls, const char *file, int line)
{
    return FAIL(ls->arena, ERR_INVALID, "language.line",
                text_printf(ls->arena, "%s, line %d: a line is `key = text`.", file, line));
}

struct err *
languages_add(struct languages *ls, const char *code, const char *file, const char *text)
{
    struct language *l = &ls->all[rule_of(code) - rules];
    int line = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        char *row = text_trim(ls->arena, text_copy_n(ls->arena, text, n));
        text += n + (text[n] == '\n');
        line++;
        if (!*row || *row == '#')
            continue;
        char *equals = strchr(row, '=');
        if (!equals)
            return bad_line(ls, file, line);
        char *key = text_trim(ls->arena, text_copy_n(ls->arena, row, (size_t)(equals - row)));
        if (!*key)
            return bad_line(ls, file, line);
        TRY(put(l, file, key, text_trim(ls->arena, equals + 1)));
    }
    return NULL;
}

struct loading {
    struct languages *languages;
    const char *code;
};

static struct err *
load_file(void *arg, const char *path, const char *name)
{
    struct loading *loading = arg;
    struct bytes text;
    if (!text_ends(name, ".txt"))
        return NULL;
    TRY(file_read(loading->languages->arena, path, FILE_MOST, &text));
    return languages_add(loading->languages, loading->code, path, (const char *)text.at);
}

struct err *
languages_load(struct arena *a, const char *directory, struct languages **out)
{
    struct languages *ls = languages_new(a);
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct loading loading = { ls, rules[i].code };
        TRY(file_each(a, text_printf(a, "%s/%s", directory, rules[i].code), load_file, &loading));
    }
    *out = ls;
    return NULL;
}

/* "fr-CH, fr;q=0.9, en;q=0.8": the highest q among ours wins, the earlier of equals. */
const char *
language_pick(const char *accept)
{
    const char *best = "en";
    double best_q = 0;
    for (int items = 0; accept && *accept && items < 50; items++) {
        size_t n = strcspn(accept, ",");
        char item[64] = "";
        memcpy(item, accept, n < sizeof(item) ? n : sizeof(item) - 1);
        accept += n + (accept[n] == ',');

        const char *tag = item + strspn(item, " \t");
        const char *q_at = strstr(tag, "q=");
        double q = q_at ? strtod(q_at + 2, NULL) : 1;
        for (size_t i = 0; i < COUNT(rules); i++)
            if (strncasecmp(tag, rules[i].code, 2) == 0 && (!tag[2] || strchr("-; \t", tag[2])) &&
                q > best_q) {
                best = rules[i].code;
                best_q = q;
            }
    }
    return best;
}
