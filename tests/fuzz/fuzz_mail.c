/* A mail's bytes, out of names, subjects and texts that people chose: whatever they hold, each
 * stays in its place. The input is cut at its NULs: subject, name, text, HTML. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "mail/mail.h"
#include "mail/message.h"

static const char *
next_part(struct arena *a, const uint8_t **at, size_t *left)
{
    size_t n = strnlen((const char *)*at, *left);
    char *part = text_copy_n(a, *at, n);
    *at += n < *left ? n + 1 : n;
    *left -= n < *left ? n + 1 : n;
    return part;
}

/* Every line ends with CRLF, holds neither alone, and is one that any server takes. */
static void
check_lines(struct bytes b)
{
    size_t length = 0;
    EXPECT(b.length > 2 && memcmp(b.at + b.length - 2, "\r\n", 2) == 0);
    for (size_t i = 0; i < b.length; i++) {
        EXPECT(b.at[i] != '\n' || (i && b.at[i - 1] == '\r'));
        EXPECT(b.at[i] != '\r' || (i + 1 < b.length && b.at[i + 1] == '\n'));
        EXPECT(b.at[i] < 0x80 && b.at[i]);
        length = b.at[i] == '\n' ? 0 : length + 1;
        EXPECT(length <= 998);
    }
}

/* Our nine fields, each once, and nothing of anybody's own. */
static void
check_header(const char *message)
{
    static const char *const fields[] = {
        "Date: ",
        "From: ",
        "To: ",
        "Subject: ",
        "Message-ID: ",
        "MIME-Version: ",
        "Auto-Submitted: ",
        "Content-Language: ",
        "Content-Type: ",
    };
    size_t field = 0;
    for (const char *line = message; !text_starts(line, "\r\n"); line = strstr(line, "\r\n") + 2) {
        if (*line == ' ')
            continue;
        EXPECT(field < COUNT(fields) && text_starts(line, fields[field]));
        field++;
    }
    EXPECT(field == COUNT(fields));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct message m = { .id = 7,
                         .created_us = INT64_C(1795530904000000),
                         .host = "souk.example",
                         .from = "no-reply@souk.example",
                         .from_name = "souk",
                         .to = "anna@example.org",
                         .language = "en" };
    m.subject = next_part(a, &data, &size);
    m.to_name = next_part(a, &data, &size);
    m.text = next_part(a, &data, &size);
    m.html = next_part(a, &data, &size);
    struct bytes b = message_write(a, &m);
    check_lines(b);
    check_header((const char *)b.at);
    if (mail_address_is_one(m.subject))
        EXPECT(!strpbrk(m.subject, " \t\r\n<>()[],;:\\\""));
    arena_free(a);
    return 0;
}
