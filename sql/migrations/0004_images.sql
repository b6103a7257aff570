-- Image files by content, and which product shows which. The bytes lie in the image store
-- (src/images/storage.h); a row here is written only after its files are durable.

-- One row per uploaded content, whoever uploaded it: the same bytes are stored once and freed with
-- the last reference. Holds no tenant's data but the pixels' hash; reached through product_image.
CREATE TABLE image_file (
    hash        bytea PRIMARY KEY CONSTRAINT image_hash_length CHECK (octet_length(hash) = 32),
    refs        bigint NOT NULL DEFAULT 0 CONSTRAINT image_refs_sign CHECK (refs >= 0),
    upload_bytes bigint NOT NULL,
    width       integer NOT NULL, height      integer NOT NULL,   -- of the original, upright
    width_800   integer NOT NULL, height_800  integer NOT NULL,
    width_200   integer NOT NULL, height_200  integer NOT NULL,
    bytes       bigint,                                           -- of the original's WebP; NULL while it is pending
    bytes_800   bigint NOT NULL,
    bytes_200   bigint NOT NULL,
    attempts    smallint NOT NULL DEFAULT 0,                      -- tries at the pending original
    attempt_at  timestamptz NOT NULL DEFAULT now(),               -- not before
    unused_since timestamptz DEFAULT now(),                       -- set while refs = 0: the sweep frees it a day later
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX image_file_pending ON image_file (attempt_at) WHERE bytes IS NULL;
CREATE INDEX image_file_unused ON image_file (unused_since) WHERE refs = 0;
CALL shared_table('image_file');

CREATE TABLE product_image (
    vendor_id  bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    product_id bigint NOT NULL,
    hash       bytea NOT NULL REFERENCES image_file (hash),
    position   integer NOT NULL CONSTRAINT product_image_position_sign CHECK (position >= 1),
    alt        text NOT NULL DEFAULT '' CONSTRAINT product_image_alt_length CHECK (char_length(alt) <= 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id),
    FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE,
    CONSTRAINT product_image_once UNIQUE (vendor_id, product_id, hash)
);
CREATE INDEX product_image_order ON product_image (vendor_id, product_id, position, id);
CREATE INDEX product_image_hash ON product_image (hash);
CALL tenant_table('product_image');

-- References are counted where rows come and go, whatever statement or cascade does it.
CREATE FUNCTION count_image_reference() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE image_file SET refs = refs + 1, unused_since = NULL WHERE hash = NEW.hash;
        UPDATE vendor_counter SET images = images + 1 WHERE vendor_id = NEW.vendor_id;
    ELSE
        UPDATE image_file SET refs = refs - 1, unused_since = CASE WHEN refs = 1 THEN now() END WHERE hash = OLD.hash;
        UPDATE vendor_counter SET images = images - 1 WHERE vendor_id = OLD.vendor_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_image_counted AFTER INSERT OR DELETE ON product_image
    FOR EACH ROW EXECUTE FUNCTION count_image_reference();

CREATE FUNCTION count_product() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE vendor_counter SET products = products + 1 WHERE vendor_id = NEW.vendor_id;
    ELSE
        UPDATE vendor_counter SET products = products - 1 WHERE vendor_id = OLD.vendor_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_counted AFTER INSERT OR DELETE ON product
    FOR EACH ROW EXECUTE FUNCTION count_product();
