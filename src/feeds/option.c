#include "feeds/option.h"

#include "base/must.h"
#include "base/slug.h"
#include "base/text.h"

#define NAME_MOST 40

/* As slug_of() gives them: small, without accents. A name is found by what it ends with, too:
 * "shoe size", "Schuhgröße". */
/* clang-format off */
static const struct name_row {
    const char *name;
    enum feed_attribute attribute;
} names[] = {
    /* en fr de lb, nl it es pt pl sv da fi */
    { "color", FEED_COLOR }, { "colour", FEED_COLOR }, { "couleur", FEED_COLOR }, { "coloris", FEED_COLOR }, { "farbe", FEED_COLOR },
    { "faarf", FEED_COLOR }, { "kleur", FEED_COLOR }, { "colore", FEED_COLOR }, { "cor", FEED_COLOR }, { "kolor", FEED_COLOR },
    { "faerg", FEED_COLOR }, { "farg", FEED_COLOR }, { "farve", FEED_COLOR }, { "vaeri", FEED_COLOR }, { "vari", FEED_COLOR }, { "finish", FEED_COLOR },
    { "size", FEED_SIZE }, { "taille", FEED_SIZE }, { "pointure", FEED_SIZE }, { "groesse", FEED_SIZE }, { "grosse", FEED_SIZE },
    { "greisst", FEED_SIZE }, { "maat", FEED_SIZE }, { "taglia", FEED_SIZE }, { "talla", FEED_SIZE }, { "tamano", FEED_SIZE },
    { "tamanho", FEED_SIZE }, { "rozmiar", FEED_SIZE }, { "storlek", FEED_SIZE }, { "stoerrelse", FEED_SIZE }, { "koko", FEED_SIZE },
    { "material", FEED_MATERIAL }, { "matiere", FEED_MATERIAL }, { "materiau", FEED_MATERIAL }, { "stoff", FEED_MATERIAL }, { "fabric", FEED_MATERIAL },
    { "tissu", FEED_MATERIAL }, { "materiaal", FEED_MATERIAL }, { "materiale", FEED_MATERIAL }, { "stof", FEED_MATERIAL },
    { "pattern", FEED_PATTERN }, { "motif", FEED_PATTERN }, { "muster", FEED_PATTERN }, { "patroon", FEED_PATTERN }, { "motivo", FEED_PATTERN },
    { "gender", FEED_GENDER }, { "sex", FEED_GENDER }, { "geschlecht", FEED_GENDER }, { "sexe", FEED_GENDER }, { "genre", FEED_GENDER },
    { "age-group", FEED_AGE_GROUP }, { "altersgruppe", FEED_AGE_GROUP }, { "tranche-d-age", FEED_AGE_GROUP }, { "altersgrupp", FEED_AGE_GROUP },
};

static const struct value_row {
    const char *value, *means;
} genders[] = {
    { "male", "male" }, { "men", "male" }, { "man", "male" }, { "homme", "male" }, { "hommes", "male" }, { "herren", "male" }, { "mann", "male" }, { "maenner", "male" }, { "haeren", "male" },
    { "female", "female" }, { "women", "female" }, { "woman", "female" }, { "femme", "female" }, { "femmes", "female" }, { "damen", "female" }, { "frau", "female" }, { "frauen", "female" }, { "dammen", "female" },
    { "unisex", "unisex" }, { "mixte", "unisex" },
}, ages[] = {
    { "adult", "adult" }, { "adults", "adult" }, { "adulte", "adult" }, { "adultes", "adult" }, { "erwachsene", "adult" }, { "erwuessener", "adult" },
    { "kids", "kids" }, { "kid", "kids" }, { "children", "kids" }, { "enfant", "kids" }, { "enfants", "kids" }, { "kinder", "kids" }, { "kanner", "kids" },
    { "infant", "infant" }, { "nourrisson", "infant" }, { "saeugling", "infant" }, { "newborn", "newborn" }, { "neugeborene", "newborn" }, { "nouveau-ne", "newborn" },
    { "toddler", "toddler" }, { "kleinkind", "toddler" }, { "kleinkinder", "toddler" }, { "bambin", "toddler" },
};
/* clang-format on */

enum feed_attribute
option_attribute(struct arena *a, const char *name)
{
    const char *slug = slug_of(a, name, NAME_MOST, "");
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_is(slug, names[i].name) || text_ends(slug, text_join(a, "-", names[i].name, NULL)))
            return names[i].attribute;
    return text_ends(slug, "groesse") ? FEED_SIZE
           : text_ends(slug, "farbe") ? FEED_COLOR
                                      : FEED_ATTRIBUTES;
}

static const char *
meaning(struct arena *a, const struct value_row *rows, size_t n, const char *value)
{
    const char *slug = slug_of(a, value, NAME_MOST, "");
    for (size_t i = 0; i < n; i++)
        if (text_is(slug, rows[i].value))
            return rows[i].means;
    return NULL;
}

const char *
option_gender(struct arena *a, const char *value)
{
    return meaning(a, genders, COUNT(genders), value);
}

const char *
option_age_group(struct arena *a, const char *value)
{
    return meaning(a, ages, COUNT(ages), value);
}
