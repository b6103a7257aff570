/* Where feeds lie below SOUK_FEEDS, and under which addresses they are found there:
 *
 *   built/12/en.csv, en.csv.gz …   the files, by shop
 *   public/SHOP -> ../built/12             answers /feeds/SHOP/en.csv
 *   private/SHOP/SECRET -> ../../built/12  answers /feeds/SHOP/SECRET/en.csv
 *
 * An address is a link, so that opening, closing and changing one is one step of the file system,
 * and what it leads to has one time and one size by whatever address. */
#pragma once
#include "base/work.h"
#include "feeds/reason.h"

/* "…/built/12/en.csv" */
char *place_file(struct work *w, struct vendor_id vendor, const char *language,
                 enum feed_channel channel);
char *place_folder(struct work *w, struct vendor_id vendor);

/* Takes the file away, its gzip too; missing is fine. BROKEN file.*. */
struct err *place_drop(struct work *w, struct vendor_id vendor, const char *language,
                       enum feed_channel channel) MUST_CHECK;

/* Makes the shop's addresses those: `open` whether /feeds/SHOP/… is one, `secret` or NULL. All
 * others of the shop are gone when it returns. BROKEN file.*. */
struct err *place_address(struct work *w, struct vendor_id vendor, const char *slug, bool open,
                          const char *secret) MUST_CHECK;

/* "https://…/feeds/SHOP/SECRET/en.csv"; secret NULL: the public one. */
char *place_url(struct work *w, const char *slug, const char *secret, const char *language,
                enum feed_channel channel);
