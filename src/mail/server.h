/* The SMTP server that the settings name. */
#pragma once
#include "base/work.h"
#include "net/smtp.h"

/* True when one is named at all: without it mail waits. */
bool mail_has_server(const struct settings *s);

/* INVALID settings.smtp: what is wrong with which setting. */
struct err *mail_server(struct work *w, struct smtp_server *out) MUST_CHECK;

/* The host in the platform's address: our name in EHLO and in Message-IDs. */
const char *mail_host(struct arena *a, const struct settings *s);
