-- Writes that came once already, with their answers: a client that got none asks again under the
-- same key and gets what was answered then. Written in the transaction of the effect; kept a day.
CREATE TABLE idempotency (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    scope      text NOT NULL,        -- the shop, the method and the path
    key        text NOT NULL CONSTRAINT idempotency_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
    request    bytea NOT NULL,       -- SHA-256 of the body
    status     integer NOT NULL,
    type       text,                 -- Content-Type, Location, ETag of the answer, where it had them
    location   text,
    etag       text,
    body       bytea,                -- NULL: it held a secret, which is said once only
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_once PRIMARY KEY (account_id, scope, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
CALL shared_table('idempotency');
