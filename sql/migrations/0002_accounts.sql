-- People, what they may do in which shop, and how they stay logged in. A person is no tenant: one
-- address may belong to several shops. What ties a person to a shop (membership) is a tenant table.

CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL CONSTRAINT account_email_form CHECK (char_length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    name          text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    pepper_id     smallint NOT NULL DEFAULT 1,
    is_admin      boolean NOT NULL DEFAULT false,
    token_version integer NOT NULL DEFAULT 1,   -- raising it ends every older token at once
    language      text NOT NULL DEFAULT 'en',
    theme         text NOT NULL DEFAULT '' CONSTRAINT account_theme_known CHECK (theme IN ('', 'light', 'dark')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_email_once UNIQUE (email)
);
CALL shared_table('account');

CREATE TYPE member_role AS ENUM ('staff', 'manager', 'owner');

CREATE TABLE membership (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    account_id bigint NOT NULL REFERENCES account (id),
    role       member_role NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, account_id)
);
CREATE INDEX membership_account ON membership (account_id);
CALL tenant_table('membership');

-- At log-in the shops of a person are looked up before a tenant is known.
CREATE FUNCTION shops_of(person bigint)
    RETURNS TABLE (vendor_id bigint, slug text, name text, state vendor_state, role member_role, currency text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT v.id, v.slug, v.name, v.state, m.role, v.currency
      FROM membership m JOIN vendor v ON v.id = m.vendor_id
     WHERE m.account_id = person AND v.state <> 'closed'
     ORDER BY v.name, v.id
    $$;
REVOKE ALL ON FUNCTION shops_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shops_of(bigint) TO souk_app;

-- A browser's log-in. The cookie holds 32 random bytes; only their SHA-256 is kept.
CREATE TABLE session (
    token_hash   bytea PRIMARY KEY CONSTRAINT session_hash_length CHECK (octet_length(token_hash) = 32),
    id           bigint GENERATED ALWAYS AS IDENTITY,
    account_id   bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    acting_vendor bigint REFERENCES vendor (id),   -- the shop chosen; NULL for the operator
    device       text NOT NULL DEFAULT '',
    network      text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    CONSTRAINT session_id_once UNIQUE (id)
);
CREATE INDEX session_account ON session (account_id, created_at);
CREATE INDEX session_expiry ON session (expires_at);
CALL shared_table('session');

-- Refresh tokens are opaque and single use, in families: use of a spent one ends its family.
CREATE TABLE refresh_token (
    token_hash  bytea PRIMARY KEY CONSTRAINT refresh_hash_length CHECK (octet_length(token_hash) = 32),
    family      uuid NOT NULL,
    account_id  bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    acting_vendor bigint REFERENCES vendor (id),
    token_version integer NOT NULL,
    spent_at    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);
CALL shared_table('refresh_token');
