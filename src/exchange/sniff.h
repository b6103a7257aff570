/* What a file seems to be, found out by looking at its bytes. Every member is a guess that a person
 * may correct before the file is read (columns.h keeps it in one JSON with the mapping). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum encoding {
    ENCODING_UTF8 = 1,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_WINDOWS1252, /* also what calls itself ISO-8859-1, as browsers have it */
    ENCODINGS
};

enum line_end { LINE_END_LF = 1, LINE_END_CRLF, LINE_END_CR, LINE_ENDS };

enum dialect {
    DIALECT_OWN = 1,      /* own.h */
    DIALECT_SHOPIFY,      /* "Handle", "Variant SKU" … */
    DIALECT_SHOPIFY_2024, /* "URL handle", "SKU" … */
    DIALECT_WOOCOMMERCE,
    DIALECT_SPRYKER,      /* "abstract_sku", "concrete_sku": products, prices, stock, a file each */
    DIALECT_TRANSLATIONS, /* texts only: SKU or slug, language, title, description, slug */
    DIALECT_ORDERS,       /* past orders: orders_in.h reads it, not reader.h */
    DIALECT_OTHER,        /* read by its mapping alone */
    DIALECTS
};

/* Names for JSON and words: "utf-8", "crlf", "shopify". NULL for what there is not. */
const char *encoding_name(enum encoding encoding);
const char *line_end_name(enum line_end line_end);
const char *dialect_name(enum dialect dialect);
bool encoding_read(const char *name, enum encoding *out);
bool line_end_read(const char *name, enum line_end *out);
bool dialect_read(const char *name, enum dialect *out);

struct file_shape {
    bool gzip;
    bool mark; /* a byte order mark stands in front */
    enum encoding encoding;
    enum line_end line_end;
    char separator; /* , ; tab or | */
    char decimal;   /* . or , in its amounts; 0: not to be seen, each value by itself */
    int64_t
        header_row; /* row with the names of the columns, from 1; those before it are left out */
    enum dialect dialect;
    int64_t bytes; /* of the file as it came */
    int64_t rows;  /* about; exact for files up to 1 MiB */
};

/* Reads the whole file once for its encoding (100 MB in a fraction of a second) and its first rows
 * for the rest. The descriptor stays the caller's. INVALID import.empty (no bytes, or only blank
 * ones), import.workbook (a spreadsheet program's own file), import.not_text (a picture, an archive
 * and the like: `log` says which), import.gzip; TOO_LARGE import.too_large; BROKEN import.read. */
struct err *sniff_file(struct arena *a, int fd, struct file_shape *out) MUST_CHECK;
