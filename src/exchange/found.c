#include "exchange/found.h"

struct found
found_new(struct arena *a)
{
    return (struct found){
        .arena = a, .findings = buf_new(a, 64), .rows = buf_new(a, 64), .changes = buf_new(a, 64)
    };
}

void
found_add(struct found *f, const struct finding *finding)
{
    f->counts.warnings += !finding->refuses;
    buf_add(&f->findings, &finding, sizeof(finding));
}

void
found_refuse(struct found *f, const int64_t *rows, size_t n)
{
    f->counts.refused++;
    buf_add(&f->rows, rows, n * sizeof(*rows));
}

void
found_change(struct found *f, const struct import_changed *change)
{
    buf_add(&f->changes, change, sizeof(*change));
}

struct err *
found_write(struct work *w, struct import_id id, const struct found *f, int64_t done, int64_t of)
{
    TRY(import_store_findings(w, id, (const struct finding *const *)(void *)f->findings.at,
                              f->findings.length / sizeof(struct finding *)));
    TRY(import_store_refused(w, id, (const int64_t *)(void *)f->rows.at,
                             f->rows.length / sizeof(int64_t)));
    TRY(import_store_changes(w, id, (const struct import_changed *)(void *)f->changes.at,
                             f->changes.length / sizeof(struct import_changed)));
    return import_store_move(w, id, &f->counts, done, of);
}
