/* The page of one product, for the files that answer with it. */
#pragma once
#include "catalog/inside.h"
#include "http/form.h"

struct editor {
    const struct product *stored; /* NULL: a new one */
    const struct product *typed;  /* as the form would have it, or NULL: for its variants */
    const struct form *form;      /* what was typed, or NULL */
    const struct err *failure;    /* what is wrong with it, or NULL */
};
struct err *editor_show(struct req *r, int status, const struct editor *ed) MUST_CHECK;
