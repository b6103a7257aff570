/* Whom a credential stood for when it was last found good on this host. Inside of src/limits. */
#pragma once
#include "limits/shared.h"

/* After that the log-in is believed again, and class and tier are read again. */
#define PEOPLE_US INT64_C(60000000)

struct person {
    struct limit_person who;
    enum limit_class class;
    int64_t day_limit; /* API requests a day; 0: no limit */
};

/* False when the credential is new to this host, or was last found good too long ago. `tag`: of the
 * credential, with a secret. */
bool people_find(struct shared *s, uint64_t tag, int64_t now_us, struct person *out);
void people_learn(struct shared *s, uint64_t tag, const struct person *p, int64_t now_us);
void people_forget(struct shared *s, uint64_t tag); /* the log-in found nobody */
