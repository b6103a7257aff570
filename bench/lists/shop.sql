-- :products products with a text, a variant and stock, a fifth of it sold out, and :orders past and present orders of two lines by
-- :customers customers, for the shop :vendor; its movements, webhooks' deliveries and mails.
SET client_min_messages = error;
\set ON_ERROR_STOP on
SELECT set_config('souk.vendor', :'vendor', false);

INSERT INTO warehouse (vendor_id, code, name) VALUES (:vendor, 'BENCH', 'Bench') ON CONFLICT DO NOTHING;
INSERT INTO category (vendor_id, name, path) SELECT :vendor, 'Bench ' || n, 'Bench ' || n FROM generate_series(1, 50) n ON CONFLICT DO NOTHING;

CREATE TEMPORARY TABLE word AS
SELECT n, initcap((ARRAY['ka','lo','mi','ru','te','sa','vo','ne','pi','da'])[1 + n % 10] || (ARRAY['lan','ber','tis','mur','gel','nod','rak','sim'])[1 + n / 10 % 8]
       || (ARRAY['der','fo','lin','ga','mor','ty'])[1 + n / 80 % 6]) AS w FROM generate_series(0, 479) n;

INSERT INTO product (vendor_id, sku, gtin, brand, price_minor, currency, status, category, category_id, created_at, updated_at)
SELECT :vendor, 'B-' || n, NULL, (SELECT w FROM word x WHERE x.n = i.n % 97), 500 + (n::bigint * 7919) % 90000, 'EUR',
       (CASE WHEN n % 50 = 0 THEN 'draft' WHEN n % 97 = 0 THEN 'archived' ELSE 'active' END)::product_status, 'Bench ' || 1 + n % 50,
       (SELECT id FROM category c WHERE c.vendor_id = :vendor AND c.path = 'Bench ' || 1 + i.n % 50), now() - n * interval '1 minute', now() - (n * 31 % 50000) * interval '1 minute'
  FROM generate_series(1, :products) i (n);
INSERT INTO product_variant (vendor_id, product_id, sku, tracked)
SELECT vendor_id, id, sku, true FROM product WHERE vendor_id = :vendor AND sku LIKE 'B-%' ON CONFLICT (vendor_id, sku_key) DO UPDATE SET tracked = true;
INSERT INTO product_text (vendor_id, product_id, language, title, description, slug)
SELECT p.vendor_id, p.id, 'en', a.w || ' ' || b.w || ' ' || c.w, 'A ' || lower(b.w) || ' that ' || lower(d.w) || ' with ' || lower(c.w) || '. ' || a.w, 'b-' || p.id
  FROM product p JOIN word a ON a.n = p.id % 480 JOIN word b ON b.n = p.id / 7 % 480 JOIN word c ON c.n = p.id / 31 % 480 JOIN word d ON d.n = p.id / 3 % 480
 WHERE p.vendor_id = :vendor AND p.sku LIKE 'B-%';
INSERT INTO product_text (vendor_id, product_id, language, title, description, slug)
SELECT vendor_id, product_id, 'de', title || ' de', description, slug FROM product_text t
 WHERE vendor_id = :vendor AND language = 'en' AND product_id % 10 > 1 AND EXISTS (SELECT FROM product p WHERE p.vendor_id = :vendor AND p.id = t.product_id AND p.sku LIKE 'B-%');
-- GTIN-13 of the range for use within a shop, its check digit behind.
UPDATE product_variant v SET gtin = c.code || (10 - (SELECT sum(substr(c.code, i, 1)::integer * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END) FROM generate_series(1, 12) i) % 10) % 10
  FROM (SELECT id, (200000000000 + id)::text AS code FROM product_variant WHERE vendor_id = :vendor AND sku LIKE 'B-%' AND id % 10 > 0) c WHERE v.vendor_id = :vendor AND v.id = c.id;
INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, width_200, height_200, bytes, bytes_800, bytes_200)
VALUES (sha256('bench lists'), 1, 900, 900, 800, 800, 200, 200, 1, 1, 1) ON CONFLICT DO NOTHING;
INSERT INTO product_image (vendor_id, product_id, hash, position)
SELECT vendor_id, id, sha256('bench lists'), 1 FROM product WHERE vendor_id = :vendor AND sku LIKE 'B-%' AND id % 20 > 0;
INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand, low_at)
SELECT v.vendor_id, v.id, w.id, v.id % 20 / 4 * 5, 5 FROM product_variant v JOIN warehouse w ON w.vendor_id = v.vendor_id AND w.code = 'BENCH'
 WHERE v.vendor_id = :vendor AND v.sku LIKE 'B-%';
INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, sku, kind, on_hand, reserved, at)
SELECT s.vendor_id, s.variant_id, s.warehouse_id, v.sku, 'receive', s.on_hand, 0, now() - n * interval '1 day' - s.variant_id * interval '1 second'
  FROM stock s JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id, generate_series(1, 3) n WHERE s.vendor_id = :vendor AND v.sku LIKE 'B-%' AND s.on_hand > 0;

INSERT INTO customer (vendor_id, email, name, created_at)
SELECT :vendor, lower(a.w) || i.n || '@bench.example', a.w || ' ' || b.w, now() - i.n * interval '3 minutes'
  FROM generate_series(1, :customers) i (n) JOIN word a ON a.n = i.n % 480 JOIN word b ON b.n = i.n / 11 % 480;
CREATE TEMPORARY TABLE buyer AS SELECT row_number() OVER (ORDER BY id) AS n, id, email, name FROM customer WHERE vendor_id = :vendor AND email LIKE '%@bench.example';
CREATE TEMPORARY TABLE goods AS SELECT row_number() OVER (ORDER BY p.id) AS n, p.id, v.id AS variant, v.sku, t.title, p.price_minor
  FROM product p JOIN product_variant v ON v.vendor_id = p.vendor_id AND v.product_id = p.id JOIN product_text t ON t.vendor_id = p.vendor_id AND t.product_id = p.id
 WHERE p.vendor_id = :vendor AND p.sku LIKE 'B-%';
CREATE UNIQUE INDEX ON buyer (n); CREATE UNIQUE INDEX ON goods (n); ANALYZE buyer; ANALYZE goods;

INSERT INTO orders (vendor_id, external, customer_id, state, source, currency, items_minor, total_minor, placed_at, updated_at, buyer_email, buyer_name, ship_to)
SELECT :vendor, 'BENCH-' || i.n, b.id,
       (CASE WHEN i.n % 1000 < 2 THEN 'pending' WHEN i.n % 1000 < 8 THEN 'paid' WHEN i.n % 1000 < 30 THEN 'fulfilled' WHEN i.n % 1000 < 60 THEN 'cancelled' WHEN i.n % 1000 < 80 THEN 'refunded' ELSE 'completed' END)::order_state,
       'import', 'EUR', 4000, 4000, now() - i.n * interval '40 seconds', now() - i.n * interval '40 seconds', b.email, b.name, '{"country": "LU"}'
  FROM generate_series(1, :orders) i (n) JOIN buyer b ON b.n = 1 + i.n::bigint * 7919 % :customers;
INSERT INTO order_item (vendor_id, order_id, line, product_id, variant_id, sku, title, quantity, price_minor, total_minor, placed_at)
SELECT o.vendor_id, o.id, l, g.id, g.variant, g.sku, g.title, 1, g.price_minor, g.price_minor, o.placed_at
  FROM orders o, generate_series(1, 2) l JOIN LATERAL (SELECT * FROM goods WHERE n = 1 + (o.id * 31 + l * 17) % :products) g ON true
 WHERE o.vendor_id = :vendor AND o.source = 'import';

INSERT INTO mail (kind, address, name, language, for_vendor, state, ended_at, created_at)
SELECT 'order_confirmation', 'm' || n || '@bench.example', '', 'en', :vendor, 'sent', now(), now() FROM generate_series(1, :customers / 2) n;
VACUUM (ANALYZE);
