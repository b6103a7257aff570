/* Handing mail to one SMTP server, over libcurl: one connection for as many mails as it takes.
 * Knows nothing of what a mail is about; never called inside a transaction. */
#pragma once
#include "base/bytes.h"
#include "base/err.h"

enum smtp_tls {
    SMTP_TLS_NONE = 1, /* in the clear: for a server on this machine */
    SMTP_TLS_TRY,      /* STARTTLS when offered, whoever the server is */
    SMTP_TLS_REQUIRED, /* STARTTLS, or smtps:// from the first byte; the certificate is checked */
};

struct smtp_server {
    const char *url;             /* smtp://host:port or smtps://host:port */
    const char *hello;           /* our own name, as EHLO gives it */
    enum smtp_tls tls;           /* of smtp:// */
    const char *user, *password; /* user "": no log-in */
    const char *ca_file;         /* certificates to trust; "": the system's */
    int seconds;                 /* most for one mail, connecting included */
};

/* What became of one mail, by who must do what next. */
enum smtp_end {
    SMTP_SENT = 1,        /* the server has taken it */
    SMTP_REFUSED,         /* for good (5xx): this mail */
    SMTP_REFUSED_ADDRESS, /* for good (5xx to RCPT): there is no such address */
    SMTP_LATER,           /* for now (4xx): this mail; others may pass */
    SMTP_DROPPED,         /* the connection ended in the middle of it: it may have been taken */
    SMTP_AWAY             /* no server, no TLS, no log-in, or it takes nothing now: nothing about
                             this mail */
};

#define SMTP_ANSWER_MOST 512

struct smtp_reply {
    enum smtp_end end;
    int code;                      /* of the server's last answer; 0: there was none */
    char answer[SMTP_ANSWER_MOST]; /* that answer, or what went wrong; printable ASCII */
};

/* As long as its arena, which ends the connection. Connects with the first mail. */
struct smtp;
struct smtp *smtp_open(struct arena *a, const struct smtp_server *how);

/* `message` has header and body, its lines ended by CRLF; the addresses have been checked to need
 * no escaping. A kept connection that turns out to be dead before the server answered anything is
 * replaced once. */
void smtp_send(struct smtp *s, const char *from, const char *to, struct bytes message,
               struct smtp_reply *out);

/* What a server's answer means at the command it answers; out->end from out->code and out->answer.
 * For smtp_send, and for tests. `command`: "" before MAIL, then "MAIL", "RCPT", "DATA". */
enum smtp_end smtp_judge(const char *command, int code, const char *answer);
