-- Slugs are looked for by themselves. While a table has no statistics yet, as in a shop's first import, an index of (vendor, language, title)
-- looked as good for that as one of (vendor, language, slug), and went through all texts of the language for each product.
ALTER TABLE product_text DROP CONSTRAINT product_slug_once;
ALTER TABLE product_text ADD CONSTRAINT product_slug_once UNIQUE (vendor_id, slug, language);
