-- Products as shops really have them: variants, a tree of categories, a status, taxes, languages of
-- the shop's own choice, and addresses that go on leading to a product that was renamed.

-- ---- The shop ----
ALTER TABLE vendor
    ADD COLUMN languages text[] NOT NULL DEFAULT '{en,fr,de,lb}'       -- in which it has texts, in the order of its pages
        CONSTRAINT vendor_languages_some CHECK (cardinality(languages) BETWEEN 1 AND 40),
    ADD COLUMN prices_with_tax boolean NOT NULL DEFAULT true,          -- prices of products include the tax
    ADD COLUMN tax_bp integer NOT NULL DEFAULT 0                       -- the usual rate, in hundredths of a per cent
        CONSTRAINT vendor_tax_range CHECK (tax_bp BETWEEN 0 AND 10000),
    ADD COLUMN country text CONSTRAINT vendor_country_form CHECK (country ~ '^[A-Z]{2}$');

-- ---- Categories ----
-- A tree. `path` is "A > B > C", what files and clients call it; products have it beside the id, so that a list needs no join.
CREATE TABLE category (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    parent_id  bigint,
    name       text NOT NULL CONSTRAINT category_name_form CHECK (char_length(name) BETWEEN 1 AND 100 AND strpos(name, '>') = 0 AND name = btrim(name)),
    path       text NOT NULL CONSTRAINT category_path_length CHECK (char_length(path) <= 1000),
    position   integer NOT NULL DEFAULT 0,
    google_id  integer CONSTRAINT category_google_sign CHECK (google_id > 0), -- of Google's product taxonomy
    PRIMARY KEY (vendor_id, id),
    FOREIGN KEY (vendor_id, parent_id) REFERENCES category (vendor_id, id)
);
CREATE UNIQUE INDEX category_path_once ON category (vendor_id, lower(path));
CREATE INDEX category_children ON category (vendor_id, parent_id, position, id);
CALL tenant_table('category');

CREATE TABLE category_text (
    vendor_id   bigint NOT NULL,
    category_id bigint NOT NULL,
    language    text NOT NULL,
    name        text NOT NULL CONSTRAINT category_text_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    PRIMARY KEY (vendor_id, category_id, language),
    FOREIGN KEY (vendor_id, category_id) REFERENCES category (vendor_id, id) ON DELETE CASCADE
);
CALL tenant_table('category_text');

-- The category of that path, made with all above it when there is none; NULL for ''. Blanks around " > " do not matter, nor does case.
CREATE FUNCTION category_of(shop bigint, wanted text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public
    AS $$
DECLARE
    part text;
    upto text := '';
    above bigint;
    here bigint;
BEGIN
    SELECT id INTO here FROM category WHERE vendor_id = shop AND lower(path) = lower(wanted);
    IF found THEN
        RETURN here;
    END IF;
    FOREACH part IN ARRAY string_to_array(wanted, '>') LOOP
        part := btrim(part);
        CONTINUE WHEN part = '';
        upto := CASE upto WHEN '' THEN part ELSE upto || ' > ' || part END;
        SELECT id INTO here FROM category WHERE vendor_id = shop AND lower(path) = lower(upto);
        IF NOT found THEN
            INSERT INTO category (vendor_id, parent_id, name, path) VALUES (shop, above, part, upto)
                ON CONFLICT (vendor_id, lower(path)) DO UPDATE SET path = category.path RETURNING id INTO here;
        END IF;
        above := here;
    END LOOP;
    RETURN above;
END
$$;

-- ---- Products ----
CREATE TYPE product_status AS ENUM ('draft', 'active', 'archived');

ALTER TABLE product
    ADD COLUMN status product_status NOT NULL DEFAULT 'draft',
    ADD COLUMN category_id bigint,
    ADD COLUMN mpn text NOT NULL DEFAULT '' CONSTRAINT product_mpn_length CHECK (char_length(mpn) <= 100),
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}' CONSTRAINT product_tags_most CHECK (cardinality(tags) <= 250),
    ADD COLUMN tax_bp integer CONSTRAINT product_tax_range CHECK (tax_bp BETWEEN 0 AND 10000), -- NULL: the shop's
    ADD COLUMN weight_g bigint CONSTRAINT product_weight_sign CHECK (weight_g >= 0),
    ADD COLUMN condition text NOT NULL DEFAULT 'new' CONSTRAINT product_condition_known CHECK (condition IN ('new', 'refurbished', 'used')),
    ADD COLUMN google_category text NOT NULL DEFAULT '' CONSTRAINT product_google_category_length CHECK (char_length(google_category) <= 750),
    ADD COLUMN option_names text[] NOT NULL DEFAULT '{}' CONSTRAINT product_options_most CHECK (cardinality(option_names) <= 10);
