/* An import: a file that somebody gave, how it is to be read, and how far its writing is. First it
 * is checked (everything is done but the writing), then, when the person has seen what would come
 * of it, it is run; each is a pass over the file (pass.h), done by a job. */
#pragma once
#include "base/digest.h"
#include "base/work.h"
#include "exchange/check.h"
#include "exchange/columns.h"

struct import_id {
    int64_t n;
};

enum import_state {
    IMPORT_UPLOADED, /* its plan may be changed; not checked as it is now */
    IMPORT_CHECKING,
    IMPORT_CHECKED,
    IMPORT_RUNNING,
    IMPORT_CANCELLING,
    IMPORT_CANCELLED, /* what was done until then stays */
    IMPORT_DONE,
    IMPORT_FAILED, /* `failure` says why; nothing is half: it may be run again */
    IMPORT_STATES
};
extern const char *const import_state_names[IMPORT_STATES];

/* How many products of the file came to what. */
struct import_counts {
    int64_t through; /* all of those that follow */
    int64_t created, changed, unchanged, refused;
    int64_t warnings; /* findings that do not refuse */
    int64_t images;   /* addresses to fetch from */
};

/* One value for all products of which the file says nothing: a field's name and the value, as a
 * cell would have it. */
#define IMPORT_FIXED_MOST 16
struct import_fixed {
    enum import_field field;
    const char *value;
};

struct import {
    struct import_id id;
    struct vendor_id vendor;
    const char *name; /* of the file, as the person has it */
    const char *path; /* of the file on disk; NULL: kept no more */
    int64_t bytes;
    const char *plan;  /* JSON: plan_from_json() */
    const char *fixed; /* JSON: import_read_fixed() */
    bool stop_on_errors, lenient;
    const char *language;
    struct import_id retry_of; /* 0: none */
    enum import_state state;
    const char *checked; /* JSON of the check's counts; NULL: not checked as it is now */
    const char *failure; /* code; NULL */
    struct import_counts counts;
    int64_t done_bytes, of_bytes;
    const char *errors_path;                          /* NULL: no row was refused */
    int64_t added_us, started_us, moved_us, ended_us; /* 0: not yet */
    const char *added_by;                             /* e-mail; "" */
};

/* ---- Acts ---- */

/* A file on the file system of SOUK_EXCHANGE becomes an import of the shop w->vendor; it is moved.
 * Opens a transaction of its own. `name` is what the person calls it. The failures of
 * plan_propose(); FULL file.no_room. */
struct err *import_add(struct work *w, const char *path, const char *name, int64_t bytes,
                       const struct sha256 *hash, struct import_id *out) MUST_CHECK;

/* In the caller's transaction, as all that follows. NOT_FOUND import.unknown. */
struct err *import_load(struct work *w, struct import_id id, struct import *out) MUST_CHECK;

/* What a person may decide before the check. What is NULL stays as it is. CONFLICT import.busy
 * while a pass is on, import.over when it was run. */
struct import_choice {
    const char *plan, *fixed; /* JSON */
    const bool *stop_on_errors, *lenient;
};
struct err *import_choose(struct work *w, const struct import *i,
                          const struct import_choice *choice) MUST_CHECK;

/* Adds the job. CONFLICT import.busy, import.over, import.not_checked, import.has_errors (it is to
 * stop on errors, and there are), import.swept (its file is kept no more); the failures of
 * plan_check(). */
struct err *import_begin_check(struct work *w, const struct import *i) MUST_CHECK;
struct err *import_begin_run(struct work *w, const struct import *i) MUST_CHECK;
/* The same without the job: for who does its work himself. `to` is CHECKING or RUNNING. */
struct err *import_begin(struct work *w, const struct import *i, enum import_state to) MUST_CHECK;
/* The pass ends with the chunk in hand; after a check the import is as it was before. CONFLICT
 * import.not_running. */
struct err *import_cancel(struct work *w, const struct import *i) MUST_CHECK;
/* The rows that were refused, as an import of their own with the same plan. CONFLICT
 * import.no_errors, import.busy. */
struct err *import_retry(struct work *w, const struct import *i, struct import_id *out) MUST_CHECK;

/* `fixed` as it was chosen. INVALID import.fixed. */
struct err *import_read_fixed(struct arena *a, const char *json, struct import_fixed *out,
                              size_t *count) MUST_CHECK;
/* Which fields can have one value for all: those of products and variants that need no number. */
bool import_may_fix(enum import_field field);

/* ---- Lists ---- */

struct imports {
    struct import *at;
    size_t count;
    bool more;
};
/* Newest first, behind that id (0: from the newest on). */
struct err *imports_list(struct work *w, int64_t behind, int64_t limit,
                         struct imports *out) MUST_CHECK;

struct import_finding {
    int64_t id;
    struct finding finding;
};
struct import_findings {
    struct import_finding *at;
    size_t count;
    bool more;
};
/* In the order of the file; `code` NULL: all. */
struct err *import_list_findings(struct work *w, struct import_id id, const char *code,
                                 int64_t behind, int64_t limit,
                                 struct import_findings *out) MUST_CHECK;

/* How often each code is met. */
struct import_code {
    const char *code;
    bool refuses;
    int64_t count;
};
struct err *import_count_codes(struct work *w, struct import_id id, struct import_code **out,
                               size_t *count) MUST_CHECK;

/* The first products that would change, in the order of the file. */
#define IMPORT_CHANGES_SHOWN 20
struct import_change {
    int64_t line;
    const char *sku, *differences; /* JSON: [{"field", "old", "new"}] */
};
struct err *import_list_changes(struct work *w, struct import_id id, struct import_change **out,
                                size_t *count) MUST_CHECK;

/* ---- Files ---- */

/* Below SOUK_EXCHANGE: "imports/12/…". */
const char *exchange_path(struct work *w, const char *name);
