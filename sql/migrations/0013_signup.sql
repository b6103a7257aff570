-- Opening a shop by oneself, and the links that go out by mail. Of a link's token only the SHA-256 is
-- kept, and a link is used by deleting its row.

-- Since when the person is known to read the mail of the address; NULL: not yet.
ALTER TABLE account ADD COLUMN verified_at timestamptz;
UPDATE account SET verified_at = created_at;
-- NULL: none yet (an invitation is on its way), or none any more.
ALTER TABLE account ALTER COLUMN password_hash DROP NOT NULL;

-- NULL: never tried, the operator made it.
ALTER TABLE vendor ADD COLUMN trial_ends_at timestamptz;

-- A shop that somebody wants to open. Nothing else knows of it before the link of its mail is used.
-- An address may have several: each comes into being by its own link only, and takes the others away.
CREATE TABLE registration (
    token_hash    bytea PRIMARY KEY CONSTRAINT registration_hash_length CHECK (octet_length(token_hash) = 32),
    ticket_hash   bytea NOT NULL CONSTRAINT registration_ticket_length CHECK (octet_length(ticket_hash) = 32), -- of the browser, to have the mail sent again
    email         text NOT NULL,
    name          text NOT NULL,
    password_hash text NOT NULL,
    shop          text NOT NULL,
    slug          text NOT NULL,
    currency      text NOT NULL,
    language      text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL
);
CREATE INDEX registration_email ON registration (email);
CREATE INDEX registration_ticket ON registration (ticket_hash);
CREATE INDEX registration_expiry ON registration (expires_at);
CALL shared_table('registration');

-- The one live link by which a person sets a password.
CREATE TABLE password_link (
    account_id  bigint PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    token_hash  bytea NOT NULL CONSTRAINT password_link_hash_length CHECK (octet_length(token_hash) = 32),
    reason      text NOT NULL CONSTRAINT password_link_reason_known CHECK (reason IN ('reset', 'invitation')),
    expires_at  timestamptz NOT NULL,
    CONSTRAINT password_link_hash_once UNIQUE (token_hash)
);
CREATE INDEX password_link_expiry ON password_link (expires_at);
CALL shared_table('password_link');

-- Links that give an account another address: a new one, at which it is confirmed, or the one before.
CREATE TABLE email_link (
    token_hash  bytea PRIMARY KEY CONSTRAINT email_link_hash_length CHECK (octet_length(token_hash) = 32),
    account_id  bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    act         text NOT NULL CONSTRAINT email_link_act_known CHECK (act IN ('confirm', 'undo')),
    email       text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX email_link_account ON email_link (account_id);
CREATE INDEX email_link_expiry ON email_link (expires_at);
CALL shared_table('email_link');

-- The public asks for a name in the address before any tenant is known: the name itself, or with the
-- first number behind it that nobody has; NULL when even those are taken.
CREATE FUNCTION free_slug(wanted text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT one.slug FROM (SELECT 1, wanted UNION ALL SELECT n, left(wanted, 60) || '-' || n FROM generate_series(2, 99) n) one (n, slug)
     WHERE NOT EXISTS (SELECT FROM vendor v WHERE v.slug = one.slug)
     ORDER BY one.n LIMIT 1
    $$;
REVOKE ALL ON FUNCTION free_slug(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION free_slug(text) TO souk_app;

-- A registration comes into being: nobody is the tenant yet, so this one function may add one.
CREATE FUNCTION open_shop(person bigint, slug text, name text, currency text, language text, trial interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    AS $$
    WITH added AS (
        INSERT INTO vendor (slug, name, currency, language, trial_ends_at) VALUES ($2, $3, $4, $5, now() + $6) RETURNING id
    ), counter AS (
        INSERT INTO vendor_counter (vendor_id) SELECT id FROM added RETURNING vendor_id
    )
    INSERT INTO membership (vendor_id, account_id, role) SELECT vendor_id, $1, 'owner' FROM counter RETURNING vendor_id
    $$;
REVOKE ALL ON FUNCTION open_shop(bigint, text, text, text, text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_shop(bigint, text, text, text, text, interval) TO souk_app;
