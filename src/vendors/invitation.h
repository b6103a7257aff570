/* Asking somebody into a shop: a mail to their address with a link that is good for a week and
 * once. Only that very address can accept. Inside of src/vendors. */
#pragma once
#include "vendors/team.h"

#define INVITATIONS_MOST 50 /* a shop, those that are over too */

struct invitation_row {
    int64_t id;
    const char *email, *inviter;
    enum role role;
    int64_t sent_us, expires_us;
    bool over;
};

/* Fields email and role of a form or a JSON body; failures are collected: INVALID team.role and
 * those of accounts_read_email(). */
void invitation_read(struct form *f, const char **email, enum role *role);

/* All in a transaction of the shop's (w->vendor); those that change something write. */
struct err *invitation_list(struct work *w, struct invitation_row **out, size_t *n) MUST_CHECK;
/* Writes it and its mail. CONFLICT team.full (with used and limit), team.too_many_invitations,
 * team.member_already, team.invited_already; DENIED team.owners_only. */
struct err *invitation_add(struct work *w, const char *email, enum role role,
                           int64_t *id) MUST_CHECK;
/* Another mail with another link; the earlier one is void. NOT_FOUND team.no_invitation; CONFLICT
 * team.sent_just_now, team.full; DENIED team.owners_only. */
struct err *invitation_resend(struct work *w, int64_t id) MUST_CHECK;
/* NOT_FOUND team.no_invitation; DENIED team.owners_only. */
struct err *invitation_revoke(struct work *w, int64_t id) MUST_CHECK;

/* What a link opens, and whose it is. */
struct invited {
    struct vendor_id vendor;
    int64_t id;
    const char *email, *shop, *inviter;
    enum role role;
    struct user_id account; /* of that address; 0: none yet */
    bool admin;             /* it is the operator's, who works in no shop */
};
/* In any transaction; `token` may be NULL. */
struct err *invitation_find(struct work *w, const char *token, bool *found,
                            struct invited *out) MUST_CHECK;
/* In a transaction that writes, which becomes the shop's: `user` works there from now on. CONFLICT
 * team.full. */
struct err *invitation_accept(struct work *w, const struct invited *i,
                              struct user_id user) MUST_CHECK;
