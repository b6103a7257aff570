/* Browsers and programs: what they are called, and which of them have logged in before. Inside of
 * src/accounts. */
#pragma once
#include "accounts/store.h"

/* "Firefox, Linux", by what a browser says of itself; of a program its own first word; "" when it
 * says nothing. */
char *device_words(struct arena *a, const char *agent);

/* In a transaction that writes: this browser has just logged in; gives the token of its cookie. */
struct err *device_add(struct work *w, struct user_id user, const char **token) MUST_CHECK;

#define DEVICE_LIFE_S (180 * 86400)
