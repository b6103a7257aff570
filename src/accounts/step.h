/* Between password and code: who has shown the right password has five minutes for the code, kept
 * in a cookie that says whose and until when, under a MAC. Inside of src/accounts. */
#pragma once
#include "accounts/store.h"
#include "http/request.h"

struct step {
    struct user_id user;
    bool stays;      /* "stay logged in" was ticked */
    int64_t version; /* of the account's tokens when it began */
};
void step_begin(struct req *r, const struct account *account, bool stays);
/* False when there is none, or it is over. */
bool step_read(const struct req *r, struct step *out);
void step_end(struct req *r);
