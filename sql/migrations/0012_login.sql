-- Log-ins: every try on record, waits that grow with wrong ones, the second factor, devices that are known, and
-- when a session last proved who it is.

-- ---- Tries ----
CREATE TYPE login_outcome AS ENUM ('right', 'wrong', 'code_needed', 'code_wrong', 'waiting', 'locked');

-- What is asked of this table: a person's newest ones, the newest refusals, how many there were an hour.
CREATE TABLE login_attempt (
    at         timestamptz NOT NULL DEFAULT now(),
    account_id bigint,                   -- NULL: nobody has that address
    outcome    login_outcome NOT NULL,
    network    text NOT NULL,
    device     text NOT NULL DEFAULT ''  -- "Firefox, Linux"
) PARTITION BY RANGE (at);
CREATE INDEX login_attempt_account ON login_attempt (account_id, at DESC) WHERE account_id IS NOT NULL;
CREATE INDEX login_attempt_refused ON login_attempt (at DESC) WHERE outcome IN ('waiting', 'locked');
CREATE INDEX login_attempt_at ON login_attempt USING brin (at) WITH (pages_per_range = 32);
CALL shared_table('login_attempt');
CALL partition_by_time('login_attempt', 'month', ahead => 3, keep => '90 days', behind => 'archive');

-- ---- Waits ----
-- One row for an address of e-mail that was tried wrongly, known or not, and one for a network. The key is an HMAC: the
-- table names nobody who has no account. What src/accounts/lockout.c makes of it is all that there is to the rule.
CREATE TABLE login_guard (
    key        bytea PRIMARY KEY CONSTRAINT login_guard_key_length CHECK (octet_length(key) = 32),
    account_id bigint REFERENCES account (id) ON DELETE CASCADE,
    wrong      integer NOT NULL DEFAULT 0,      -- since the window began
    in_a_row   integer NOT NULL DEFAULT 0,      -- since the last good log-in
    began_at   timestamptz NOT NULL DEFAULT 'epoch',
    wait_until timestamptz NOT NULL DEFAULT 'epoch',
    locked_at  timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX login_guard_account ON login_guard (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX login_guard_changed ON login_guard (changed_at);
CREATE INDEX login_guard_locked ON login_guard (locked_at) WHERE locked_at IS NOT NULL;
CALL shared_table('login_guard');

-- The way out that is mailed to whoever is locked: 32 random bytes, of which only the SHA-256 is kept.
CREATE TABLE login_unlock (
    token_hash bytea PRIMARY KEY CONSTRAINT login_unlock_hash_length CHECK (octet_length(token_hash) = 32),
    key        bytea NOT NULL REFERENCES login_guard (key) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_unlock_key ON login_unlock (key);
CREATE INDEX login_unlock_expiry ON login_unlock (expires_at);
CALL shared_table('login_unlock');

-- ---- Devices ----
-- A browser that logged in before: its wrong tries count by themselves, so that no stranger's keep its owner out.
CREATE TABLE login_device (
    token_hash bytea PRIMARY KEY CONSTRAINT login_device_hash_length CHECK (octet_length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    wrong      integer NOT NULL DEFAULT 0,      -- in a row
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_device_account ON login_device (account_id);
CREATE INDEX login_device_expiry ON login_device (expires_at);
CALL shared_table('login_device');

-- ---- The second factor ----
CREATE TABLE account_totp (
    account_id bigint PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    secret     bytea NOT NULL,                  -- nonce and secretbox: of no use without the installation's secret
    on_since   timestamptz,                     -- NULL: not confirmed by a code yet
    last_step  bigint NOT NULL DEFAULT 0,       -- a code is good once
    created_at timestamptz NOT NULL DEFAULT now()
);
CALL shared_table('account_totp');

CREATE TABLE recovery_code (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    code_hash  bytea NOT NULL CONSTRAINT recovery_code_hash_length CHECK (octet_length(code_hash) = 32),
    used_at    timestamptz,
    PRIMARY KEY (account_id, code_hash)
);
CALL shared_table('recovery_code');

CREATE INDEX refresh_token_account ON refresh_token (account_id);

-- ---- Sessions ----
ALTER TABLE session
    ADD COLUMN stays     boolean NOT NULL DEFAULT true,         -- beyond the browser's end
    ADD COLUMN proved_at timestamptz NOT NULL DEFAULT now();    -- when the password was last typed
ALTER TABLE session ALTER COLUMN stays SET DEFAULT false;
