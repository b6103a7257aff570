/* What `souk doctor` looks at. Inside of src/main. */
#pragma once
#include "base/work.h"

enum verdict { FINE, WORTH_A_LOOK, WRONG };

/* Lives in the arena of the work. */
struct finding {
    enum verdict verdict;
    const char *say;     /* what was seen */
    const char *to_mend; /* what to do about it; NULL when it is fine */
};

struct finding doctor_secret(struct work *w);
struct finding doctor_pages(struct work *w);
struct finding doctor_store(struct work *w);
struct finding doctor_schema(struct work *w);
struct finding doctor_database(struct work *w);
struct finding doctor_redis(struct work *w);
struct finding doctor_jobs(struct work *w);
struct finding doctor_audit(struct work *w);
struct finding doctor_stock(struct work *w);
struct finding doctor_cards(struct work *w);
struct finding doctor_mend_cards(struct work *w); /* --fix */
