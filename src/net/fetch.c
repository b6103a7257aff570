/* Transfers are places in a table, each with a handle that is used again and again, and one multi
 * handle drives them. Redirects are ours to follow: each begins as a question of its own, so
 * nothing that holds for a first address can be forgotten for a second. */
#include "net/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "net/url.h"

#define CONNECT_S    5
#define STALLED_S    15         /* with under a byte a second */
#define ANSWER_READ  (64 << 10) /* of an answer that nobody wants whole: then it is cut off */
#define PLACE_ARENA  ((size_t)1 << 20)
#define HEADERS_MOST (128 << 10)

struct place {
    struct fetcher *fetcher;
    struct fetch *of; /* NULL: free */
    CURL *curl;
    struct arena *arena; /* of one question */
    struct curl_slist *headers;
    struct sha256_run *hash;
    struct url url;
    int fd, redirects;
    bool refused; /* a connection was, since its address is not public */
    bool wrong_type, too_large, cut_off, no_room;
    int64_t began_us;
    size_t answer_length, header_bytes;
    char error[CURL_ERROR_SIZE];
};

struct fetcher {
    CURLM *multi;
    struct reach reach;
    const char *agent;
    struct place places[FETCH_AT_ONCE_MOST];
    size_t busy;
};

/* ---- Failures ---- */

static const struct failure {
    const char *code;
    bool recovers;
    const char *say;
} failures[] = {
    /* clang-format off */
    { "fetch.url",       false, "This is no address of the web." },
    { "fetch.scheme",    false, "Only addresses that begin with https:// or http:// are asked." },
    { "fetch.userinfo",  false, "The address must not carry a name or a password." },
    { "fetch.port",      false, "The port is not one of web servers: 80, 443, or from 1024 on." },
    { "fetch.private",   false, "This address is not of the public internet." },
    { "fetch.host",      true,  "There is no server of that name." },
    { "fetch.connect",   true,  "The server cannot be reached." },
    { "fetch.tls",       false, "The server's certificate cannot be trusted." },
    { "fetch.timeout",   true,  "The server took too long." },
    { "fetch.dropped",   true,  "The server broke off." },
    { "fetch.redirects", false, "The server redirects too often, or to where we do not go." },
    { "fetch.status",    false, "The server refused." },
    { "fetch.too_large", false, "The file is too large." },
    { "fetch.type",      false, "The server sent another kind of file." },
    { "file.no_room",    true,  "There is no room on disk." },
    /* clang-format on */
};

static const struct failure *
failure_of(const char *code)
{
    for (size_t i = 0; i < COUNT(failures); i++)
        if (text_is(failures[i].code, code))
            return &failures[i];
    must(false); /* a code that is none of ours */
    return NULL;
}

bool
fetch_may_recover(const struct fetch *f)
{
    if (text_is(f->code, "fetch.status"))
        return f->status >= 500 || f->status == 408 || f->status == 425 || f->status == 429;
    return f->code && failure_of(f->code)->recovers;
}

const char *
fetch_say(const char *code)
{
    return failure_of(code)->say;
}

struct err *
fetch_failure(struct arena *a, const struct fetch *f)
{
    must(f->code);
    enum err_kind kind = text_is(f->code, "file.no_room") ? ERR_FULL
                         : fetch_may_recover(f)           ? ERR_BUSY
                                                          : ERR_INVALID;
    return err_new(a, kind, f->code, NULL, fetch_say(f->code),
                   text_printf(a, "status %d %s", f->status, f->why), ERR_AT);
}

/* What the library's end means; the callbacks know better what they stopped. */
static const char *
code_of(const struct place *p, CURLcode ended)
{
    if (p->wrong_type)
        return "fetch.type";
    if (p->too_large)
        return "fetch.too_large";
    if (p->no_room)
        return "file.no_room";
    switch (ended) {
    case CURLE_OK:
        return NULL;
    case CURLE_WRITE_ERROR:
        return p->cut_off ? NULL : "fetch.dropped";
    case CURLE_URL_MALFORMAT:
        return "fetch.url";
    case CURLE_UNSUPPORTED_PROTOCOL:
        return "fetch.scheme";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "fetch.host";
    case CURLE_COULDNT_CONNECT:
        return p->refused ? "fetch.private" : "fetch.connect";
    case CURLE_OPERATION_TIMEDOUT:
        return p->refused ? "fetch.private" : "fetch.timeout";
    case CURLE_FILESIZE_EXCEEDED:
        return "fetch.too_large";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
        return "fetch.tls";
    default:
        return "fetch.dropped";
    }
}

