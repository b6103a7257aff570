-- Who works in a shop, who is asked to, which programs act for it, and the operator who acts as it for a while.

-- Most members and open invitations together; NULL: as many as there are. Tiers set it.
ALTER TABLE vendor ADD COLUMN team_limit integer CONSTRAINT vendor_team_limit_range CHECK (team_limit BETWEEN 1 AND 100000);

-- A shop keeps an owner. Changes of one shop's team take turns at its counters' row, so that two owners who demote each other
-- at the same moment do not both succeed: the second sees what the first has done.
CREATE FUNCTION membership_keeps_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    PERFORM FROM vendor_counter WHERE vendor_id = OLD.vendor_id FOR UPDATE;
    IF NOT EXISTS (SELECT FROM membership WHERE vendor_id = OLD.vendor_id AND role = 'owner') THEN
        RAISE EXCEPTION 'shop % would have no owner', OLD.vendor_id USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'team_last_owner';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keeps_owner AFTER UPDATE OR DELETE ON membership
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION membership_keeps_owner();

-- ---- Invitations ----
-- Bound to the address; the link in the mail has 32 random bytes, of which only the SHA-256 is kept. Who accepts or is
-- no longer wanted has no row.
CREATE TABLE invitation (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    email      text NOT NULL CONSTRAINT invitation_email_form CHECK (char_length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    role       member_role NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT invitation_hash_length CHECK (octet_length(token_hash) = 32),
    invited_by bigint REFERENCES account (id) ON DELETE SET NULL,
    sent_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT invitation_email_once UNIQUE (vendor_id, email),
    CONSTRAINT invitation_token_once UNIQUE (token_hash)
);
CREATE INDEX invitation_inviter ON invitation (invited_by);
CALL tenant_table('invitation');

-- Who opens the link is in no shop yet: this one function may look for it.
CREATE FUNCTION invitation_of(hash bytea)
    RETURNS TABLE (vendor_id bigint, id bigint, email text, role member_role, shop text, inviter text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT i.vendor_id, i.id, i.email, i.role, v.name, coalesce(nullif(a.name, ''), a.email, '')
      FROM invitation i JOIN vendor v ON v.id = i.vendor_id LEFT JOIN account a ON a.id = i.invited_by
     WHERE i.token_hash = hash AND i.expires_at > now() AND v.state <> 'closed'
    $$;
REVOKE ALL ON FUNCTION invitation_of(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation_of(bytea) TO souk_app;

-- ---- API keys ----
-- "souk_<id>_<43 characters>": the id finds the row, the whole is proven by its SHA-256. A key may what its scopes say and never
-- more than whoever made it; it goes with that membership.
CREATE TABLE api_key (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    name       text NOT NULL CONSTRAINT api_key_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    hint       text NOT NULL,                   -- the first characters, by which people know it again
    token_hash bytea NOT NULL CONSTRAINT api_key_hash_length CHECK (octet_length(token_hash) = 32),
    scopes     text[] NOT NULL CONSTRAINT api_key_scopes_some CHECK (cardinality(scopes) BETWEEN 1 AND 50),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,                     -- NULL: until it is revoked
    used_at    timestamptz,                     -- to within five minutes
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT api_key_id_once UNIQUE (id),
    CONSTRAINT api_key_token_once UNIQUE (token_hash),
    CONSTRAINT api_key_maker FOREIGN KEY (vendor_id, account_id) REFERENCES membership (vendor_id, account_id) ON DELETE CASCADE
);
CREATE INDEX api_key_account ON api_key (vendor_id, account_id);
CALL tenant_table('api_key');
GRANT USAGE ON SEQUENCE api_key_id_seq TO souk_app; -- the id is a part of the key, so it is drawn first

-- A key says itself whose it is: it is looked for before a tenant is known.
CREATE FUNCTION api_key_of(key bigint, hash bytea)
    RETURNS TABLE (vendor_id bigint, slug text, name text, currency text, account_id bigint, role member_role, scopes text, stale boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT v.id, v.slug, v.name, v.currency, k.account_id, m.role, array_to_string(k.scopes, ' '),
           k.used_at IS NULL OR k.used_at < now() - interval '5 minutes'
      FROM api_key k JOIN vendor v ON v.id = k.vendor_id JOIN membership m ON m.vendor_id = k.vendor_id AND m.account_id = k.account_id
     WHERE k.id = key AND k.token_hash = hash AND (k.expires_at IS NULL OR k.expires_at > now()) AND v.state <> 'closed'
    $$;
REVOKE ALL ON FUNCTION api_key_of(bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_of(bigint, bytea) TO souk_app;

-- ---- Acting as a shop ----
-- Until then an operator's session works in its acting_vendor too.
ALTER TABLE session ADD COLUMN acting_until timestamptz;

-- The frame of the shop that an operator acts for, who belongs to none.
CREATE FUNCTION shop_acted_in(shop bigint)
    RETURNS TABLE (vendor_id bigint, slug text, name text, currency text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id, v.slug, v.name, v.currency FROM vendor v WHERE id = shop AND state <> 'closed' $$;
REVOKE ALL ON FUNCTION shop_acted_in(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop_acted_in(bigint) TO souk_app;
