-- A product as clients see it, with its texts and images as JSON made in one place. The view asks
-- with the caller's rights (security_invoker), so row-level security holds through it.
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
         WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id)::text AS images
  FROM product p;
GRANT SELECT ON product_shape TO souk_app, souk_system;
