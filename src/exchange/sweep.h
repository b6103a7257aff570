/* Files that are kept no more. */
#pragma once
#include "queue/queue.h"

#define IMPORT_KEPT_DAYS 30
#define EXPORT_KEPT_DAYS 7

struct err *exchange_sweep(struct work *w, const struct job *j) MUST_CHECK;