/* ---- Connecting ---- */

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct place *p = arg;
    bool allowed = p->url.named || reach_is_public(&address->addr) ||
                   reach_allows_address(&p->fetcher->reach, &address->addr);
    if (purpose != CURLSOCKTYPE_IPCXN || !allowed) {
        p->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- What comes ---- */

static bool
is_success(int status)
{
    return status >= 200 && status < 300;
}

/* Text that may be shown: what is neither printable nor UTF-8 is a blank or "?". */
static void
keep_answer(struct place *p, const char *at, size_t length)
{
    struct fetch *x = p->of;
    size_t room = FETCH_ANSWER_MOST - p->answer_length;
    length = length < room ? length : room;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        x->answer[p->answer_length++] = (char)(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
    }
    x->answer[p->answer_length] = 0;
}

static void
mend_answer(struct fetch *x)
{
    size_t n = strlen(x->answer), bad_at;
    while (!text_is_utf8(BYTES(x->answer, n), &bad_at)) {
        if (n - bad_at < 4 && n == FETCH_ANSWER_MOST) {
            x->answer[bad_at] = 0; /* cut within a character */
            return;
        }
        x->answer[bad_at] = '?';
    }
}

static bool
is_of_type(const struct fetch *x, const char *type)
{
    for (size_t i = 0; i < x->type_count; i++)
        if (strncasecmp(type, x->types[i], strlen(x->types[i])) == 0)
            return true;
    return !x->type_count || !*type;
}

/* Before the first byte of a file. */
static bool
begin_file(struct place *p)
{
    const char *type = NULL;
    curl_easy_getinfo(p->curl, CURLINFO_CONTENT_TYPE, &type);
    if (!is_of_type(p->of, type ? type : "")) {
        p->wrong_type = true;
        return false;
    }
    p->fd = open(p->of->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    p->no_room = p->fd < 0;
    p->hash = sha256_begin(p->arena);
    return !p->no_room;
}

static bool
write_all(int fd, const char *at, size_t length)
{
    while (length) {
        ssize_t n = write(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static bool
take_file(struct place *p, const char *at, size_t length)
{
    if (p->fd < 0 && !begin_file(p))
        return false;
    p->too_large = p->of->bytes > p->of->most_bytes;
    if (p->too_large)
        return false;
    p->no_room = !write_all(p->fd, at, length);
    sha256_more(p->hash, BYTES(at, length));
    return !p->no_room;
}

static bool
take_whole(struct place *p, const char *at, size_t length)
{
    struct fetch *x = p->of;
    p->too_large = length > x->room_size - x->room_used;
    if (p->too_large)
        return false;
    memcpy(x->room + x->room_used, at, length);
    x->room_used += length;
    return true;
}

static size_t
take(char *at, size_t size, size_t count, void *arg)
{
    struct place *p = arg;
    long status = 0;
    size_t length = size * count;
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
    p->of->bytes += length;
    if (p->of->path && is_success((int)status))
        return take_file(p, at, length) ? length : 0;
    if (p->of->room)
        return take_whole(p, at, length) ? length : 0;
    keep_answer(p, at, length);
    p->cut_off = p->of->bytes > ANSWER_READ;
    return p->cut_off ? 0 : length;
}

/* Of "Name: value\r\n". */
static void
keep_header(struct fetch_header *wanted, const char *line, size_t length)
{
    size_t name = strlen(wanted->name), n = 0;
    if (length <= name || strncasecmp(line, wanted->name, name) != 0 || line[name] != ':')
        return;
    for (size_t i = name + 1; i < length && n + 1 < sizeof(wanted->value); i++)
        if (line[i] > ' ' || (n && line[i] == ' '))
            wanted->value[n++] = line[i];
    wanted->value[n] = 0;
}

static size_t
take_header(char *at, size_t size, size_t count, void *arg)
{
    struct place *p = arg;
    for (size_t i = 0; i < p->of->wanted_count; i++)
        keep_header(&p->of->wanted[i], at, size * count);
    p->header_bytes += size * count;
    return p->header_bytes > HEADERS_MOST ? 0 : size * count;
}

/* ---- Asking ---- */

/* All that is the same for each question. */
static void
set_up(struct place *p)
{
    CURL *c = p->curl;
    curl_easy_setopt(c, CURLOPT_PRIVATE, p);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, p->fetcher->agent);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, p);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, p);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, p->error);
}

static void
add_header(struct place *p, const char *line)
{
    struct curl_slist *longer = curl_slist_append(p->headers, line);
    must(longer);
    p->headers = longer;
}

static void
set_question(struct place *p)
{
    const struct fetch *x = p->of;
    for (size_t i = 0; i < x->header_count; i++)
        add_header(p, x->headers[i]);
    if (x->body.at) {
        add_header(p, text_printf(p->arena, "Content-Type: %s", x->type));
        add_header(p, "Expect:");
        curl_easy_setopt(p->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, x->body.at);
        curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.length);
    } else {
        curl_easy_setopt(p->curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(p->curl, CURLOPT_MAXFILESIZE_LARGE,
                     x->body.at ? (curl_off_t)0 : (curl_off_t)x->most_bytes);
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers);
}

/* Of the whole question, redirects included. */
static long
left_ms(const struct place *p)
{
    int64_t left = (int64_t)p->of->total_s * 1000 - (clock_mono_us() - p->began_us) / 1000;
    return left > 1 ? (long)left : 1;
}

/* Starts, or starts anew after a redirect; a failure is the question's end. */
static const char *
ask(struct place *p, const char *address)
{
    struct url next;
    bool was_https = p->url.https;
    struct err *e = url_read(p->arena, address, &p->fetcher->reach, &next);
    if (e)
        return e->code;
    if (was_https && !next.https)
        return "fetch.redirects";
    p->url = next;
    p->refused = p->cut_off = false;
    p->error[0] = 0;
    p->of->bytes = 0;
    p->of->room_used = 0;
    p->answer_length = p->header_bytes = 0;
    p->of->answer[0] = 0;
    curl_easy_setopt(p->curl, CURLOPT_URL, p->url.text);
    curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, left_ms(p));
    must(curl_multi_add_handle(p->fetcher->multi, p->curl) == CURLM_OK);
    return NULL;
}

