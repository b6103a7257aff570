-- Files that come into a shop and go out of it (src/exchange). The bytes lie below SOUK_EXCHANGE; a row here is written only after
-- its file is durable. An import is done in chunks: what a chunk writes, what it found wrong, the counters and how far it is are one
-- transaction, so that whoever takes it up after a crash goes on behind the last product that is through.

CREATE TYPE import_state AS ENUM ('uploaded', 'checking', 'checked', 'running', 'cancelling', 'cancelled', 'done', 'failed');

CREATE TABLE import (
    vendor_id   bigint NOT NULL REFERENCES vendor (id),
    id          bigint GENERATED ALWAYS AS IDENTITY,
    name        text NOT NULL CONSTRAINT import_name_length CHECK (char_length(name) BETWEEN 1 AND 255), -- as the person has it
    path        text,                          -- of the file; NULL: swept
    bytes       bigint NOT NULL,
    hash        bytea NOT NULL CONSTRAINT import_hash_length CHECK (octet_length(hash) = 32),
    plan        json NOT NULL,                 -- shape and mapping (exchange/columns.h), as they are
    fixed       json NOT NULL DEFAULT '{}',    -- what holds for products of which the file says nothing: {"price": "1.00"}
    stop_on_errors boolean NOT NULL DEFAULT false,
    lenient     boolean NOT NULL DEFAULT false,
    language    text NOT NULL DEFAULT 'en',    -- of the person, for the file of errors
    retry_of    bigint,                        -- takes the refused rows of that one
    state       import_state NOT NULL DEFAULT 'uploaded',
    checked     json,                          -- the counters of the check that was last; NULL: not checked as it is now
    failure     text,                          -- code of what ended it
    -- Of the pass at hand: the check, then the run. `through` is how many products of the file are.
    through     bigint NOT NULL DEFAULT 0,
    created     bigint NOT NULL DEFAULT 0,
    changed     bigint NOT NULL DEFAULT 0,
    unchanged   bigint NOT NULL DEFAULT 0,
    refused     bigint NOT NULL DEFAULT 0,
    warnings    bigint NOT NULL DEFAULT 0,
    images      bigint NOT NULL DEFAULT 0,     -- to fetch
    done_bytes  bigint NOT NULL DEFAULT 0,
    of_bytes    bigint NOT NULL DEFAULT 0,
    errors_path text,                          -- the rows that were refused, with what is wrong with them
    added_at    timestamptz NOT NULL DEFAULT now(),
    added_by    bigint REFERENCES account (id) ON DELETE SET NULL,
    started_at  timestamptz,
    moved_at    timestamptz,                   -- of the last chunk
    ended_at    timestamptz,
    PRIMARY KEY (vendor_id, id)
);
CREATE INDEX import_files ON import (added_at) WHERE path IS NOT NULL;
CALL tenant_table('import');

-- What is wrong in the file: exchange/check.h.
CREATE TABLE import_finding (
    vendor_id     bigint NOT NULL,
    import_id     bigint NOT NULL,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    line          bigint NOT NULL,
    row_number    bigint NOT NULL,
    column_number integer NOT NULL,
    header        text NOT NULL,
    code          text NOT NULL,
    refuses       boolean NOT NULL,
    value         text NOT NULL,
    other         text NOT NULL,
    PRIMARY KEY (vendor_id, import_id, id),
    FOREIGN KEY (vendor_id, import_id) REFERENCES import (vendor_id, id) ON DELETE CASCADE
);
CREATE INDEX import_finding_code ON import_finding (vendor_id, import_id, code, id);
CREATE INDEX import_finding_row ON import_finding (vendor_id, import_id, row_number, id);
CALL tenant_table('import_finding');

-- Rows of products that are not written, for the file of errors.
CREATE TABLE import_refused (
    vendor_id  bigint NOT NULL,
    import_id  bigint NOT NULL,
    row_number bigint NOT NULL,
    PRIMARY KEY (vendor_id, import_id, row_number),
    FOREIGN KEY (vendor_id, import_id) REFERENCES import (vendor_id, id) ON DELETE CASCADE
);
CALL tenant_table('import_refused');

-- The first changes that a check found, old and new.
CREATE TABLE import_change (
    vendor_id bigint NOT NULL,
    import_id bigint NOT NULL,
    n         bigint NOT NULL,                 -- of the product in the file
    line      bigint NOT NULL,
    sku       text NOT NULL,
    differences json NOT NULL,                 -- [{"field": "price", "old": "1.00", "new": "2.00"}]
    PRIMARY KEY (vendor_id, import_id, n),
    FOREIGN KEY (vendor_id, import_id) REFERENCES import (vendor_id, id) ON DELETE CASCADE
);
CALL tenant_table('import_change');

CREATE TYPE export_state AS ENUM ('waiting', 'running', 'done', 'failed');

CREATE TABLE export (
    vendor_id   bigint NOT NULL REFERENCES vendor (id),
    id          bigint GENERATED ALWAYS AS IDENTITY,
    format      text NOT NULL CONSTRAINT export_format_known CHECK (format IN ('own', 'shopify_2024', 'woocommerce', 'translations')),
    filter      json NOT NULL DEFAULT '{}',    -- {"q", "status", "category"}
    languages   text[] NOT NULL,
    state       export_state NOT NULL DEFAULT 'waiting',
    failure     text,
    products    bigint NOT NULL DEFAULT 0,     -- written so far
    of_products bigint NOT NULL DEFAULT 0,
    path        text,                          -- NULL: not made yet, or swept
    bytes       bigint NOT NULL DEFAULT 0,
    added_at    timestamptz NOT NULL DEFAULT now(),
    added_by    bigint REFERENCES account (id) ON DELETE SET NULL,
    started_at  timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (vendor_id, id)
);
CREATE INDEX export_files ON export (ended_at) WHERE path IS NOT NULL;
CALL tenant_table('export');

-- How many products a shop's tier allows; NULL: as many as it likes.
ALTER TABLE vendor_limit ADD COLUMN IF NOT EXISTS products bigint CONSTRAINT vendor_limit_products_sign CHECK (products >= 0);
