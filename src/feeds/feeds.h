/* Product feeds: a file for each language of a shop and each channel, which channels fetch from
 * nginx at an address that stays. The job `feeds_build` writes them after something changed; nobody
 * builds anything while a channel waits. What each channel gets of an item, and why it would not
 * take one, is item.h's business. */
#pragma once
#include "base/work.h"
#include "feeds/reason.h"

/* Writes the shop's feeds now, unless nothing in them is new: w->vendor's, and no transaction may
 * be open. What a channel would not take is left out and kept with its reasons. A file with over 30
 * % fewer rows than the one before stays away: the one before goes on being served, the owners are
 * told, once, and a person may allow it. FULL file.no_room; BROKEN file.*. */
struct feeds_result {
    int64_t files, rows, rejected, held; /* over languages and channels; files: that are new */
};
struct err *feeds_build(struct work *w, struct feeds_result *out) MUST_CHECK;

/* The same as a job, before others; in the caller's transaction. */
struct err *feeds_build_soon(struct work *w) MUST_CHECK;
