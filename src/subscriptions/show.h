/* Documents, subscriptions and offers as JSON of the API. */
#pragma once
#include "http/json.h"
#include "http/request.h"
#include "http/response.h"
#include "subscriptions/act.h"

/* `name` NULL: an element, or the whole answer. A preview has no number, status and payment. */
void put_document(struct json *j, const char *name, const struct book *b, const struct document *d);
void put_subscription_state(struct json *j, const char *name, const struct book *b);
void put_offer(struct json *j, const struct book *b, const struct entitle_offer *offer);
/* {"data": [ … ], "next_cursor"}: begun, filled by the caller, answered. */
struct json list_begin(struct req *r);
struct err *list_answer(struct req *r, struct json *j, const char *cursor) MUST_CHECK;
void put_outcome_members(struct json *j, const struct act *act); /* inside an object */
void put_outcome(struct json *j, const struct act *act);
