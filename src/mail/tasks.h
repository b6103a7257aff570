/* Jobs of mail. */
#pragma once
#include "queue/queue.h"

#define MAIL_SEND  "mail_send"
#define MAIL_QUEUE "mail"

extern const struct job_kind mail_jobs[];
extern const size_t mail_job_count;
