-- A page of the shop's own list of products: filtered and in order by one walk along the index of that order, however many there are.
-- `sort` is newest, title, sku, price or updated; `down` from its end. `answers` (products that answer a text), `wanted` (a status), `inside` (a
-- category with all below it), `supply` (out, low, in) and `gap` (image, translation, gtin, price) may be NULL. A page begins behind
-- (after_key, after_id), the key as given for that row; NULL: the first. By title, products without one in the reader's language come last, the
-- newest first, with the key 2. Composed of what was asked only, and planned for it.
CREATE FUNCTION product_page(sort text, down boolean, reader text, answers bigint[], wanted product_status, inside bigint, supply text, gap text,
                             after_key text, after_id bigint, most integer)
    RETURNS TABLE (id bigint, key text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET jit = off
    AS $$
#variable_conflict use_column
DECLARE
    shop bigint := current_vendor();
    spoken text[] := (SELECT s.languages FROM vendor s WHERE s.id = shop);
    tree bigint[];
    filters text := '';
    got integer := 0;
    -- Of the order: where it walks, its column, that as a key, the column's value out of a key, and what decides between equals.
    source text := 'product p';
    ordered text;
    keyed text;
    given text;
    place text := 'p.id';
BEGIN
    IF inside IS NOT NULL THEN
        WITH RECURSIVE t AS (
            SELECT c.id FROM category c WHERE c.vendor_id = shop AND c.id = inside
            UNION ALL SELECT c.id FROM category c JOIN t ON c.parent_id = t.id WHERE c.vendor_id = shop
        ) SELECT array_agg(t.id) INTO tree FROM t;
        filters := filters || ' AND p.category_id = ANY ($4)';
    END IF;
    IF answers IS NOT NULL THEN
        filters := filters || ' AND p.id = ANY ($2)';
    END IF;
    IF wanted IS NOT NULL THEN -- `active` says how many rows a status has where row-level security hides the statistics of `status`
        filters := filters || ' AND p.status = $3 AND p.active = ($3 = ''active'')';
    END IF;
    filters := filters || CASE supply
        WHEN 'out' THEN ' AND EXISTS (SELECT FROM product_variant v WHERE v.vendor_id = $1 AND v.product_id = p.id AND v.tracked
            AND NOT EXISTS (SELECT FROM stock s WHERE s.vendor_id = $1 AND s.variant_id = v.id AND s.on_hand > s.reserved))'
        WHEN 'low' THEN ' AND EXISTS (SELECT FROM product_variant v JOIN stock s ON s.vendor_id = $1 AND s.variant_id = v.id AND s.on_hand - s.reserved <= s.low_at AND s.level >= 1
            WHERE v.vendor_id = $1 AND v.product_id = p.id)'
        WHEN 'in' THEN ' AND EXISTS (SELECT FROM product_variant v JOIN stock s ON s.vendor_id = $1 AND s.variant_id = v.id AND s.on_hand > s.reserved
            WHERE v.vendor_id = $1 AND v.product_id = p.id)'
        ELSE '' END;
    filters := filters || CASE gap
        WHEN 'image' THEN ' AND NOT EXISTS (SELECT FROM product_image i WHERE i.vendor_id = $1 AND i.product_id = p.id)'
        WHEN 'translation' THEN ' AND (SELECT count(*) FROM product_text t WHERE t.vendor_id = $1 AND t.product_id = p.id AND t.language = ANY ($9)) < cardinality($9)'
        WHEN 'gtin' THEN ' AND EXISTS (SELECT FROM product_variant v WHERE v.vendor_id = $1 AND v.product_id = p.id AND v.gtin IS NULL)'
        WHEN 'price' THEN ' AND p.price_minor = 0'
        ELSE '' END;
    CASE sort
        WHEN 'title' THEN
            source := 'product_text t JOIN product p ON p.vendor_id = $1 AND p.id = t.product_id AND t.vendor_id = $1 AND t.language = $5';
            ordered := 't.title COLLATE "und-x-icu"';
            keyed := '''1'' || t.title';
            given := 'substr($6, 2) COLLATE "und-x-icu"';
            place := 't.product_id';
        WHEN 'sku' THEN
            ordered := 'p.sku_key';
            keyed := 'p.sku_key';
            given := '$6';
        WHEN 'price' THEN
            ordered := 'p.price_minor';
            keyed := 'p.price_minor::text';
            given := '$6::bigint';
        WHEN 'updated' THEN
            ordered := 'p.updated_at';
            keyed := '(extract(epoch FROM p.updated_at) * 1000000)::bigint::text';
            given := '''epoch''::timestamptz + $6::bigint * interval ''1 microsecond''';
        ELSE NULL; -- the newest first
    END CASE;
    IF ordered IS NOT NULL AND NOT (sort = 'title' AND coalesce(after_key, '') LIKE '2%') THEN
        RETURN QUERY EXECUTE format('SELECT p.id, %1$s FROM %2$s WHERE p.vendor_id = $1%3$s%4$s ORDER BY %5$s %6$s, %7$s %6$s LIMIT $8', keyed, source, filters,
            CASE WHEN after_key IS NULL THEN '' ELSE format(' AND (%s, %s) %s (%s, $7)', ordered, place, CASE WHEN down THEN '<' ELSE '>' END, given) END,
            ordered, CASE WHEN down THEN 'DESC' ELSE 'ASC' END, place)
            USING shop, answers, wanted, tree, reader, after_key, after_id, most, spoken;
        GET DIAGNOSTICS got = ROW_COUNT;
    END IF;
    IF ordered IS NULL OR (sort = 'title' AND got < most) THEN
        RETURN QUERY EXECUTE 'SELECT p.id, ''2'' FROM product p WHERE p.vendor_id = $1' || filters
            || CASE WHEN sort = 'title' THEN ' AND NOT EXISTS (SELECT FROM product_text t WHERE t.vendor_id = $1 AND t.product_id = p.id AND t.language = $5)' ELSE '' END
            || CASE WHEN coalesce(after_key, '') LIKE '2%' THEN ' AND p.id < $7' ELSE '' END || ' ORDER BY p.id DESC LIMIT $8'
            USING shop, answers, wanted, tree, reader, after_key, after_id, most - got, spoken;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION product_page(text, boolean, text, bigint[], product_status, bigint, text, text, text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION product_page(text, boolean, text, bigint[], product_status, bigint, text, text, text, bigint, integer) TO souk_app;
