/* For tests of imports and exports: files sent over the API, jobs done at once, answers as JSON. */
#pragma once
#include "webtest.h"

#include <jansson.h>

#include "exchange/import.h"

/* Sends it as a file of that name; `fields` are further ones of the form ("check=1&lenient=1"). Its
 * answer is 201, and the import's id is given. */
int64_t give_file(struct web *w, const struct person *who, const char *name, struct bytes file,
                  const char *fields);
int64_t give_text(struct web *w, const struct person *who, const char *name, const char *text,
                  const char *fields);
/* Whatever comes of it. */
struct reply send_file(struct web *w, const struct person *who, const char *path, const char *name,
                       struct bytes file, const char *fields);

/* A connection as who runs jobs has it (statements may take a minute): one for all tests, or, in a
 * child process, a new one. */
struct db *db_of_jobs(struct web *w);
struct db *new_db_of_jobs(struct web *w);
/* Does all jobs of the room. */
void do_jobs(struct web *w);

/* POST /api/v1/vendor/imports/ID/WHAT, 2xx, and its jobs. */
void act_on(struct web *w, const struct person *who, int64_t import, const char *what);
/* Sent, checked and run; the id. */
int64_t import_text(struct web *w, const struct person *who, const char *name, const char *text);

/* The import as the API has it; until the end of the test. */
const json_t *look_at(struct web *w, const struct person *who, int64_t import);
const char *state_of(const json_t *import);
int64_t count_of(const json_t *import, const char *name);
/* Fails the test unless these are its counts. */
void assert_counts(const json_t *import, int64_t created, int64_t changed, int64_t unchanged,
                   int64_t refused);

/* A file below SOUK_EXCHANGE that an answer names (X-Accel-Redirect). */
struct bytes file_of(struct web *w, struct reply r);
/* An export, made; its bytes. `body` is JSON. */
struct bytes export_of(struct web *w, const struct person *who, const char *body);
