-- Webhooks out (src/hooks).

-- name: hooks_put :one
-- $1 event, $2 objects, $3 JSON texts or NULL. How many deliveries it wrote.
SELECT hook_put($1, $2::bigint[], $3::text[]);

-- name: hooks_wanted :one
-- $1 vendor, $2 event.
SELECT EXISTS (SELECT FROM hook_endpoint WHERE vendor_id = $1 AND enabled AND $2 = ANY (events));

-- ---- Endpoints ----

-- name: hooks_endpoints :many
-- $1 vendor, $2 endpoint or NULL for all, $3 the most waiting events that are counted.
SELECT e.id, e.address, e.description, array_to_string(e.events, ' '), e.enabled, e.stopped_why, e.salt,
       CASE WHEN e.old_until > now() THEN e.old_until END, e.failures, e.failing_since, CASE WHEN e.rest_until > now() THEN e.rest_until END,
       e.answered_at, e.created_at,
       (SELECT count(*) FROM (SELECT FROM hook_delivery d
                               WHERE d.vendor_id = e.vendor_id AND d.endpoint_id = e.id AND d.state IN ('waiting', 'sending')
                               LIMIT $3::bigint) counted)
  FROM hook_endpoint e WHERE e.vendor_id = $1 AND ($2::bigint IS NULL OR e.id = $2) ORDER BY e.id;

-- name: hooks_lock :many
-- $1 vendor. Who adds endpoints takes turns.
SELECT pg_advisory_xact_lock(hashtextextended('hook_endpoint', $1));

-- name: hooks_count :one
-- $1 vendor.
SELECT count(*) FROM hook_endpoint WHERE vendor_id = $1;

-- name: hooks_add :one
-- $1 vendor, $2 address, $3 description, $4 events, $5 enabled, $6 salt.
INSERT INTO hook_endpoint (vendor_id, address, description, events, enabled, stopped_why, salt)
VALUES ($1, $2, $3, $4::text[], $5, CASE WHEN NOT $5::boolean THEN 'person' END, $6) RETURNING id;

-- name: hooks_save :exec
-- $1 vendor, $2 endpoint, $3 address, $4 description, $5 events, $6 enabled. Switched on, or elsewhere, it is as if it had never failed.
UPDATE hook_endpoint
   SET address = $3, description = $4, events = $5::text[], enabled = $6,
       stopped_why = CASE WHEN $6::boolean THEN NULL ELSE coalesce(stopped_why, 'person') END,
       failures = CASE WHEN address = $3 AND enabled THEN failures ELSE 0 END,
       failing_since = CASE WHEN address = $3 AND enabled THEN failing_since END,
       rest_until = CASE WHEN address = $3 AND enabled THEN rest_until END
 WHERE vendor_id = $1 AND id = $2;

-- name: hooks_stop_waiting :exec
-- $1 vendor, $2 endpoint.
UPDATE hook_delivery SET state = 'stopped', ended_at = now() WHERE vendor_id = $1 AND endpoint_id = $2 AND state = 'waiting';

-- name: hooks_remove :exec
-- $1 vendor, $2 endpoint.
DELETE FROM hook_endpoint WHERE vendor_id = $1 AND id = $2;

-- name: hooks_rotate :exec
-- $1 vendor, $2 endpoint, $3 new salt, $4 seconds for which the old one signs too.
UPDATE hook_endpoint SET salt = $3, old_salt = salt, old_until = now() + make_interval(secs => $4::bigint) WHERE vendor_id = $1 AND id = $2;

-- name: hooks_test :one
-- $1 vendor, $2 endpoint, $3 event. To this endpoint only, whatever it wants to know; at once, before others and after no other.
WITH woken AS (
    UPDATE hook_endpoint SET rest_until = NULL WHERE vendor_id = $1 AND id = $2
)
INSERT INTO hook_delivery (vendor_id, id, endpoint_id, event_id, event, kind, object_id, sequence, data, due_at)
SELECT $1, n.id, $2, gen_random_uuid(), $3, 'test', n.id, 1, json_build_object('id', $2::bigint::text)::text, now() - interval '1 day'
  FROM (SELECT nextval('hook_delivery_id') AS id) n
RETURNING id;

-- ---- Deliveries ----

-- name: hooks_deliveries :many
-- $1 vendor, $2 endpoint, $3 state or NULL, $4 event or NULL, $5 id behind which the page begins (0: the first), $6 how many. Newest first.
SELECT id, created_at, endpoint_id, event_id::text, event, kind, object_id, sequence, happened_at, state::text, due_at, attempt, again,
       ended_at, coalesce((answers -> -1 ->> 'status')::bigint, 0), answers -> -1 ->> 'code', data
  FROM hook_delivery
 WHERE vendor_id = $1 AND endpoint_id = $2 AND ($3::text IS NULL OR state = $3::hook_state) AND ($4::text IS NULL OR event = $4)
   AND ($5::bigint = 0 OR id < $5)
 ORDER BY id DESC LIMIT $6;

