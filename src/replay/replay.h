/* Billing's rules answering JSON: a scenario, or a file of vectors whose answers are known. */
#pragma once
#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

/* `question` is a scenario's `given`, or a vector {"kind", "given"}. *out: the answer, a new
 * reference. replay.unknown_kind, replay.unreadable. */
struct err *replay_answer(struct arena *a, const json_t *question, json_t **out);

/* Reads a file of JSON; no reals, no key twice. *out: a new reference. replay.file */
struct err *replay_load(struct arena *a, const char *path, json_t **out);

/* Answers every vector of {"vectors": […]} and says on `to` which answers are not the expected
 * ones, and where they part. *wrong: how many; *count: of how many. */
struct err *replay_verify(struct arena *a, const json_t *file, FILE *to, size_t *wrong,
                          size_t *count);
