/* Which of a product's rows is the product and which are its variants. */
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/build.h"

/* clang-format off */
static const struct {
    const char *word;
    enum row_role role; /* 0: nothing that a shop of ours can sell */
} types[] = {
    { "simple",       ROW_SIMPLE },  { "variable",    ROW_OTHER },    { "variation", ROW_VARIANT },
    { "configurable", ROW_OTHER },   { "virtual",     ROW_SIMPLE },   { "downloadable", ROW_SIMPLE },
    { "variant",      ROW_VARIANT }, { "product",     ROW_SIMPLE },
    { "einfach",      ROW_SIMPLE },  { "grouped",     0 },            { "external",  0 },
    { "bundle",       0 },           { "booking",     0 },            { "affiliate", 0 },
};
/* clang-format on */

/* The role that a type gives; "simple, downloadable" is the first of its words that says one.
 * 0, with a finding: none of ours. */
static enum row_role
role_of_type(struct build *b, const struct row *r, int at, const char *type)
{
    for (const char *word = type; *word;) {
        size_t n = strcspn(word, ", ");
        for (size_t i = 0; i < COUNT(types) && n; i++) {
            if (strlen(types[i].word) != n || strncasecmp(types[i].word, word, n))
                continue;
            if (!types[i].role)
                build_finding(b, r, at, "import.type_not_ours", type, NULL);
            return types[i].role;
        }
        word += n;
        word += strspn(word, ", ");
    }
    build_finding(b, r, at, "import.type_unknown", type, NULL);
    return 0;
}

static enum row_role
role_in_family(struct build *b, const struct row *r)
{
    int at, type_at;
    const char *type = build_field(b, r, FIELD_TYPE, &type_at);
    enum row_role role = *type ? role_of_type(b, r, type_at, type) : ROW_SIMPLE;
    if (*build_field(b, r, FIELD_PARENT, &at))
        return role ? ROW_VARIANT : 0;
    if (role == ROW_VARIANT) { /* of no parent */
        build_finding(b, r, type_at, "import.parent_unknown", "", NULL);
        return 0;
    }
    return role;
}

/* A product with variations is not one itself, whatever its type says. */
static void
settle_family(struct build *b)
{
    size_t variants = 0, products = 0;
    const struct row *first = &b->rows[0];
    int at;
    for (size_t i = 0; i < b->count; i++) {
        variants += b->roles[i] == ROW_VARIANT;
        products += b->roles[i] != ROW_VARIANT;
    }
    if (variants && !products)
        build_finding(b, first, b->setup->columns->first[FIELD_PARENT], "import.parent_unknown",
                      build_field(b, first, FIELD_PARENT, &at), NULL);
    for (size_t i = 0; i < b->count; i++) {
        if (b->roles[i] == ROW_SIMPLE && variants)
            b->roles[i] = ROW_OTHER;
        if (b->roles[i] == ROW_OTHER && !variants)
            build_finding(b, &b->rows[i], -1, "import.variants_none", "", NULL);
        if (!b->roles[i])
            b->roles[i] = ROW_OTHER;
    }
}

static bool
has_any(const struct build *b, const struct row *r, const enum import_field *fields, size_t n)
{
    int at;
    for (size_t i = 0; i < n; i++)
        if (*build_field(b, r, fields[i], &at))
            return true;
    return false;
}

/* In a group, a row with something of a variant is one; the others are images and texts. A first
 * row without options, before rows that have some, is the product's own. */
static void
roles_in_group(struct build *b)
{
    static const enum import_field of_variant[] = { FIELD_SKU,          FIELD_PRICE,
                                                    FIELD_PRICE_MINOR,  FIELD_GTIN,
                                                    FIELD_OPTION_VALUE, FIELD_ID };
    static const enum import_field of_option[] = { FIELD_OPTION_VALUE };
    bool later_options = false;
    for (size_t i = 0; i < b->count; i++) {
        b->roles[i] =
            !i || has_any(b, &b->rows[i], of_variant, COUNT(of_variant)) ? ROW_VARIANT : ROW_OTHER;
        later_options = later_options || (i && has_any(b, &b->rows[i], of_option, 1));
    }
    if (later_options && !has_any(b, &b->rows[0], of_option, 1) &&
        b->setup->plan->shape.dialect != DIALECT_OWN)
        b->roles[0] = ROW_OTHER;
}

void
build_roles(struct build *b)
{
    b->roles = NEW_ARRAY(b->arena, enum row_role, b->count + 1);
    for (size_t i = 0; i < b->count; i++)
        b->roles[i] = ROW_OTHER;
    if (b->p->texts_only || !b->count)
        return;
    if (b->setup->grouping == GROUP_PARENTS) {
        for (size_t i = 0; i < b->count; i++)
            b->roles[i] = role_in_family(b, &b->rows[i]);
        settle_family(b);
    } else if (b->count == 1 && b->setup->grouping == GROUP_ALONE) {
        b->roles[0] = ROW_SIMPLE;
    } else {
        roles_in_group(b);
    }
}
