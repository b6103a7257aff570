/* Files for tests of the room: made from texts, or of the shared data when that is there. */
#pragma once
#include "base/bytes.h"
#include "exchange/reader.h"

/* A descriptor of an unnamed file with these bytes; ends with the arena. */
int file_of(struct arena *a, struct bytes b);
int file_of_text(struct arena *a, const char *text);
int file_of_gzip(struct arena *a, const char *text);

/* A file below catalog/ of the shared data; -1 when there is none. Ends with the arena. */
int shared_file(struct arena *a, const char *path);

/* Folder for what is put by. */
const char *spool_folder(void);