-- name: hooks_delivery :maybe
-- $1 vendor, $2 endpoint, $3 delivery.
SELECT id, created_at, endpoint_id, event_id::text, event, kind, object_id, sequence, happened_at, state::text, due_at, attempt, again,
       ended_at, coalesce((answers -> -1 ->> 'status')::bigint, 0), answers -> -1 ->> 'code', data
  FROM hook_delivery WHERE vendor_id = $1 AND endpoint_id = $2 AND id = $3;

-- name: hooks_tries :many
-- $1 vendor, $2 delivery. Oldest first.
SELECT (a.one ->> 'at')::timestamptz, (a.one ->> 'status')::bigint, (a.one ->> 'ms')::bigint, a.one ->> 'code', a.one ->> 'answer'
  FROM hook_delivery d, jsonb_array_elements(d.answers) WITH ORDINALITY AS a (one, nth)
 WHERE d.vendor_id = $1 AND d.id = $2 ORDER BY a.nth;

-- name: hooks_again :exec
-- $1 vendor, $2 endpoint, $3 delivery that has ended.
UPDATE hook_delivery SET state = 'waiting', due_at = now(), attempt = 0, ended_at = NULL, again = least(again + 1, 32000)
 WHERE vendor_id = $1 AND endpoint_id = $2 AND id = $3 AND state IN ('done', 'failed', 'stopped');

-- name: hooks_again_all :exec
-- $1 vendor, $2 endpoint, $3 state or NULL for those that did not arrive, $4 from, $5 to, $6 how many at most.
UPDATE hook_delivery d SET state = 'waiting', due_at = now(), attempt = 0, ended_at = NULL, again = least(again + 1, 32000)
  FROM (SELECT id, created_at FROM hook_delivery
         WHERE vendor_id = $1 AND endpoint_id = $2 AND created_at >= $4::timestamptz AND created_at < $5::timestamptz
           AND state = ANY (CASE WHEN $3::text IS NULL THEN '{failed,stopped}'::hook_state[] ELSE ARRAY[$3::hook_state] END)
           AND state IN ('done', 'failed', 'stopped')
         ORDER BY id LIMIT $6) chosen
 WHERE d.vendor_id = $1 AND d.id = chosen.id AND d.created_at = chosen.created_at;

-- ---- The sender ----

-- name: hooks_reclaim :exec
-- What a sender had in hand that died.
UPDATE hook_delivery SET state = 'waiting', lease_until = NULL WHERE state = 'sending' AND lease_until < now();

-- name: hooks_claim_lock :many
-- Senders claim in turns, so that each sees what the others have in hand.
SELECT pg_advisory_xact_lock(hashtextextended('hooks_claim', 0));

-- name: hooks_claim :many
-- $1 how many at most, $2 how many of one endpoint at once, $3 failures in a row from which it is one. The oldest that are due of each endpoint,
-- and of an object only the first that has not ended; ours for a minute. Endpoints with something waiting are found by skipping along the index.
WITH RECURSIVE lane AS (
    (SELECT vendor_id, endpoint_id FROM hook_delivery WHERE state = 'waiting' ORDER BY vendor_id, endpoint_id LIMIT 1)
    UNION ALL
    SELECT n.vendor_id, n.endpoint_id
      FROM lane l
     CROSS JOIN LATERAL (SELECT d.vendor_id, d.endpoint_id FROM hook_delivery d
                          WHERE d.state = 'waiting' AND (d.vendor_id, d.endpoint_id) > (l.vendor_id, l.endpoint_id)
                          ORDER BY d.vendor_id, d.endpoint_id LIMIT 1) n
), open AS (
    SELECT e.vendor_id, e.id, e.address, e.salt, CASE WHEN e.old_until > now() THEN e.old_salt END AS old_salt,
           CASE WHEN e.failures >= $3::integer THEN 1 ELSE $2::bigint END -
           (SELECT count(*) FROM hook_delivery s WHERE s.vendor_id = e.vendor_id AND s.endpoint_id = e.id AND s.state = 'sending') AS places
      FROM lane l JOIN hook_endpoint e ON e.vendor_id = l.vendor_id AND e.id = l.endpoint_id
     WHERE e.enabled AND (e.rest_until IS NULL OR e.rest_until <= now())
), due AS (
    SELECT d.vendor_id, d.id, d.created_at, o.address, o.salt, o.old_salt
      FROM open o
     CROSS JOIN LATERAL (SELECT w.vendor_id, w.id, w.created_at, w.due_at FROM hook_delivery w
                          WHERE w.vendor_id = o.vendor_id AND w.endpoint_id = o.id AND w.state = 'waiting' AND w.due_at <= now()
                            AND NOT EXISTS (SELECT FROM hook_delivery b
                                             WHERE b.vendor_id = w.vendor_id AND b.endpoint_id = w.endpoint_id AND b.kind = w.kind
                                               AND b.object_id = w.object_id AND b.state IN ('waiting', 'sending') AND b.id < w.id)
                          ORDER BY w.due_at, w.id
                          LIMIT greatest(o.places, 0)
                            FOR UPDATE SKIP LOCKED) d
     ORDER BY d.due_at, d.id
     LIMIT $1
)
UPDATE hook_delivery h SET state = 'sending', attempt = attempt + 1, lease_until = now() + interval '1 minute'
  FROM due
 WHERE h.vendor_id = due.vendor_id AND h.id = due.id AND h.created_at = due.created_at
