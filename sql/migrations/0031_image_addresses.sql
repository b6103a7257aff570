-- Images that are fetched by their addresses, and the JPEG of each image that product feeds want (src/images).

-- Made when a feed first wants it. `small`: a side of the image has under 500 pixels, which no channel takes.
ALTER TABLE image_file
    ADD COLUMN feed_bytes   bigint,                -- NULL: not made
    ADD COLUMN feed_width   integer,
    ADD COLUMN feed_height  integer,
    ADD COLUMN feed_refused text CONSTRAINT image_feed_refused CHECK (feed_refused IN ('small', 'broken')),
    ADD CONSTRAINT image_feed_one CHECK (feed_bytes IS NULL OR feed_refused IS NULL);

-- Where browsers and channels find a file of a content: image_url(hash, 'feed.jpg').
CREATE FUNCTION image_url(hash bytea, what text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '/media/products/' || encode(substr($1, 1, 1), 'hex') || '/' || encode(substr($1, 2, 1), 'hex') || '/' || encode($1, 'hex') || '_' || $2 $$;

CREATE TYPE image_address_state AS ENUM ('waiting', 'fetching', 'done', 'failed');

-- An image that a product is to have from somewhere else, and what became of it.
CREATE TABLE image_address (
    vendor_id   bigint NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    product_id  bigint NOT NULL,
    url         text NOT NULL CONSTRAINT image_address_length CHECK (char_length(url) BETWEEN 1 AND 2000),
    host        text NOT NULL DEFAULT '',          -- of the address: few are fetched from one host at once
    position    integer NOT NULL DEFAULT 1 CONSTRAINT image_address_position CHECK (position >= 1),
    alt         text NOT NULL DEFAULT '' CONSTRAINT image_address_alt CHECK (char_length(alt) <= 500),
    state       image_address_state NOT NULL DEFAULT 'waiting',
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    tries       integer NOT NULL DEFAULT 0,
    reason      text,                              -- code of the last failure
    hash        bytea,                             -- what it became
    created_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    PRIMARY KEY (vendor_id, id),
    FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX image_address_once ON image_address (vendor_id, product_id, md5(url));
CREATE INDEX image_address_due ON image_address (host, due_at, id) WHERE state = 'waiting';
CREATE INDEX image_address_leased ON image_address (lease_until) WHERE state = 'fetching';
CREATE INDEX image_address_state ON image_address (vendor_id, state, id);
CALL tenant_table('image_address');
