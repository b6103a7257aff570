/* /admin/mail: what waits, what left, what came back. A preview shows what the person gets, less
 * its secrets; its HTML is an answer of its own in a frame that runs and loads nothing. */
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "mail/filter.h"
#include "mail/outbox.h"
#include "mail/render.h"
#include "mail/routes.h"
#include "mail/server.h"
#include "view/value.h"

static const char *
path_of(struct arena *a, int64_t id)
{
    return text_printf(a, "/admin/mail/%lld", (long long)id);
}

static void
line_model(struct arena *a, struct val *m, const struct mail_line *line)
{
    val_set_text(m, "path", path_of(a, line->id));
    val_set_text(m, "address", line->address);
    val_set_text(m, "person", line->name);
    val_set_text(m, "shop", line->vendor);
    val_set_text(m, "language", line->language);
    val_set_word(m, "kind", text_printf(a, "mail.kind.%s", line->kind));
    val_set_word(m, "state_word", text_printf(a, "mail.state.%s", line->state));
    val_set_bool(val_set_map(m, "is"), line->state, true);
    val_set_time(m, "created", line->created_us);
    val_set_count(m, "attempts", line->attempt);
    val_set_text(m, "answer", line->answer);
    if (line->ended_us)
        val_set_time(m, "ended", line->ended_us);
    else if (line->attempt)
        val_set_time(m, "due", line->due_us);
}

/* ---- The list ---- */

static void
add_tab(struct req *r, struct val *tabs, const char *state, int64_t count, const char *chosen)
{
    struct arena *a = r->work->arena;
    struct val *tab = val_add_map(tabs);
    val_set_word(tab, "label", text_printf(a, "mail.tab.%s", state ? state : "all"));
    val_set_text(tab, "path",
                 state ? text_printf(a, "/admin/mail?state=%s", state) : "/admin/mail");
    val_set_bool(tab, "current", text_is(state, chosen));
    val_set_bool(tab, "counted", state != NULL);
    val_set_count(tab, "count", count < MAIL_COUNT_MOST ? count : MAIL_COUNT_MOST);
    val_set_bool(tab, "or_more", count > MAIL_COUNT_MOST);
}

static struct err *
add_tabs(struct req *r, struct val *m, const char *chosen)
{
    int64_t counts[MAIL_STATES];
    struct val *tabs = val_set_list(m, "tabs");
    TRY(outbox_counts(r->work, counts));
    add_tab(r, tabs, NULL, 0, chosen);
    for (size_t i = 0; i < MAIL_STATES; i++)
        add_tab(r, tabs, mail_states[i], counts[i], chosen);
    return NULL;
}

static struct err *
add_relay(struct req *r, struct val *m)
{
    struct relay_state relay;
    TRY(outbox_relay(r->work, &relay));
    val_set_bool(m, "no_server", !mail_has_server(r->site->settings));
    if (!relay.down_us)
        return NULL;
    struct val *down = val_set_map(m, "down");
    val_set_time(down, "since", relay.down_us);
    val_set_text(down, "said", relay.answer);
    return NULL;
}

struct err *
outbox_show_list(struct req *r)
{
    struct mail_filter f;
    struct mail_line *all;
    size_t n;
    bool more;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *rows = val_set_list(m, "mails");
    TRY(outbox_read_filter(r, &f));
    TRY(outbox_load_page(r, &f, &all, &n, &more));
    TRY(add_tabs(r, m, f.state));
    TRY(add_relay(r, m));
    for (size_t i = 0; i < n; i++)
        line_model(a, val_add_map(rows), &all[i]);
    val_set_bool(m, "has_mails", n > 0);
    val_set_bool(m, "filtered", f.to || f.state);
    val_set_text(m, "q", f.to);
    val_set_text(m, "state", f.state);
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (more)
        val_set_text(m, "older", query_with(r, "cursor", text_i64(a, all[n - 1].id)));
    return page(r, "admin/mail/list", m);
}

/* ---- One ---- */

static struct err *
load_named(struct req *r, struct mail_line *out)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    return outbox_one(r->work, id, out);
}

