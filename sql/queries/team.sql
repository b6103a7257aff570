-- Who works in a shop, and who is asked to (src/vendors).

-- name: team_lock :exec
-- $1 vendor. Changes of one shop's team take turns.
SELECT FROM vendor_counter WHERE vendor_id = $1 FOR UPDATE;

-- name: team_seats :one
-- $1 vendor. Members, open invitations, all invitations, the limit or NULL.
SELECT (SELECT count(*) FROM membership m WHERE m.vendor_id = v.id),
       (SELECT count(*) FROM invitation i WHERE i.vendor_id = v.id AND i.expires_at > now()),
       (SELECT count(*) FROM invitation i WHERE i.vendor_id = v.id), v.team_limit
  FROM vendor v WHERE v.id = $1;

-- name: team_members :many
-- $1 vendor. Owners first.
SELECT a.id, a.email, a.name, a.language, m.role::text, m.created_at,
       (SELECT max(s.seen_at) FROM session s WHERE s.account_id = a.id AND s.acting_vendor = m.vendor_id),
       EXISTS (SELECT FROM account_totp t WHERE t.account_id = a.id AND t.on_since IS NOT NULL)
  FROM membership m JOIN account a ON a.id = m.account_id WHERE m.vendor_id = $1 ORDER BY m.role DESC, a.email;

-- name: team_member :maybe
-- $1 vendor, $2 account.
SELECT a.id, a.email, a.name, a.language, m.role::text, m.created_at,
       (SELECT max(s.seen_at) FROM session s WHERE s.account_id = a.id AND s.acting_vendor = m.vendor_id),
       EXISTS (SELECT FROM account_totp t WHERE t.account_id = a.id AND t.on_since IS NOT NULL)
  FROM membership m JOIN account a ON a.id = m.account_id WHERE m.vendor_id = $1 AND m.account_id = $2;

-- name: team_has_address :one
-- $1 vendor, $2 e-mail.
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id WHERE m.vendor_id = $1 AND a.email = $2);

-- name: team_set_role :exec
-- $1 vendor, $2 account, $3 role.
UPDATE membership SET role = $3::member_role WHERE vendor_id = $1 AND account_id = $2;

-- name: team_remove :exec
-- $1 vendor, $2 account.
DELETE FROM membership WHERE vendor_id = $1 AND account_id = $2;

-- name: team_invitations :many
-- $1 vendor. The newest first.
SELECT i.id, i.email, i.role::text, coalesce(nullif(a.name, ''), a.email, ''), i.sent_at, i.expires_at, i.expires_at <= now()
  FROM invitation i LEFT JOIN account a ON a.id = i.invited_by WHERE i.vendor_id = $1 ORDER BY i.id DESC;

-- name: team_invitation :maybe
-- $1 vendor, $2 invitation.
SELECT i.id, i.email, i.role::text, coalesce(nullif(a.name, ''), a.email, ''), i.sent_at, i.expires_at, i.expires_at <= now()
  FROM invitation i LEFT JOIN account a ON a.id = i.invited_by WHERE i.vendor_id = $1 AND i.id = $2;

-- name: team_invite :maybe
-- $1 vendor, $2 e-mail, $3 role, $4 token hash, $5 who invites, $6 seconds it is good for. One that is over makes room; no row when one is open.
INSERT INTO invitation (vendor_id, email, role, token_hash, invited_by, expires_at)
VALUES ($1, $2, $3::member_role, $4, $5, now() + make_interval(secs => $6::double precision))
ON CONFLICT ON CONSTRAINT invitation_email_once DO UPDATE SET role = EXCLUDED.role, token_hash = EXCLUDED.token_hash, invited_by = EXCLUDED.invited_by, sent_at = now(), expires_at = EXCLUDED.expires_at
 WHERE invitation.expires_at <= now()
RETURNING id;

-- name: team_renew_invitation :exec
-- $1 vendor, $2 invitation, $3 token hash, $4 seconds it is good for. Nothing when the last mail is not a minute old.
UPDATE invitation SET token_hash = $3, sent_at = now(), expires_at = now() + make_interval(secs => $4::double precision)
 WHERE vendor_id = $1 AND id = $2 AND sent_at <= now() - interval '1 minute';

-- name: team_drop_invitation :exec
-- $1 vendor, $2 invitation.
DELETE FROM invitation WHERE vendor_id = $1 AND id = $2;

-- name: team_letter :one
-- $1 vendor, $2 who invites, $3 the address. What the mail says: shop, inviter, language.
SELECT v.name, coalesce((SELECT coalesce(nullif(a.name, ''), a.email) FROM account a WHERE a.id = $2), ''), coalesce((SELECT a.language FROM account a WHERE a.email = $3), v.language)
  FROM vendor v WHERE v.id = $1;

-- name: team_invited :maybe
-- $1 token hash. An invitation that can be accepted, and the account of its address, or 0.
SELECT i.vendor_id, i.id, i.email, i.role::text, i.shop, i.inviter, coalesce(a.id, 0), coalesce(a.is_admin, false)
  FROM invitation_of($1) i LEFT JOIN account a ON a.email = i.email;

-- name: team_join :exec
-- $1 vendor, $2 account, $3 role. Who is in already stays what they are.
INSERT INTO membership (vendor_id, account_id, role) VALUES ($1, $2, $3::member_role) ON CONFLICT DO NOTHING;

-- name: team_owners :many
-- $1 vendor. Who is told what happens to a shop.
SELECT a.email, a.name, a.language FROM membership m JOIN account a ON a.id = m.account_id WHERE m.vendor_id = $1 AND m.role = 'owner' ORDER BY a.id;

-- name: team_shops :many
-- $1 account.
SELECT vendor_id, slug, name, role::text FROM shops_of($1);
