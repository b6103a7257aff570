/* A mail as it travels (RFC 5322, 2045–2047): header, plain text and HTML of one meaning. */
#pragma once
#include "base/text.h"

struct message {
    int64_t id, created_us; /* of its row: a mail sent twice has one Message-ID and one Date, */
    int resent;             /* but one that the operator sends again is another */
    const char *host;       /* of the platform, for the Message-ID */
    const char *from, *from_name;
    const char *to,
        *to_name; /* addresses need no escaping (mail_address_is_one); names may be "" */
    const char *language;
    const char *subject;
    const char *text, *html; /* UTF-8, lines ended by LF */
};

/* Its bytes, lines ended by CRLF and none longer than 998. Whatever a name or the subject holds, it
 * stays in its own header field. */
struct bytes message_write(struct arena *a, const struct message *m);

/* "<mail.12.0.1764028800@souk.example>" */
const char *message_id(struct arena *a, const struct message *m);
