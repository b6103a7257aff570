-- Who did what: a log that is only ever added to. Rows of one chain (a shop's own, or the platform's) are tied
-- together by hashes, so that a row which was changed, taken out or put in between shows.
--
-- Nobody is granted more than reading: rows come through audit_add(), which runs as the owner.

CREATE TABLE audit_log (
    chain       bigint NOT NULL,                -- the shop it is about; 0: the platform and people
    seq         bigint NOT NULL CONSTRAINT audit_seq_sign CHECK (seq > 0),
    at          timestamptz NOT NULL,
    actor       bigint,                         -- the account that acted; NULL: the program itself
    actor_email text NOT NULL,                  -- as it was then
    acted_by    bigint,                         -- the operator who acted in that person's place
    what        text NOT NULL CONSTRAINT audit_what_form CHECK (what ~ '^[a-z_]+\.[a-z_]+$'),
    object      text NOT NULL,                  -- what it was done to: "vendor:12"
    before      jsonb,                          -- what of it changed: as it was, as it is
    after       jsonb,
    reason      text,
    address     text NOT NULL,
    request     text NOT NULL,
    previous    bytea NOT NULL,
    hash        bytea NOT NULL,
    PRIMARY KEY (chain, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_log_at ON audit_log (at, chain, seq);
CREATE INDEX audit_log_actor ON audit_log (actor, at DESC);
CREATE INDEX audit_log_what ON audit_log (what text_pattern_ops, at DESC);
CREATE INDEX audit_log_object ON audit_log (object text_pattern_ops, at DESC);
CALL partition_by_time('audit_log', 'month', ahead => 3);
GRANT SELECT ON audit_log TO souk_system;

-- Where each chain ends: a chain that was cut short at its end shows too. The row is the chain's lock.
CREATE TABLE audit_head (
    chain bigint PRIMARY KEY,
    seq   bigint NOT NULL,
    hash  bytea NOT NULL
);
GRANT SELECT ON audit_head TO souk_system;

-- Over everything a row says and the hash before it. An array of JSON keeps fields apart whatever is in them.
CREATE FUNCTION audit_hash(row_of audit_log) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT sha256(row_of.previous || convert_to(jsonb_build_array(
        row_of.chain, row_of.seq, (extract(epoch FROM row_of.at) * 1000000)::bigint, row_of.actor, row_of.actor_email,
        row_of.acted_by, row_of.what, row_of.object, row_of.before, row_of.after, row_of.reason, row_of.address,
        row_of.request)::text, 'UTF8'))
    $$;

CREATE FUNCTION audit_add(of_chain bigint, by_actor bigint, by_operator bigint, did text, to_object text, was jsonb,
                          is_now jsonb, because text, from_address text, in_request text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    head audit_head;
    r    audit_log;
BEGIN
    INSERT INTO audit_head VALUES (of_chain, 0, '') ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT head FROM audit_head WHERE chain = of_chain FOR UPDATE;
    r.chain := of_chain;
    r.seq := head.seq + 1;
    r.at := clock_timestamp();
    r.actor := by_actor;
    r.actor_email := coalesce((SELECT email FROM account WHERE id = by_actor), '');
    r.acted_by := by_operator;
    r.what := did;
    r.object := to_object;
    r.before := was;
    r.after := is_now;
    r.reason := because;
    r.address := from_address;
    r.request := in_request;
    r.previous := head.hash;
    r.hash := audit_hash(r);
    INSERT INTO audit_log SELECT r.*;
    UPDATE audit_head SET seq = r.seq, hash = r.hash WHERE chain = of_chain;
END
$$;
REVOKE ALL ON FUNCTION audit_add(bigint, bigint, bigint, text, text, jsonb, jsonb, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_add(bigint, bigint, bigint, text, text, jsonb, jsonb, text, text, text) TO souk_app, souk_system;
