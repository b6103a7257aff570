/* Cells of CSV (RFC 4180) that a spreadsheet shows and never runs. */
#pragma once
#include "base/text.h"

/* The cell in quotes, its quotes doubled. One that a spreadsheet could take for a formula gets a '
 * in front; so do texts that look like one only, for no reader is harmed by it. */
void csv_cell(struct buf *b, const char *text);

/* The text that csv_cell was given, once a reader has taken off the quotes: past the ' that stands
 * there as a guard only. Within `text`. */
const char *csv_unguarded(const char *text);