RETURNING h.vendor_id, h.id, h.created_at, h.endpoint_id, h.event_id::text, h.event, h.sequence, h.happened_at, h.attempt, h.data,
          due.address, due.salt, due.old_salt;

-- name: hooks_took :exec
-- $1 vendor, $2 delivery, $3 created at, $4 attempt, $5 status, $6 milliseconds, $7 answer. No row when it is no longer ours.
UPDATE hook_delivery SET state = 'done', ended_at = now(), lease_until = NULL,
                         answers = answers || jsonb_build_object('at', now(), 'status', $5::bigint, 'ms', $6::bigint, 'code', '', 'answer', $7::text)
 WHERE vendor_id = $1 AND id = $2 AND created_at = $3 AND attempt = $4 AND state = 'sending';

-- name: hooks_put_off :exec
-- $1 vendor, $2 delivery, $3 created at, $4 attempt, $5 status, $6 milliseconds, $7 answer, $8 code, $9 milliseconds to wait; NULL: it has failed.
UPDATE hook_delivery d
   SET state = CASE WHEN $9::bigint IS NULL THEN 'failed'::hook_state
                    WHEN (SELECT e.enabled FROM hook_endpoint e WHERE e.vendor_id = d.vendor_id AND e.id = d.endpoint_id) THEN 'waiting'
                    ELSE 'stopped' END,
       ended_at = CASE WHEN $9::bigint IS NULL OR NOT (SELECT e.enabled FROM hook_endpoint e WHERE e.vendor_id = d.vendor_id AND e.id = d.endpoint_id)
                       THEN now() END,
       due_at = now() + make_interval(secs => coalesce($9::bigint, 0) / 1000.0), lease_until = NULL,
       answers = answers || jsonb_build_object('at', now(), 'status', $5::bigint, 'ms', $6::bigint, 'code', $8::text, 'answer', $7::text)
 WHERE vendor_id = $1 AND id = $2 AND created_at = $3 AND attempt = $4 AND state = 'sending';

-- name: hooks_endpoint_took :exec
-- $1 vendor, $2 endpoint. Written when it is news.
UPDATE hook_endpoint SET failures = 0, failing_since = NULL, rest_until = NULL, answered_at = now()
 WHERE vendor_id = $1 AND id = $2 AND (failures > 0 OR answered_at IS NULL OR answered_at < now() - interval '1 minute');

-- name: hooks_endpoint_failed :maybe
-- $1 vendor, $2 endpoint, $3 seconds of failing after which it is given up. Failures in a row; is it given up?
UPDATE hook_endpoint SET failures = failures + 1, failing_since = coalesce(failing_since, now())
 WHERE vendor_id = $1 AND id = $2
RETURNING failures, failing_since < now() - make_interval(secs => $3::bigint);

-- name: hooks_endpoint_rest :exec
-- $1 vendor, $2 endpoint, $3 milliseconds.
UPDATE hook_endpoint SET rest_until = now() + make_interval(secs => $3::bigint / 1000.0) WHERE vendor_id = $1 AND id = $2;

-- name: hooks_endpoint_stop :maybe
-- $1 vendor, $2 endpoint, $3 why. No row when it is switched off already.
UPDATE hook_endpoint e SET enabled = false, stopped_why = $3
  FROM vendor v
 WHERE e.vendor_id = $1 AND e.id = $2 AND e.enabled AND v.id = e.vendor_id
RETURNING v.name, e.address, coalesce(e.failing_since, now());

-- name: hooks_next_due :one
-- When a sender is needed next; NULL: nothing waits.
WITH RECURSIVE lane AS (
    (SELECT vendor_id, endpoint_id FROM hook_delivery WHERE state = 'waiting' ORDER BY vendor_id, endpoint_id LIMIT 1)
    UNION ALL
    SELECT n.vendor_id, n.endpoint_id
      FROM lane l
     CROSS JOIN LATERAL (SELECT d.vendor_id, d.endpoint_id FROM hook_delivery d
                          WHERE d.state = 'waiting' AND (d.vendor_id, d.endpoint_id) > (l.vendor_id, l.endpoint_id)
                          ORDER BY d.vendor_id, d.endpoint_id LIMIT 1) n
)
SELECT min(greatest(d.due_at, e.rest_until))
  FROM lane l
  JOIN hook_endpoint e ON e.vendor_id = l.vendor_id AND e.id = l.endpoint_id AND e.enabled
 CROSS JOIN LATERAL (SELECT w.due_at FROM hook_delivery w
                      WHERE w.vendor_id = l.vendor_id AND w.endpoint_id = l.endpoint_id AND w.state = 'waiting'
                      ORDER BY w.due_at, w.id LIMIT 1) d;
