/* A sheet of paper to write on, page by page: libhpdf behind it, of which nothing else knows.
 * Points from the lower left, A4. What is put stands on the base line `y`; who puts it moves on.
 * A failure of the library is kept and said by sheet_save(): nothing between has to ask. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hpdf.h>

#include "base/bytes.h"
#include "base/err.h"

/* In the arena that it was opened with; the library's document ends with it. */
struct sheet {
    struct arena *a;
    float y;
    int pages;

    HPDF_Doc doc;
    HPDF_Page page; /* the newest, or the one that sheet_turn_to() chose */
    HPDF_Font plain, bold, font;
    float size;         /* of the font in use */
    HPDF_STATUS failed; /* the first failure, or 0 */
};

/* No page yet. `title` is what readers show for the file, in ASCII; `at` its date, in seconds UTC.
 * BROKEN paper.font: DejaVuSans.ttf or -Bold.ttf cannot be read in `fonts`; paper.pdf. */
struct err *sheet_open(struct arena *a, const char *fonts, const char *title, int64_t at,
                       struct sheet **out) MUST_CHECK;
void sheet_new_page(struct sheet *s);
void sheet_turn_to(struct sheet *s, int page); /* from 0 */
/* The bytes of all pages, the same for the same calls. BROKEN paper.pdf. */
struct err *sheet_save(struct sheet *s, struct bytes *out) MUST_CHECK;

/* How the texts after it look; to be said again on each page. Grey: 0 black, 1 white. */
void sheet_style(struct sheet *s, bool bold, float size, float grey);
float sheet_width(const struct sheet *s, const char *text);
/* No wider than `most`: what is longer ends in an ellipsis. NULL is "". */
void sheet_put(struct sheet *s, float x, const char *text, float most);
/* Ends at x. For amounts, of which nothing may be cut: what is wider than `most` is set smaller. */
void sheet_put_right(struct sheet *s, float x, const char *text, float most);
/* Cuts the text between words into lines no wider than `width`, at most `most`, the last of them
 * with all that is left (sheet_put() shortens it). Returns how many; none of an empty text. */
size_t sheet_wrap(struct sheet *s, const char *text, float width, size_t most, const char **lines);
/* A thin line across, `above` the base line. */
void sheet_rule(struct sheet *s, float from, float to, float above, float grey);
