-- Many products at once: look-ups that a policy lets use an index, counts and checks once a statement, the history of a product,
-- and products with their variants as clients see them.

-- ---- One SKU is one thing of a shop ----
-- Under a policy an index on lower(sku) is of no use, since lower() might leak; one on a column is.
ALTER TABLE product ADD COLUMN sku_key text GENERATED ALWAYS AS (lower(sku)) STORED;
DROP INDEX product_sku_once;
CREATE UNIQUE INDEX product_sku_once ON product (vendor_id, sku_key);
ALTER TABLE product_variant ADD COLUMN sku_key text GENERATED ALWAYS AS (lower(sku)) STORED;
DROP INDEX product_variant_sku_once;
CREATE UNIQUE INDEX product_variant_sku_once ON product_variant (vendor_id, sku_key);

-- No index spans two tables: whoever adds a SKU takes the shop's counters first, so that two take turns, then looks.
CREATE FUNCTION product_sku_elsewhere(taken text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'SKU % is of another product', taken USING ERRCODE = 'unique_violation', CONSTRAINT = 'product_sku_elsewhere', DETAIL = taken;
END
$$;
CREATE FUNCTION product_sku_checked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    taken text;
BEGIN
    PERFORM FROM vendor_counter WHERE vendor_id IN (SELECT vendor_id FROM added) ORDER BY vendor_id FOR UPDATE;
    SELECT a.sku INTO taken FROM added a JOIN product_variant v ON v.vendor_id = a.vendor_id AND v.sku_key = a.sku_key AND v.product_id <> a.id LIMIT 1;
    IF found THEN
        PERFORM product_sku_elsewhere(taken);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION product_variant_sku_checked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    taken text;
BEGIN
    PERFORM FROM vendor_counter WHERE vendor_id IN (SELECT vendor_id FROM added) ORDER BY vendor_id FOR UPDATE;
    SELECT a.sku INTO taken FROM added a JOIN product p ON p.vendor_id = a.vendor_id AND p.sku_key = a.sku_key AND p.id <> a.product_id LIMIT 1;
    IF found THEN
        PERFORM product_sku_elsewhere(taken);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_sku_added AFTER INSERT ON product REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION product_sku_checked();
CREATE TRIGGER product_variant_sku_added AFTER INSERT ON product_variant REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION product_variant_sku_checked();
-- A SKU changes rarely: by row.
CREATE FUNCTION product_sku_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    PERFORM FROM vendor_counter WHERE vendor_id = NEW.vendor_id FOR UPDATE;
    IF TG_TABLE_NAME = 'product' THEN
        PERFORM FROM product_variant v WHERE v.vendor_id = NEW.vendor_id AND v.sku_key = NEW.sku_key AND v.product_id <> NEW.id;
    ELSE
        PERFORM FROM product p WHERE p.vendor_id = NEW.vendor_id AND p.sku_key = NEW.sku_key AND p.id <> NEW.product_id;
    END IF;
    IF found THEN
        PERFORM product_sku_elsewhere(NEW.sku);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_sku_changed AFTER UPDATE OF sku ON product FOR EACH ROW WHEN (lower(NEW.sku) <> lower(OLD.sku)) EXECUTE FUNCTION product_sku_changed();
CREATE TRIGGER product_variant_sku_changed AFTER UPDATE OF sku ON product_variant FOR EACH ROW WHEN (lower(NEW.sku) <> lower(OLD.sku)) EXECUTE FUNCTION product_sku_changed();

-- Counted once a statement: the same row changed 500 times in a transaction is read slower each time.
DROP TRIGGER product_counted ON product;
CREATE OR REPLACE FUNCTION count_product() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    UPDATE vendor_counter c SET products = c.products + CASE TG_OP WHEN 'INSERT' THEN n.rows ELSE -n.rows END
      FROM (SELECT vendor_id, count(*) AS rows FROM counted GROUP BY vendor_id) n
     WHERE c.vendor_id = n.vendor_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_counted_in AFTER INSERT ON product REFERENCING NEW TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_product();
CREATE TRIGGER product_counted_out AFTER DELETE ON product REFERENCING OLD TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_product();

-- ---- Categories ----
ALTER TABLE category ADD COLUMN path_key text GENERATED ALWAYS AS (lower(path)) STORED;
DROP INDEX category_path_once;
CREATE UNIQUE INDEX category_path_once ON category (vendor_id, path_key);

CREATE OR REPLACE FUNCTION category_of(shop bigint, wanted text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public
    AS $$
DECLARE
    part text;
    upto text := '';
    above bigint;
    here bigint;
BEGIN
    SELECT id INTO here FROM category WHERE vendor_id = shop AND path_key = lower(wanted);
    IF found THEN
        RETURN here;
    END IF;
    FOREACH part IN ARRAY string_to_array(wanted, '>') LOOP
        part := btrim(part);
        CONTINUE WHEN part = '';
        upto := CASE upto WHEN '' THEN part ELSE upto || ' > ' || part END;
        SELECT id INTO here FROM category WHERE vendor_id = shop AND path_key = lower(upto);
        IF NOT found THEN
            INSERT INTO category (vendor_id, parent_id, name, path) VALUES (shop, above, part, upto)
                ON CONFLICT (vendor_id, path_key) DO UPDATE SET path = category.path RETURNING id INTO here;
        END IF;
        above := here;
    END LOOP;
    RETURN above;
END
$$;

-- Many paths at once, each asked for once; the path comes back as the tree has it.
CREATE FUNCTION categories_of(shop bigint, wanted text[]) RETURNS TABLE (asked text, id bigint, path text)
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    FOR asked IN SELECT DISTINCT w FROM unnest(wanted) AS w WHERE w <> '' LOOP
        id := category_of(shop, asked);
        SELECT c.path INTO path FROM category c WHERE c.vendor_id = shop AND c.id = categories_of.id;
        RETURN NEXT;
    END LOOP;
END
$$;

-- Nothing is looked up for a product whose path and category fit each other already.
CREATE OR REPLACE FUNCTION product_category() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    PERFORM FROM category WHERE vendor_id = NEW.vendor_id AND id = NEW.category_id AND path = NEW.category;
    IF NOT found THEN
        NEW.category_id := category_of(NEW.vendor_id, NEW.category);
        NEW.category := coalesce((SELECT path FROM category WHERE vendor_id = NEW.vendor_id AND id = NEW.category_id), '');
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER product_category_added ON product;
CREATE TRIGGER product_category_added BEFORE INSERT ON product FOR EACH ROW WHEN (NEW.category <> '' AND NEW.category_id IS NULL) EXECUTE FUNCTION product_category();

-- ---- History ----
-- What was changed of a product: for its page. `changes`: [{"field", "before", "after"}]. Kept when the product goes.
CREATE TABLE product_change (
    vendor_id  bigint NOT NULL,
    product_id bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT now(),
    account_id bigint,                                                 -- NULL: the program did
    acted_by   bigint,                                                 -- the operator in that person's place
    way        text NOT NULL CONSTRAINT product_change_way_known CHECK (way IN ('person', 'api', 'import', 'bulk')),
    changes    jsonb NOT NULL,
    PRIMARY KEY (vendor_id, product_id, id, at)
) PARTITION BY RANGE (at);
CALL partition_by_time('product_change', 'month', ahead => 3, keep => '400 days');
CALL tenant_table('product_change');
REVOKE UPDATE, DELETE ON product_change FROM souk_app, souk_system;

-- ---- As clients see it ----
DROP VIEW product_shape;
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
       p.status, p.mpn, p.tags, p.tax_bp, p.weight_g, p.condition, p.google_category, p.option_names, p.category_id,
       (SELECT json_agg(json_build_object(
                   'id', v.id::text, 'sku', v.sku, 'gtin', v.gtin,
                   'options', CASE WHEN cardinality(p.option_names) = cardinality(v.option_values) THEN json_object(p.option_names, v.option_values) ELSE '{}' END,
                   'price', CASE WHEN v.price_minor IS NOT NULL THEN json_build_object('amount', v.price_minor, 'currency', p.currency) END,
                   'compare_at_price', CASE WHEN v.compare_at_minor IS NOT NULL THEN json_build_object('amount', v.compare_at_minor, 'currency', p.currency) END,
                   'available', CASE WHEN v.tracked THEN (SELECT coalesce(sum(s.on_hand - s.reserved), 0) FROM stock s JOIN warehouse w ON w.vendor_id = s.vendor_id AND w.id = s.warehouse_id AND w.active
                                                           WHERE s.vendor_id = v.vendor_id AND s.variant_id = v.id) END,
                   'tracked', v.tracked, 'backorder', v.backorder, 'weight_g', v.weight_g, 'position', v.position)
               ORDER BY v.position, v.id)
          FROM product_variant v WHERE v.vendor_id = p.vendor_id AND v.product_id = p.id)::text AS variants
  FROM product p;
GRANT SELECT ON product_shape TO souk_app, souk_system;
