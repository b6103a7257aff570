-- The variants of a batch were joined with all products and texts of the shop; most are a product's only one and say nothing new, so they
-- are told apart first, each by its product's key.
CREATE OR REPLACE FUNCTION search_variant_there() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg((v.vendor_id, v.product_id, t.language)::search_place))
       FROM (SELECT DISTINCT w.vendor_id, w.product_id FROM written w
              WHERE w.option_values <> '{}'
                 OR w.sku <> (SELECT p.sku FROM product p WHERE p.vendor_id = w.vendor_id AND p.id = w.product_id) OFFSET 0) v
      CROSS JOIN LATERAL (SELECT x.language FROM product_text x WHERE x.vendor_id = v.vendor_id AND x.product_id = v.product_id OFFSET 0) t;
    RETURN NULL;
END
$$;

-- Tables that have grown by half since they were last measured are measured now; how many were. A shop's first import outruns the
-- server's own measuring, and without figures many an index looks as good as the right one. Only the owner may measure.
CREATE FUNCTION tables_measured() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    name text;
    done integer := 0;
BEGIN
    FOR name IN SELECT s.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
                 WHERE s.relname IN ('product', 'product_text', 'product_variant', 'product_search', 'search_word', 'stock', 'image_address', 'orders', 'order_item', 'customer')
                   AND s.schemaname = 'public' AND s.n_mod_since_analyze > 400 + greatest(c.reltuples, 0) / 2 LOOP
        EXECUTE format('ANALYZE %I', name);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
REVOKE ALL ON FUNCTION tables_measured() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tables_measured() TO souk_app;
