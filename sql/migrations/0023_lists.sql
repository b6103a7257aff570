-- Lists of products in any order, however many a shop has: an index for each order, a page read by its key.

CREATE INDEX product_price ON product (vendor_id, price_minor, id);
-- In the order that readers of most languages expect (the root of CLDR, which English, French, German and Luxembourgish share).
CREATE INDEX product_text_title ON product_text (vendor_id, language, title COLLATE "und-x-icu", product_id);

-- A page of products in the order `sort`, behind (phase, after_number or after_title, after_id); phase 0: the first page. `wanted` (a
-- status) and `below` (a category, with those in it) may be NULL. Products without a title in the reader's language come last in
-- orders by title, the newest first: phase 2. Planned for its arguments each time, since they decide which index is right; `active` says how many
-- rows a status has where row-level security hides the statistics of `status`.
CREATE FUNCTION product_list(sort text, wanted product_status, below text, reader text,
                             from_phase integer, after_number bigint, after_title text, after_id bigint, most integer)
    RETURNS TABLE (product_id bigint, phase integer, number bigint, title text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET jit = off SET plan_cache_mode = force_custom_plan
    AS $$
#variable_conflict use_column
DECLARE
    shop bigint := current_vendor();
    start boolean := from_phase = 0;
    inside text := below || ' > ';
    got integer := 0;
BEGIN
    IF sort IN ('price', '-price', 'created', '-created', '-updated') THEN
        IF sort = 'price' THEN
            RETURN QUERY SELECT p.id, 1, p.price_minor, '' FROM product p
             WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
               AND (start OR (p.price_minor, p.id) > (after_number, after_id))
             ORDER BY p.price_minor, p.id LIMIT most;
        ELSIF sort = '-price' THEN
            RETURN QUERY SELECT p.id, 1, p.price_minor, '' FROM product p
             WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
               AND (start OR (p.price_minor, p.id) < (after_number, after_id))
             ORDER BY p.price_minor DESC, p.id DESC LIMIT most;
        ELSIF sort = 'created' THEN
            RETURN QUERY SELECT p.id, 1, 0::bigint, '' FROM product p
             WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
               AND (start OR p.id > after_id)
             ORDER BY p.id LIMIT most;
        ELSIF sort = '-created' THEN
            RETURN QUERY SELECT p.id, 1, 0::bigint, '' FROM product p
             WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
               AND (start OR p.id < after_id)
             ORDER BY p.id DESC LIMIT most;
        ELSE
            RETURN QUERY SELECT p.id, 1, (extract(epoch FROM p.updated_at) * 1000000)::bigint, '' FROM product p
             WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
               AND (start OR (p.updated_at, p.id) < ('epoch'::timestamptz + after_number * interval '1 microsecond', after_id))
             ORDER BY p.updated_at DESC, p.id DESC LIMIT most;
        END IF;
        RETURN;
    END IF;
    IF from_phase < 2 AND sort = 'title' THEN
        RETURN QUERY SELECT t.product_id, 1, 0::bigint, t.title FROM product_text t JOIN product p ON p.vendor_id = t.vendor_id AND p.id = t.product_id
         WHERE t.vendor_id = shop AND t.language = reader
           AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
           AND (start OR (t.title COLLATE "und-x-icu", t.product_id) > (after_title, after_id))
         ORDER BY t.title COLLATE "und-x-icu", t.product_id LIMIT most;
        GET DIAGNOSTICS got = ROW_COUNT;
    ELSIF from_phase < 2 THEN
        RETURN QUERY SELECT t.product_id, 1, 0::bigint, t.title FROM product_text t JOIN product p ON p.vendor_id = t.vendor_id AND p.id = t.product_id
         WHERE t.vendor_id = shop AND t.language = reader
           AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
           AND (start OR (t.title COLLATE "und-x-icu", t.product_id) < (after_title, after_id))
         ORDER BY t.title COLLATE "und-x-icu" DESC, t.product_id DESC LIMIT most;
        GET DIAGNOSTICS got = ROW_COUNT;
    END IF;
    IF got < most THEN
        RETURN QUERY SELECT p.id, 2, 0::bigint, '' FROM product p
         WHERE p.vendor_id = shop AND (wanted IS NULL OR (p.status = wanted AND p.active = (wanted = 'active'))) AND (below IS NULL OR p.category = below OR starts_with(p.category, inside))
           AND (from_phase < 2 OR p.id < after_id)
           AND NOT EXISTS (SELECT FROM product_text t WHERE t.vendor_id = shop AND t.product_id = p.id AND t.language = reader)
         ORDER BY p.id DESC LIMIT most - got;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION product_list(text, product_status, text, text, integer, bigint, text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION product_list(text, product_status, text, text, integer, bigint, text, bigint, integer) TO souk_app;

-- The same of the products that have all words of a text (as search_rows() takes them), in an order that is not the best first. Of a
-- text that more than `looked` products answer, those `looked` are sorted.
CREATE FUNCTION product_list_of(asked bigint[], slots integer[], sort text, wanted product_status, below text, reader text,
                                from_phase integer, after_number bigint, after_title text, after_id bigint, most integer)
    RETURNS TABLE (product_id bigint, phase integer, number bigint, title text, total bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off SET jit = off
    AS $$
#variable_conflict use_column
DECLARE
    looked constant integer := 20000;
    shop bigint := current_vendor();
    down boolean := starts_with(sort, '-');
    k1 bigint[] := search_side(asked, slots, 1, 0);
    k2 bigint[] := search_side(asked, slots, 2, 0);
    k3 bigint[] := search_side(asked, slots, 3, 0);
    k4 bigint[] := search_side(asked, slots, 4, 0);
    k5 bigint[] := search_side(asked, slots, 5, 0);
    k6 bigint[] := search_side(asked, slots, 6, 0);
BEGIN
    RETURN QUERY
        WITH hit AS MATERIALIZED (
            SELECT DISTINCT h.product_id FROM (
                SELECT s.product_id FROM product_search s
                 WHERE s.keys && k1 AND s.keys && k2 AND s.keys && k3 AND s.keys && k4 AND s.keys && k5 AND s.keys && k6
                   AND s.vendor_id = shop
                   AND (wanted IS NULL OR s.status = wanted)
                   AND (below IS NULL OR s.category = below OR starts_with(s.category, below || ' > '))
                 LIMIT looked) h
        ), keyed AS (
            SELECT p.id, CASE WHEN t.title IS NULL AND sort IN ('title', '-title') THEN 2 ELSE 1 END AS phase,
                   CASE sort WHEN 'price' THEN p.price_minor WHEN '-price' THEN -p.price_minor
                             WHEN '-updated' THEN -(extract(epoch FROM p.updated_at) * 1000000)::bigint ELSE 0 END AS number,
                   coalesce(t.title, '') COLLATE "und-x-icu" AS title, CASE WHEN down THEN -p.id ELSE p.id END AS turn
              FROM hit JOIN product p ON p.vendor_id = shop AND p.id = hit.product_id
              LEFT JOIN product_text t ON sort IN ('title', '-title') AND t.vendor_id = shop AND t.product_id = p.id AND t.language = reader
        )
        SELECT k.id, k.phase, k.number, k.title, (SELECT count(*) FROM hit) FROM keyed k
         WHERE from_phase = 0 OR k.phase > from_phase
            OR (k.phase = from_phase AND (k.number > after_number OR (k.number = after_number AND
                   (CASE WHEN down THEN k.title < after_title ELSE k.title > after_title END
                    OR (k.title = after_title AND k.turn > CASE WHEN down THEN -after_id ELSE after_id END)))))
         ORDER BY k.phase, k.number, CASE WHEN down THEN NULL ELSE k.title END, CASE WHEN down THEN k.title END DESC, k.turn
         LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION product_list_of(bigint[], integer[], text, product_status, text, text, integer, bigint, text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION product_list_of(bigint[], integer[], text, product_status, text, text, integer, bigint, text, bigint, integer) TO souk_app;