UPDATE product SET status = 'active' WHERE active;
DROP VIEW product_shape;
DROP INDEX product_active;
ALTER TABLE product DROP COLUMN active;
ALTER TABLE product ADD COLUMN active boolean GENERATED ALWAYS AS (status = 'active') STORED;
CREATE INDEX product_active ON product (vendor_id, active, id);

ALTER TABLE product DROP CONSTRAINT product_category_length;
ALTER TABLE product ADD CONSTRAINT product_category_length CHECK (char_length(category) <= 1000);
ALTER TABLE product ADD CONSTRAINT product_category_known FOREIGN KEY (vendor_id, category_id) REFERENCES category (vendor_id, id);
CREATE INDEX product_category_id ON product (vendor_id, category_id);
CREATE INDEX product_category_path ON product (vendor_id, category text_pattern_ops, id);

-- Whoever writes a path gets the category, and the path as the tree has it.
CREATE FUNCTION product_category() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    NEW.category_id := category_of(NEW.vendor_id, NEW.category);
    NEW.category := coalesce((SELECT path FROM category WHERE vendor_id = NEW.vendor_id AND id = NEW.category_id), '');
    RETURN NEW;
END
$$;
CREATE TRIGGER product_category_added BEFORE INSERT ON product FOR EACH ROW WHEN (NEW.category <> '') EXECUTE FUNCTION product_category();
CREATE TRIGGER product_category_changed BEFORE UPDATE OF category ON product FOR EACH ROW
    WHEN (NEW.category IS DISTINCT FROM OLD.category AND NEW.category_id IS NOT DISTINCT FROM OLD.category_id) EXECUTE FUNCTION product_category();
-- What shops have by now.
ALTER TABLE product DISABLE TRIGGER product_category_changed;
UPDATE product SET category_id = category_of(vendor_id, category) WHERE category <> '';
ALTER TABLE product ENABLE TRIGGER product_category_changed;

-- One SKU is one thing, however it is written.
ALTER TABLE product DROP CONSTRAINT product_sku_once;
CREATE UNIQUE INDEX product_sku_once ON product (vendor_id, lower(sku));

-- Any language of the world: "ar", "zh-Hant", "pt-BR", "es-419".
ALTER TABLE product_text DROP CONSTRAINT product_text_language_form;
ALTER TABLE product_text ADD CONSTRAINT product_text_language_form CHECK (language ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$');

-- Addresses of before lead to what they led to.
CREATE TABLE product_old_slug (
    vendor_id  bigint NOT NULL,
    language   text NOT NULL,
    slug       text NOT NULL,
    product_id bigint NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, language, slug),
    FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE
);
CREATE INDEX product_old_slug_product ON product_old_slug (vendor_id, product_id);
CALL tenant_table('product_old_slug');
CREATE FUNCTION product_slug_kept() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO product_old_slug (vendor_id, language, slug, product_id) VALUES (OLD.vendor_id, OLD.language, OLD.slug, OLD.product_id)
        ON CONFLICT (vendor_id, language, slug) DO UPDATE SET product_id = EXCLUDED.product_id, since = now();
    RETURN NULL;
