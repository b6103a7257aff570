-- Product feeds (src/feeds): files that channels fetch, built from a shop's products after they changed. Here is what the shop chose, what
-- the files hold, and why an item is not in them.

-- What a shop chose; no row: all as usual.
CREATE TABLE feed_shop (
    vendor_id      bigint PRIMARY KEY REFERENCES vendor (id),
    public         boolean NOT NULL DEFAULT true,       -- /feeds/SHOP/en.csv is answered
    secret         text CONSTRAINT feed_secret_form CHECK (secret ~ '^[0-9a-f]{32}$'), -- /feeds/SHOP/SECRET/en.csv; NULL: there is none
    fallback       boolean NOT NULL DEFAULT false,      -- items without texts in a language come in another
    backorder_days integer CONSTRAINT feed_backorder_range CHECK (backorder_days BETWEEN 1 AND 365), -- until what is sold beyond the stock is there
    mail           boolean NOT NULL DEFAULT true,       -- the owners are told when a feed is held back
    begun_at       timestamptz                          -- the last build
);
CALL tenant_table('feed_shop');
CREATE INDEX feed_shop_begun ON feed_shop (begun_at);

CREATE TYPE feed_channel AS ENUM ('meta', 'google');

-- A file: the last good one, and what came of the last build.
CREATE TABLE feed (
    vendor_id     bigint NOT NULL REFERENCES vendor (id),
    language      text NOT NULL,
    channel       feed_channel NOT NULL,
    rows          bigint NOT NULL,                      -- of the file that is served
    bytes         bigint NOT NULL,
    packed_bytes  bigint NOT NULL,                      -- of its gzip
    digest        bytea NOT NULL,                       -- SHA-256 of what it holds: the same again leaves the file as it is
    changed_at    timestamptz NOT NULL,                 -- since then it is as it is
    built_at      timestamptz NOT NULL,                 -- the last build that looked
    build_us      bigint NOT NULL,
    rejected      bigint NOT NULL,                      -- items left out by the last build
    verdicts      bytea NOT NULL,                       -- SHA-256 of them
    held_rows     bigint,                               -- the last build had so few rows that it was held back; NULL: it was not
    held_at       timestamptz,
    allowed_rows  bigint,                               -- a person said that so few are right
    PRIMARY KEY (vendor_id, language, channel),
    CONSTRAINT feed_held CHECK ((held_rows IS NULL) = (held_at IS NULL))
);
CALL tenant_table('feed');

-- What the last build left out, and why: names of the rows of the table in src/feeds/reason.c.
CREATE TABLE feed_item_verdict (
    vendor_id  bigint NOT NULL,
    language   text NOT NULL,
    channel    feed_channel NOT NULL,
    variant_id bigint NOT NULL,
    reasons    text[] NOT NULL CONSTRAINT feed_item_verdict_some CHECK (cardinality(reasons) >= 1),
    PRIMARY KEY (vendor_id, language, channel, variant_id),
    FOREIGN KEY (vendor_id, variant_id) REFERENCES product_variant (vendor_id, id) ON DELETE CASCADE
);
CREATE INDEX feed_item_verdict_variant ON feed_item_verdict (vendor_id, variant_id);
CALL tenant_table('feed_item_verdict');

-- ---- What changed ----
-- A statement that changes what a feed shows leaves a row here, whatever it is and whoever runs it; the build takes away what it saw before
-- it reads. Nobody waits for anybody: a row is only added, never looked for.
CREATE TABLE feed_change (
    vendor_id bigint NOT NULL,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (vendor_id, id)
);
CALL tenant_table('feed_change');
INSERT INTO feed_change (vendor_id) SELECT id FROM vendor;

CREATE FUNCTION feed_touch() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO feed_change (vendor_id) SELECT DISTINCT vendor_id FROM changed;
    RETURN NULL;
END
$$;
CREATE FUNCTION feed_touch_shop() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO feed_change (vendor_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION feed_touch_own() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO feed_change (vendor_id) VALUES (NEW.vendor_id);
    RETURN NULL;
END
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['product', 'product_text', 'product_variant', 'product_image', 'stock'] LOOP
        EXECUTE format('CREATE TRIGGER feed_added AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION feed_touch()', name);
        EXECUTE format('CREATE TRIGGER feed_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION feed_touch()', name);
        EXECUTE format('CREATE TRIGGER feed_gone AFTER DELETE ON %I REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION feed_touch()', name);
    END LOOP;
END
$$;
CREATE TRIGGER feed_added AFTER INSERT ON vendor FOR EACH ROW EXECUTE FUNCTION feed_touch_shop();
CREATE TRIGGER feed_changed AFTER UPDATE ON vendor FOR EACH ROW
    WHEN ((OLD.name, OLD.slug, OLD.state, OLD.language, OLD.languages, OLD.prices_with_tax, OLD.tax_bp, OLD.country)
          IS DISTINCT FROM (NEW.name, NEW.slug, NEW.state, NEW.language, NEW.languages, NEW.prices_with_tax, NEW.tax_bp, NEW.country))
    EXECUTE FUNCTION feed_touch_shop();
CREATE TRIGGER feed_changed AFTER UPDATE OF path, parent_id, google_id ON category FOR EACH ROW EXECUTE FUNCTION feed_touch_own();
CREATE TRIGGER feed_changed AFTER UPDATE OF active ON warehouse FOR EACH ROW EXECUTE FUNCTION feed_touch_own();
