/* What the files of this room share. */
#pragma once
#include "outlook/outlook.h"
#include "queue/queue.h"

const char *outlook_day_text(struct work *w, int64_t at_us); /* "2026-11-27", UTC */
struct err *outlook_capture(struct work *w, const struct job *j);
