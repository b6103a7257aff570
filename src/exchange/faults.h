/* What is wrong with rows as such, before anybody asks what they mean. */
#pragma once
#include "exchange/check.h"
#include "exchange/columns.h"

/* A finding in a row's cell; `at` from 0, −1: about the whole row. Texts are kept as given. */
struct finding row_finding(const struct mapping *m, const struct row *r, int at, const char *code,
                           const char *value, const char *other);

/* What the table found in the row, and cells that no column is above. */
void row_check(const struct mapping *m, const struct row *r, struct findings *fs);

/* The table ended in this row: there is nothing to read in it but what is wrong. */
bool row_ends_table(const struct row *r);
