/* The passwords that everybody tries first. */
#pragma once
#include <stdbool.h>

/* Capital letters are no matter. Of the passwords that are known to be used a lot, or to be out in
 * the open, those with 8 characters or more: shorter ones will not do anyway. */
bool password_is_common(const char *password);
