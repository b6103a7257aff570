/* What main wires together: the routes of all rooms, the menu, the guards. */
#pragma once
#include "http/site.h"

/* INVALID route.row names a row that is not complete. */
struct err *wire_router(struct arena *process, struct router **out) MUST_CHECK;

/* The site of a worker: views, statics, router, guards, keys. */
struct err *wire_site(struct arena *process, const struct work *work, struct site **out) MUST_CHECK;

/* Only what passwords need: the keys. For subcommands that make accounts. */
struct err *wire_accounts(struct arena *process, const struct work *work) MUST_CHECK;
/* The same for those that sign webhooks. */
struct err *wire_hooks(struct arena *process, const struct work *work) MUST_CHECK;
