-- The outbox: mail written in the transaction of its cause, sent later. It is the platform's: a shop puts mail in by
-- mail_put(), and nobody but the operator's role reads or changes it.

CREATE TYPE mail_state AS ENUM ('waiting', 'sending', 'sent', 'failed', 'suppressed', 'discarded');

CREATE SEQUENCE mail_id;
CREATE TABLE mail (
    id          bigint NOT NULL DEFAULT nextval('mail_id'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL,
    address     text NOT NULL CONSTRAINT mail_address_length CHECK (char_length(address) BETWEEN 3 AND 254),
    name        text NOT NULL DEFAULT '',
    language    text NOT NULL,
    for_vendor  bigint,                            -- whose mail it is; NULL: the platform's
    args        jsonb NOT NULL DEFAULT '{}',
    secret      jsonb,                             -- links that open something; gone once the mail has left
    state       mail_state NOT NULL DEFAULT 'waiting',
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,                       -- while it is `sending`: a dead sender's mail is taken up again
    attempt     integer NOT NULL DEFAULT 0,
    answers     jsonb NOT NULL DEFAULT '[]',       -- one {"at", "outcome", "answer"} for each attempt
    resent      smallint NOT NULL DEFAULT 0,       -- by the operator, so many times: each is a mail of its own to who gets it
    ended_at    timestamptz,
    CONSTRAINT mail_once PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'waiting';
CREATE INDEX mail_leased ON mail (lease_until) WHERE state = 'sending';
CREATE INDEX mail_by_state ON mail (state, id DESC);
CREATE INDEX mail_by_address ON mail (lower(address) text_pattern_ops);
GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO souk_system;
GRANT USAGE ON SEQUENCE mail_id TO souk_system;

CALL partition_by_time('mail', 'week', ahead => 3, keep => '90 days');

-- A mail as lists and pages show it: without what is secret, and with the server's newest answer.
CREATE VIEW mail_line WITH (security_invoker = true) AS
    SELECT m.id, m.created_at, m.state, m.kind, m.address, m.name, m.language, m.attempt, m.due_at, m.ended_at,
           m.for_vendor, v.name AS vendor_name, m.args, m.secret IS NOT NULL AS has_secret,
           m.answers -> -1 ->> 'answer' AS answer
      FROM mail m LEFT JOIN vendor v ON v.id = m.for_vendor;
GRANT SELECT ON mail_line TO souk_system;

-- What was sent for good: one mail for a kind and key. Outlives the mail itself.
CREATE TABLE mail_key (
    kind       text NOT NULL,
    key        text NOT NULL CONSTRAINT mail_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mail_key_once PRIMARY KEY (kind, key)
);
CREATE INDEX mail_key_age ON mail_key (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_key TO souk_system;

-- Addresses that get nothing: bounced for good, or taken out by the operator.
CREATE TABLE mail_suppression (
    address    text CONSTRAINT mail_suppression_once PRIMARY KEY CONSTRAINT mail_suppression_case CHECK (address = lower(address)),
    reason     text NOT NULL CONSTRAINT mail_suppression_reason CHECK (char_length(reason) BETWEEN 1 AND 500),
    bounced    boolean NOT NULL DEFAULT false,     -- by a server's answer, not by the operator
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_suppression TO souk_system;

-- The one server that takes our mail, as all senders see it: when the next mail may leave by its rate, and, while it
-- is away, when to look for it again.
CREATE TABLE mail_relay (
    one        boolean PRIMARY KEY DEFAULT true CONSTRAINT mail_relay_one CHECK (one),
    next_at    timestamptz NOT NULL DEFAULT now(),
    failures   integer NOT NULL DEFAULT 0,
    down_since timestamptz,
    probe_at   timestamptz NOT NULL DEFAULT now(),
    answer     text NOT NULL DEFAULT ''
);
INSERT INTO mail_relay DEFAULT VALUES;
GRANT SELECT, UPDATE ON mail_relay TO souk_system;

-- Puts a mail into the outbox and gives its state; NULL when one of this kind and key was there before. Runs as the
-- owner, since a shop may add mail but read none; whose it is comes from the transaction, not from the caller.
CREATE FUNCTION mail_put(kind text, address text, name text, language text, args jsonb, secret jsonb, key text) RETURNS mail_state
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$
    WITH first AS (
        INSERT INTO mail_key (kind, key) SELECT $1, $7 WHERE $7 IS NOT NULL
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), refused AS (
        SELECT EXISTS (SELECT FROM mail_suppression s WHERE s.address = lower($2)) AS hit
    )
    INSERT INTO mail (kind, address, name, language, for_vendor, args, secret, state, ended_at)
    SELECT $1, $2, $3, $4, current_vendor(), $5, CASE WHEN NOT refused.hit THEN $6 END,
           CASE WHEN refused.hit THEN 'suppressed'::mail_state ELSE 'waiting' END, CASE WHEN refused.hit THEN now() END
      FROM refused WHERE $7 IS NULL OR EXISTS (SELECT FROM first)
    RETURNING state
    $$;
REVOKE ALL ON FUNCTION mail_put(text, text, text, text, jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_put(text, text, text, text, jsonb, jsonb, text) TO souk_app, souk_system;
