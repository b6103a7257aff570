/* libcurl speaks the protocol; what it does not tell is at which command a server refused, and that
 * decides whether an address is dead, a mail is unwelcome or the server is away. So its debug
 * callback, which sees every command and every answer, keeps the last of both. */
#include "net/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define CONNECT_S 10
#define STALLED_S 20 /* without a byte */

struct smtp {
    CURL *curl;
    const char *url;
    struct smtp_server how;
    char error[CURL_ERROR_SIZE];
    /* of the mail on its way */
    struct bytes left;
    const char *command; /* the last one sent, of those that matter here */
    bool leaving;
    struct smtp_reply *reply;
};

/* ---- What the server says ---- */

/* An answer belongs to the last of these; what is said to QUIT is nobody's. */
static void
note_command(struct smtp *s, const char *line, size_t length)
{
    static const char *const commands[] = { "MAIL", "RCPT", "DATA" };
    s->leaving = length >= 4 && strncmp(line, "QUIT", 4) == 0;
    for (size_t i = 0; i < COUNT(commands); i++)
        if (length >= 4 && strncmp(line, commands[i], 4) == 0) {
            s->command = commands[i];
            s->reply->code = 0;
            s->reply->answer[0] = 0;
        }
}

static int
code_of(const char *line, size_t length)
{
    int code = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i >= length || line[i] < '0' || line[i] > '9')
            return 0;
        code = code * 10 + line[i] - '0';
    }
    return code;
}

/* Adds what is printable, up to the ceiling: an answer goes into logs and pages. */
static void
add_answer(struct smtp_reply *reply, const char *text, size_t length)
{
    size_t at = strlen(reply->answer);
    if (at && at + 1 < sizeof(reply->answer))
        reply->answer[at++] = ' ';
    for (size_t i = 0; i < length && at + 1 < sizeof(reply->answer); i++)
        if (text[i] >= ' ' && text[i] < 0x7f)
            reply->answer[at++] = text[i];
    reply->answer[at] = 0;
}

/* "250-first" … "250 last": an answer of several lines is one. */
static void
note_answer(struct smtp *s, const char *line, size_t length)
{
    int code = code_of(line, length);
    if (!code || s->leaving)
        return;
    if (code != s->reply->code)
        s->reply->answer[0] = 0;
    s->reply->code = code;
    if (length > 4)
        add_answer(s->reply, line + 4, length - 4);
}

static int
listen_in(CURL *curl, curl_infotype type, char *data, size_t length, void *arg)
{
    struct smtp *s = arg;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        note_command(s, data, length);
    else if (type == CURLINFO_HEADER_IN)
        note_answer(s, data, length);
    return 0;
}

enum smtp_end
smtp_judge(const char *command, int code, const char *answer)
{
    if (!*command || code == 421)
        return SMTP_AWAY;
    if (code < 400)
        return SMTP_DROPPED;
    if (text_is(command, "MAIL"))
        return code == 552 ? SMTP_REFUSED : SMTP_AWAY; /* too large; else our sender is refused */
    if (code < 500)
        return SMTP_LATER;
    if (text_is(command, "DATA"))
        return SMTP_REFUSED;
    if (code == 503 || code == 530) /* it wants a log-in */
        return SMTP_AWAY;
    /* X.7.x: we are not welcome, and the address is not at fault */
    return text_starts(answer, "5.7.") ? SMTP_REFUSED : SMTP_REFUSED_ADDRESS;
}

/* ---- The connection ---- */

static size_t
give_message(char *to, size_t size, size_t count, void *arg)
{
    struct smtp *s = arg;
    size_t n = size * count < s->left.length ? size * count : s->left.length;
    memcpy(to, s->left.at, n);
    s->left.at += n;
    s->left.length -= n;
    return n;
}

static void
end_curl(void *curl)
{
    curl_easy_cleanup(curl);
    curl_global_cleanup();
}

static void
set_security(struct smtp *s)
{
    static const long levels[] = { [SMTP_TLS_NONE] = CURLUSESSL_NONE,
                                   [SMTP_TLS_TRY] = CURLUSESSL_TRY,
                                   [SMTP_TLS_REQUIRED] = CURLUSESSL_ALL };
    bool implicit = text_starts(s->how.url, "smtps:");
    bool checked = implicit || s->how.tls == SMTP_TLS_REQUIRED;

    curl_easy_setopt(s->curl, CURLOPT_USE_SSL, implicit ? CURLUSESSL_ALL : levels[s->how.tls]);
    curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYPEER, checked ? 1L : 0L);
    curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYHOST, checked ? 2L : 0L);
    if (*s->how.ca_file)
        curl_easy_setopt(s->curl, CURLOPT_CAINFO, s->how.ca_file);
    if (*s->how.user) {
        curl_easy_setopt(s->curl, CURLOPT_USERNAME, s->how.user);
        curl_easy_setopt(s->curl, CURLOPT_PASSWORD, s->how.password);
    }
}

/* All that is the same for each mail. */
static void
set_up(struct smtp *s)
{
    curl_easy_setopt(s->curl, CURLOPT_URL, s->url);
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)STALLED_S);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)s->how.seconds);
    curl_easy_setopt(s->curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
    curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L); /* for listen_in, nothing is printed */
    curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give_message);
    curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
    set_security(s);
}

struct smtp *
smtp_open(struct arena *a, const struct smtp_server *how)
{
    struct smtp *s = NEW(a, struct smtp);
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    s->how = *how;
    s->url = text_printf(a, "%s/%s", how->url, how->hello);
    s->curl = curl_easy_init();
    must(s->curl);
    arena_defer(a, end_curl, s->curl);
    set_up(s);
    return s;
}

/* ---- A mail ---- */

static void
judge(struct smtp *s, CURLcode ended)
{
    struct smtp_reply *reply = s->reply;
    if (ended == CURLE_OK) {
        reply->end = SMTP_SENT;
        return;
    }
    if (reply->code < 400)
        snprintf(reply->answer, sizeof(reply->answer), "%s",
                 *s->error ? s->error : curl_easy_strerror(ended));
    reply->end = smtp_judge(s->command, reply->code, reply->answer);
}

static CURLcode
try_once(struct smtp *s, struct bytes message)
{
    s->left = message;
    s->command = "";
    s->error[0] = 0;
    *s->reply = (struct smtp_reply){ 0 };
    curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.length);
    return curl_easy_perform(s->curl);
}

/* The server closed a kept connection while nobody looked: that says nothing about this mail. */
static bool
was_dead(const struct smtp *s)
{
    long connects = 0;
    curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &connects);
    bool answered = s->reply->code && s->reply->code != 421;
    return connects == 0 && text_is(s->command, "MAIL") && !answered;
}

void
smtp_send(struct smtp *s, const char *from, const char *to, struct bytes message,
          struct smtp_reply *out)
{
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    must(recipients);
    s->reply = out;
    curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, recipients);
    CURLcode ended = try_once(s, message);
    if (ended != CURLE_OK && was_dead(s)) {
        curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, 1L);
        ended = try_once(s, message);
        curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, 0L);
    }
    judge(s, ended);
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    s->reply = NULL;
}
