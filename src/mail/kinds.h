/* The kinds of mail: one row each. */
#pragma once
#include <stddef.h>

struct mail_kind {
    const char *name; /* also of its templates, mail/<name>.html and .txt, and its words */
    const char *args; /* what a caller gives, as an example: for tests, and for whoever adds one */
    const char *secret; /* the same of what is never shown; NULL: nothing */
};

extern const struct mail_kind mail_kinds[];
extern const size_t mail_kind_count;

/* NULL when there is none of that name. */
const struct mail_kind *mail_kind_find(const char *name);
