#include "exchange/faults.h"

#include "base/text.h"

struct finding
row_finding(const struct mapping *m, const struct row *r, int at, const char *code,
            const char *value, const char *other)
{
    return (struct finding){ .code = code,
                             .line = r->line,
                             .row = r->number,
                             .column = at + 1,
                             .header =
                                 at >= 0 && (size_t)at < m->count ? m->columns[at].header : "",
                             .value = value,
                             .other = other };
}

/* The fault's own line, for a row may go over many. */
static void
tell_fault(const struct mapping *m, const struct row *r, struct findings *fs)
{
    int at = r->fault_cell - 1;
    struct finding f =
        row_finding(m, r, at, table_fault_code(r->fault), row_text(r, (size_t)at), NULL);
    f.line = r->fault_line;
    finding_add(fs, f, false);
}

void
row_check(const struct mapping *m, const struct row *r, struct findings *fs)
{
    if (r->fault)
        tell_fault(m, r, fs);
    for (size_t i = m->count; i < r->count; i++)
        if (r->cells[i].length) {
            finding_add(fs,
                        row_finding(m, r, (int)i, "import.cells_many", r->cells[i].text,
                                    text_i64(fs->arena, (int64_t)m->count)),
                        false);
            return;
        }
}

bool
row_ends_table(const struct row *r)
{
    return r->fault == TABLE_FAULT_OPEN || r->fault == TABLE_FAULT_ROW;
}