static struct err *
preview(struct req *r, const struct mail_line *line, struct rendered *out)
{
    struct mail mail = { .id = line->id,
                         .created_us = line->created_us,
                         .kind = line->kind,
                         .address = line->address,
                         .name = line->name,
                         .language = line->language,
                         .args = line->args,
                         .secret = "" };
    return mail_render(r->work, r->site->views, &mail, false, out);
}

static struct err *
add_answers(struct req *r, struct val *m, int64_t id)
{
    struct mail_answer *all;
    size_t n;
    TRY(outbox_answers(r->work, id, &all, &n));
    struct val *rows = val_set_list(m, "answers");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(rows);
        val_set_time(row, "at", all[i].at_us);
        val_set_word(row, "outcome",
                     text_printf(r->work->arena, "mail.outcome.%s", all[i].outcome));
        val_set_text(row, "said", all[i].answer);
    }
    val_set_bool(m, "has_answers", n > 0);
    return NULL;
}

struct err *
outbox_show_one(struct req *r)
{
    struct mail_line line;
    struct rendered words;
    struct val *m = val_map(r->work->arena);
    TRY(load_named(r, &line));
    line_model(r->work->arena, m, &line);
    TRY(add_answers(r, m, line.id));
    /* of a kind that this program does not know (any more) there is nothing to show */
    if (!preview(r, &line, &words)) {
        val_set_bool(m, "shown", true);
        val_set_text(m, "subject", words.subject);
        val_set_text(m, "text", words.text);
        resp_frames(r);
    }
    return page(r, "admin/mail/show", m);
}

struct err *
outbox_show_html(struct req *r)
{
    struct mail_line line;
    struct rendered words;
    TRY(load_named(r, &line));
    TRY(preview(r, &line, &words));
    resp_framed(r);
    return text_answer(r, 200, "text/html; charset=utf-8", words.html);
}

/* ---- Acts ---- */

static struct err *
back_to(struct req *r, int64_t id, const char *done)
{
    return see_other(r,
                     text_printf(r->work->arena, "%s?done=%s", path_of(r->work->arena, id), done));
}

struct err *
outbox_post_resend(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(outbox_resend(r->work, id));
    return back_to(r, id, "mail.resent");
}

struct err *
outbox_show_discard(struct req *r)
{
    struct mail_line line;
    struct val *m = val_map(r->work->arena);
    TRY(load_named(r, &line));
    line_model(r->work->arena, m, &line);
    return page(r, "admin/mail/discard", m);
}

struct err *
outbox_post_discard(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(outbox_discard(r->work, id));
    return back_to(r, id, "mail.discarded");
}

/* ---- Addresses that get nothing ---- */

static struct err *
suppression_page(struct req *r, int status, const struct form *form, const struct err *e)
{
    struct suppression_filter f;
    struct suppression *all;
    size_t n;
    bool more;
    struct val *m = val_map(r->work->arena), *rows = val_set_list(m, "addresses");
    TRY(suppression_load_page(r, &f, &all, &n, &more));
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(rows);
        val_set_text(row, "address", all[i].address);
        val_set_text(row, "reason", all[i].reason);
        val_set_bool(row, "bounced", all[i].bounced);
        val_set_time(row, "since", all[i].created_us);
    }
    val_set_bool(m, "has_addresses", n > 0);
    val_set_text(m, "q", f.to);
    if (*f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (more)
        val_set_text(m, "older", query_with(r, "cursor", all[n - 1].address));
    if (form)
        form_show(form, e, m);
    return page_status(r, status, "admin/mail/suppressed", m);
}

struct err *
suppression_show(struct req *r)
{
    return suppression_page(r, 200, NULL, NULL);
}

struct err *
suppression_post(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *address = form_word(&f, "address", 3, 254);
    const char *reason = form_text(&f, "reason", 1, 500);
    struct err *e = form_done(&f);
    if (!e)
        e = suppression_add(r->work, address, reason);
    if (e && e->kind == ERR_INVALID)
        return suppression_page(r, 422, &f, e);
    TRY(e);
    return see_other(r, "/admin/mail/suppressed?done=mail.suppressed");
}

struct err *
suppression_post_removal(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *address = form_word(&f, "address", 3, 254);
    TRY(form_done(&f));
    TRY(suppression_remove(r->work, address));
    return see_other(r, "/admin/mail/suppressed?done=mail.unsuppressed");
}
