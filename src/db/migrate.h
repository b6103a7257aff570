/* Schema by forward-only migrations: sql/migrations/NNNN_what.sql, embedded in the program with
 * their SHA-256. Each runs in one transaction (unless its first line says `-- no transaction`) and
 * is recorded with its checksum; an advisory lock makes two starting nodes take turns. */
#pragma once
#include "base/err.h"

/* Runs what is missing, as the owner role; *ran says how many.
 * CONFLICT migrate.changed: a recorded file was edited since; CONFLICT migrate.ahead: the database
 * knows a migration that this program does not; BROKEN migrate.failed names file and statement. */
struct err *migrate_run(struct arena *a, const char *owner_conninfo, int *ran) MUST_CHECK;

/* How many are missing, over a worker's connection: 0 when program and database agree. Opens a
 * transaction of its own: none may be open. */
struct work;
struct err *migrate_missing(struct work *w, int *missing) MUST_CHECK;