END
$$;
CREATE TRIGGER product_text_slug_changed AFTER UPDATE OF slug ON product_text FOR EACH ROW
    WHEN (NEW.slug <> OLD.slug) EXECUTE FUNCTION product_slug_kept();

-- ---- Variants ----
-- What is bought, stocked and fed: a product has one at least. One without options is the product itself and has its SKU.
-- What is NULL here is as the product has it.
CREATE TABLE product_variant (
    vendor_id     bigint NOT NULL,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    product_id    bigint NOT NULL,
    position      integer NOT NULL DEFAULT 1 CONSTRAINT product_variant_position_sign CHECK (position >= 1),
    sku           text NOT NULL CONSTRAINT product_variant_sku_length CHECK (char_length(sku) BETWEEN 1 AND 64),
    gtin          text CONSTRAINT product_variant_gtin_form CHECK (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    option_values text[] NOT NULL DEFAULT '{}',                        -- one for each of the product's option_names
    price_minor      bigint CONSTRAINT product_variant_price_sign CHECK (price_minor >= 0),
    compare_at_minor bigint CONSTRAINT product_variant_compare_at_sign CHECK (compare_at_minor >= 0),
    weight_g      bigint CONSTRAINT product_variant_weight_sign CHECK (weight_g >= 0),
    image_id      bigint,                                              -- of the product's; NULL: its first
    tracked       boolean NOT NULL DEFAULT false,                      -- its stock is counted; else it is always there
    backorder     boolean NOT NULL DEFAULT false,                      -- may be sold beyond what is there
    PRIMARY KEY (vendor_id, id),
    FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE,
    CONSTRAINT product_variant_options_once UNIQUE (vendor_id, product_id, option_values)
);
CREATE UNIQUE INDEX product_variant_sku_once ON product_variant (vendor_id, lower(sku));
CREATE INDEX product_variant_order ON product_variant (vendor_id, product_id, position, id);
CREATE INDEX product_variant_gtin ON product_variant (vendor_id, gtin) WHERE gtin IS NOT NULL;
CALL tenant_table('product_variant');
INSERT INTO product_variant (vendor_id, product_id, sku, gtin) SELECT vendor_id, id, sku, gtin FROM product;

-- ---- As clients see it ----
CREATE VIEW product_shape WITH (security_invoker = true) AS
SELECT p.vendor_id, p.id, p.sku, p.gtin, p.brand, p.category, p.price_minor, p.compare_at_minor, p.currency,
       p.active, p.version, p.created_at, p.updated_at,
       (SELECT json_object_agg(t.language, json_build_object('title', t.title, 'description', t.description, 'slug', t.slug))
          FROM product_text t WHERE t.vendor_id = p.vendor_id AND t.product_id = p.id)::text AS texts,
       (SELECT json_agg(json_build_object(
                   'id', i.id::text, 'position', i.position, 'alt', i.alt, 'pending', f.bytes IS NULL,
                   'original', json_build_object('url', n.name || '_original.webp', 'width', f.width, 'height', f.height, 'bytes', f.bytes),
                   '800', json_build_object('url', n.name || '_800.webp', 'width', f.width_800, 'height', f.height_800, 'bytes', f.bytes_800),
                   '200', json_build_object('url', n.name || '_200.webp', 'width', f.width_200, 'height', f.height_200, 'bytes', f.bytes_200))
               ORDER BY i.position, i.id)
          FROM product_image i
          JOIN image_file f ON f.hash = i.hash
          CROSS JOIN LATERAL (SELECT encode(i.hash, 'hex') AS hex) h
          CROSS JOIN LATERAL (SELECT '/media/products/' || left(h.hex, 2) || '/' || substr(h.hex, 3, 2) || '/' || h.hex AS name) n
         WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id)::text AS images,
       p.status, p.mpn, p.tags, p.tax_bp, p.weight_g, p.condition, p.google_category, p.option_names, p.category_id
  FROM product p;
GRANT SELECT ON product_shape TO souk_app, souk_system;
