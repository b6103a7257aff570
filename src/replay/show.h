/* Billing as JSON, in the form of the scenarios. New references. */
#pragma once
#include <jansson.h>

#include "billing/account.h"

json_t *show_instant(struct arena *a, int64_t at); /* null for NEVER */
/* What a preview shows: without number, state and payment. */
json_t *show_draft(struct arena *a, const struct document *document);
json_t *show_document(struct arena *a, const struct document *document);
json_t *show_subscription(struct arena *a, const struct account *acc);
json_t *show_ledger(const struct account *acc); /* balances; accounts never used are left out */