/* ---- Ending ---- */

static struct fetch *
give_back(struct place *p, const char *code)
{
    struct fetch *x = p->of;
    x->code = code;
    x->took_ms = (int)((clock_mono_us() - p->began_us) / 1000);
    snprintf(x->why, sizeof(x->why), "%s", p->error);
    mend_answer(x);
    if (p->fd >= 0) {
        x->hash = sha256_end(p->hash);
        close(p->fd);
    }
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(p->headers);
    p->headers = NULL;
    p->of = NULL;
    p->fd = -1;
    p->fetcher->busy--;
    arena_reset(p->arena);
    return x;
}

/* NULL: it goes on with a redirect. */
static struct fetch *
follow(struct place *p)
{
    const char *to = NULL, *failed;
    curl_easy_getinfo(p->curl, CURLINFO_REDIRECT_URL, &to);
    if (!to || p->of->body.at)
        return give_back(p, "fetch.status");
    if (p->redirects++ == FETCH_REDIRECTS)
        return give_back(p, "fetch.redirects");
    failed = ask(p, text_copy(p->arena, to));
    return failed ? give_back(p, failed) : NULL;
}

static struct fetch *
end(struct place *p, CURLcode ended)
{
    struct fetch *x = p->of;
    long status = 0;
    curl_off_t retry_after = 0;
    const char *code = code_of(p, ended);
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(p->curl, CURLINFO_RETRY_AFTER, &retry_after);
    curl_multi_remove_handle(p->fetcher->multi, p->curl);
    x->status = (int)status;
    x->retry_after_s = retry_after > 0 && retry_after < 86400 ? (int)retry_after : 0;
    if (code)
        return give_back(p, code);
    if (status >= 300 && status < 400)
        return follow(p);
    if (!is_success(x->status))
        return give_back(p, "fetch.status");
    if (x->path && p->fd < 0 && !begin_file(p)) /* an empty one */
        return give_back(p, code_of(p, CURLE_OK));
    return give_back(p, NULL);
}

