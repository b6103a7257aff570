-- The audit log (src/audit).

-- name: audit_add :one
-- $1 chain (a vendor, or 0), $2 actor or NULL, $3 operator in the actor's place or NULL, $4 what, $5 object, $6 before or NULL,
-- $7 after or NULL, $8 reason or NULL, $9 address, $10 request.
SELECT true FROM audit_add($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10);

-- name: audit_broken :many
-- Rows whose hash is not theirs, or whose predecessor is not the row before; and chains whose last row is not the one that was
-- written last (what: ''). The first hundred.
SELECT chain, seq, at, what FROM (
    SELECT l.chain, l.seq, l.at, l.what,
           l.hash = audit_hash(l) AND (lag(l.seq) OVER c IS NULL OR (l.previous = lag(l.hash) OVER c AND l.seq = lag(l.seq) OVER c + 1)) AS whole
      FROM audit_log l WINDOW c AS (PARTITION BY l.chain ORDER BY l.seq)) checked
 WHERE NOT whole
UNION ALL
SELECT h.chain, h.seq, now(), ''
  FROM audit_head h LEFT JOIN LATERAL (SELECT seq, hash FROM audit_log l WHERE l.chain = h.chain ORDER BY seq DESC LIMIT 1) newest ON true
 WHERE (newest.seq, newest.hash) IS DISTINCT FROM (h.seq, h.hash)
 LIMIT 100;

-- name: audit_list :many
-- $1 actor's e-mail or NULL, $2 beginning of what was done or NULL, $3 chain or NULL, $4 from or NULL, $5 to or NULL, $6 object or NULL,
-- $7 time, $8 chain, $9 seq behind which the page begins (NULL: the first), $10 how many. Newest first.
SELECT l.chain, l.seq, l.at, coalesce(l.actor, 0), l.actor_email, coalesce(o.email, ''), l.what, l.object, coalesce(l.before::text, ''), coalesce(l.after::text, ''),
       coalesce(l.reason, ''), l.address, l.request, coalesce(v.name, '')
  FROM audit_log l LEFT JOIN vendor v ON v.id = l.chain LEFT JOIN account o ON o.id = l.acted_by
 WHERE ($1::text IS NULL OR l.actor = (SELECT id FROM account WHERE email = $1))
   AND ($2::text IS NULL OR starts_with(l.what, $2))
   AND ($3::bigint IS NULL OR l.chain = $3)
   AND ($4::timestamptz IS NULL OR l.at >= $4)
   AND ($5::timestamptz IS NULL OR l.at < $5)
   AND ($6::text IS NULL OR l.object = $6)
   AND ($7::timestamptz IS NULL OR (l.at, l.chain, l.seq) < ($7, $8::bigint, $9::bigint))
 ORDER BY l.at DESC, l.chain DESC, l.seq DESC
 LIMIT $10;
