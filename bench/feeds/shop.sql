-- A shop of :products products, two pictures each, in one language. Brand is the shop's name, so that a change of that one row is a
-- change of every line.
SET client_min_messages = error;
TRUNCATE vendor, image_file, feed_change CASCADE;

INSERT INTO vendor (slug, name, languages) VALUES ('bench', 'Bench 0', '{en}');
INSERT INTO vendor_counter (vendor_id) SELECT id FROM vendor;
ALTER TABLE product DISABLE TRIGGER USER; ALTER TABLE product_text DISABLE TRIGGER USER; ALTER TABLE product_image DISABLE TRIGGER USER;
INSERT INTO category (vendor_id, name, path, google_id) SELECT id, 'Chairs', 'Chairs', 443 FROM vendor;
INSERT INTO product (vendor_id, sku, gtin, price_minor, compare_at_minor, currency, status, category, category_id, weight_g)
SELECT v.id, 'SKU-' || n, NULL, 1000 + n, CASE WHEN n % 7 = 0 THEN 2000 + n END, 'EUR', 'active', 'Chairs', c.id, 100 + n
  FROM vendor v JOIN category c ON c.vendor_id = v.id, generate_series(1, :products) n;
INSERT INTO product_variant (vendor_id, product_id, sku, tracked) SELECT vendor_id, id, sku, true FROM product ON CONFLICT DO NOTHING;
INSERT INTO warehouse (vendor_id, code, name) SELECT id, 'W', 'W' FROM vendor;
INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand)
SELECT v.vendor_id, v.id, w.id, v.id % 20 FROM product_variant v JOIN warehouse w USING (vendor_id);
INSERT INTO product_text (vendor_id, product_id, language, title, description, slug)
SELECT vendor_id, id, 'en', 'Wooden chair number ' || id || ', oak, with arms',
       '<p>A chair of oak that sits well &amp; lasts for a hundred years.</p><p>' || repeat('It is made next door, of wood that grew there, by people who like chairs. ', 5) || md5(id::text) || '</p>',
       'chair-' || id FROM product;
INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, width_200, height_200, bytes, bytes_800, bytes_200, feed_bytes)
SELECT sha256(id::text::bytea || n::text::bytea), 1, 900, 900, 800, 800, 200, 200, 1, 1, 1, 1 FROM product, generate_series(1, 2) n;
INSERT INTO product_image (vendor_id, product_id, hash, position)
SELECT vendor_id, id, sha256(id::text::bytea || n::text::bytea), n FROM product, generate_series(1, 2) n;
ALTER TABLE product ENABLE TRIGGER USER; ALTER TABLE product_text ENABLE TRIGGER USER; ALTER TABLE product_image ENABLE TRIGGER USER;
VACUUM (ANALYZE) product; VACUUM (ANALYZE) product_text; VACUUM (ANALYZE) product_variant; VACUUM (ANALYZE) product_image;
VACUUM (ANALYZE) image_file; VACUUM (ANALYZE) stock; ANALYZE category; ANALYZE vendor; CHECKPOINT;