/* ---- The table ---- */

static void
end_fetcher(void *arg)
{
    struct fetcher *f = arg;
    for (size_t i = 0; i < FETCH_AT_ONCE_MOST; i++) {
        struct place *p = &f->places[i];
        if (!p->curl)
            continue;
        curl_multi_remove_handle(f->multi, p->curl);
        curl_easy_cleanup(p->curl);
        curl_slist_free_all(p->headers);
        close_fd(&p->fd);
        arena_free(p->arena);
    }
    curl_multi_cleanup(f->multi);
    curl_global_cleanup();
}

struct err *
fetcher_open(struct arena *a, const struct settings *s, const char *allow, struct fetcher **out)
{
    struct fetcher *f = NEW(a, struct fetcher);
    TRY(reach_read(a, allow, &f->reach));
    f->agent = text_printf(a, "souk/%s (+%s)", SOUK_VERSION, s->public_url);
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    f->multi = curl_multi_init();
    must(f->multi);
    arena_defer(a, end_fetcher, f);
    *out = f;
    return NULL;
}

size_t
fetcher_busy(const struct fetcher *f)
{
    return f->busy;
}

static struct place *
free_place(struct fetcher *f)
{
    for (size_t i = 0; i < FETCH_AT_ONCE_MOST; i++) {
        struct place *p = &f->places[i];
        if (p->of)
            continue;
        if (!p->curl) {
            *p = (struct place){ .fetcher = f, .curl = curl_easy_init(), .fd = -1 };
            must(p->curl);
            p->arena = arena_new(PLACE_ARENA);
            set_up(p);
        }
        return p;
    }
    must(false); /* more at once than may be */
    return NULL;
}

void
fetch_begin(struct fetcher *f, struct fetch *x)
{
    struct place *p = free_place(f);
    p->of = x;
    p->redirects = 0;
    p->url = (struct url){ 0 };
    p->wrong_type = p->too_large = p->no_room = false;
    p->began_us = clock_mono_us();
    x->status = x->retry_after_s = 0;
    f->busy++;
    set_question(p);
    x->code = ask(p, x->url); /* a failure is given back by fetch_next() */
}

static struct fetch *
one_that_never_began(struct fetcher *f)
{
    for (size_t i = 0; i < FETCH_AT_ONCE_MOST; i++) {
        struct place *p = &f->places[i];
        if (p->of && p->of->code)
            return give_back(p, p->of->code);
    }
    return NULL;
}

static struct fetch *
one_that_ended(struct fetcher *f)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(f->multi, &left))) {
        struct place *p = NULL;
        CURLcode ended = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&p);
        struct fetch *x = end(p, ended);
        if (x)
            return x;
    }
    return NULL;
}

struct fetch *
fetch_next(struct fetcher *f, int wait_ms)
{
    int64_t until_us = clock_mono_us() + (int64_t)wait_ms * 1000;
    struct fetch *x = one_that_never_began(f);
    while (!x && f->busy) {
        int running;
        must(curl_multi_perform(f->multi, &running) == CURLM_OK);
        x = one_that_ended(f);
        int64_t left_us = until_us - clock_mono_us();
        if (x || left_us <= 0)
            break;
        must(curl_multi_poll(f->multi, NULL, 0, (int)(left_us / 1000) + 1, NULL) == CURLM_OK);
    }
    return x;
}
