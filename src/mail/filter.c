#include "mail/filter.h"

#include "base/text.h"

#define PAGE      50
#define PAGE_MOST 200

static const char *
given(struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static bool
is_state(const char *text)
{
    for (size_t i = 0; i < MAIL_STATES; i++)
        if (text_is(text, mail_states[i]))
            return true;
    return false;
}

struct err *
outbox_read_filter(struct req *r, struct mail_filter *out)
{
    const char *cursor = given(r, "cursor");
    *out = (struct mail_filter){ .state = given(r, "state"), .to = given(r, "q") };
    if (out->state && !is_state(out->state))
        out->state = NULL;
    if (cursor && !text_to_id(cursor, &out->behind))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                          "This cursor is not one of ours.");
    return query_limit(r, PAGE, PAGE_MOST, &out->limit);
}

struct err *
outbox_load_page(struct req *r, struct mail_filter *f, struct mail_line **out, size_t *n,
                 bool *more)
{
    struct mail_filter one_more = *f;
    one_more.limit++;
    TRY(outbox_list(r->work, &one_more, out, n));
    *more = (int64_t)*n > f->limit;
    *n -= *more;
    return NULL;
}

struct err *
suppression_load_page(struct req *r, struct suppression_filter *f, struct suppression **out,
                      size_t *n, bool *more)
{
    const char *to = given(r, "q"), *behind = given(r, "cursor");
    *f = (struct suppression_filter){ .to = to ? to : "", .behind = behind ? behind : "" };
    TRY(query_limit(r, PAGE, PAGE_MOST, &f->limit));
    TRY(suppression_list(r->work, f->to, f->behind, f->limit + 1, out, n));
    *more = (int64_t)*n > f->limit;
    *n -= *more;
    return NULL;
}
