/* An import in the words of a template. */
#pragma once
#include "exchange/import.h"
#include "http/request.h"

struct val;

enum import_step { STEP_FILE, STEP_COLUMNS, STEP_CHECK, STEP_RUN, STEP_RESULT, STEPS };

/* Where it stands, or an earlier step that the address asks for. */
enum import_step import_step_of(const struct req *r, const struct import *i);

/* id, path, name, state, counts, progress: what every step needs, and the list of steps. */
void show_import(struct req *r, struct val *m, const struct import *i, enum import_step step);
/* The forms of the first two steps. */
struct err *show_shape(struct req *r, struct val *m, const struct import *i) MUST_CHECK;
struct err *show_columns(struct req *r, struct val *m, const struct import *i) MUST_CHECK;
/* What a pass found, and the first changes. */
struct err *show_findings(struct req *r, struct val *m, const struct import *i) MUST_CHECK;
struct err *show_changes(struct req *r, struct val *m, const struct import *i) MUST_CHECK;

/* An answer that nginx takes from SOUK_EXCHANGE. `name` is what it is saved as. */
struct err *answer_file(struct req *r, const char *path, const char *name) MUST_CHECK;

/* The file of an upload, and what the form around it says: an import. INVALID import.no_file. */
struct err *take_upload(struct req *r, struct import_id *out) MUST_CHECK;
