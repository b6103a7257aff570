-- What shops' customers and people search by: one row a product and language with the keys of its words,
-- and each shop's own vocabulary, from which words with a slip are mended.
--
-- A key is a hash of a stem, seeded with the shop: the index holds nothing two shops could share, and a
-- shop's search never walks another's entries. Beside each key stands how much its word says about this
-- product (BM25 with fields, all of it that does not depend on other products). Rows are written by the
-- statements that write products, a statement's worth at a time.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- Words as they stand, without accents and capitals; and their stems, where a language has a stemmer.
CREATE TEXT SEARCH CONFIGURATION souk_words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION souk_words
    ALTER MAPPING FOR word, hword, hword_part, numword, numhword, hword_numpart WITH unaccent, simple;
DO $$
DECLARE
    language text;
BEGIN
    FOREACH language IN ARRAY ARRAY['arabic', 'dutch', 'english', 'french', 'german', 'italian', 'portuguese', 'russian', 'spanish'] LOOP
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION souk_%s (COPY = %I)', language, language);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION souk_%s ALTER MAPPING FOR word, hword, hword_part WITH unaccent, %s_stem', language, language);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION souk_%s ALTER MAPPING FOR numword, numhword, hword_numpart WITH unaccent, simple', language);
    END LOOP;
END
$$;

CREATE FUNCTION search_stems(language text) RETURNS regconfig
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
SELECT CASE split_part(language, '-', 1)
    WHEN 'en' THEN 'souk_english'::regconfig
    WHEN 'fr' THEN 'souk_french'::regconfig
    WHEN 'de' THEN 'souk_german'::regconfig
    WHEN 'es' THEN 'souk_spanish'::regconfig
    WHEN 'it' THEN 'souk_italian'::regconfig
    WHEN 'nl' THEN 'souk_dutch'::regconfig
    WHEN 'pt' THEN 'souk_portuguese'::regconfig
    WHEN 'ar' THEN 'souk_arabic'::regconfig
    WHEN 'ru' THEN 'souk_russian'::regconfig
    ELSE 'souk_words'::regconfig END
$$;

-- NULL for a word that says nothing in the language ("the").
CREATE FUNCTION search_stem(language text, word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (tsvector_to_array(to_tsvector(search_stems(language), word)))[1] $$;

-- Chinese, Japanese, Thai … write no blanks between words: runs of their letters become pairs of letters, and for what is
-- indexed single ones too, so that a search for one letter finds something.
CREATE FUNCTION search_grams(x text, singles boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    part text;
    made text := '';
BEGIN
    FOR part IN SELECT m[1] FROM regexp_matches(x, '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF]+|[^\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF]+)', 'g') m LOOP
        IF part !~ '^[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF]' THEN
            made := made || part;
            CONTINUE;
        END IF;
        FOR i IN 1 .. char_length(part) LOOP
            IF i < char_length(part) THEN
                made := made || ' ' || substr(part, i, 2);
            END IF;
            IF singles OR char_length(part) = 1 THEN
                made := made || ' ' || substr(part, i, 1);
            END IF;
        END LOOP;
        made := made || ' ';
    END LOOP;
    RETURN made;
END
$$;

-- Text whose words are apart by blanks: no tags, no punctuation, one way to write a letter.
CREATE FUNCTION search_plain(x text, singles boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    IF strpos(x, '<') > 0 OR strpos(x, '&') > 0 THEN
        x := regexp_replace(regexp_replace(x, '<[^<>]*>', ' ', 'g'), '&([a-z]{2,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});', ' ', 'gi');
    END IF;
    IF octet_length(x) <> char_length(x) THEN
        x := normalize(translate(x, '™®©°', '    '), NFKC);
        x := translate(x, '“”‘’‚„‹›«»–—…·•×€£¥،؛؟、。・「」『』【】״׳ـ',  '                                 ');
        IF x ~ '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF]' THEN
            x := search_grams(x, singles);
        END IF;
    END IF;
    RETURN translate(x, '-./_@+:~''', '         '); -- what the parser would make numbers, addresses and paths of
END
$$;

CREATE TABLE product_search (
    vendor_id  bigint NOT NULL,
    product_id bigint NOT NULL,
    language   text NOT NULL,
    status     product_status NOT NULL,   -- as the product has them, so that a filter costs no second look
    category   text NOT NULL,
    keys       bigint[] NOT NULL,         -- of its words; behind them once more those that say much (# 1) and most (# 2)
    impacts    smallint[] NOT NULL,       -- of the words, in that order: 0 … 220
    PRIMARY KEY (vendor_id, product_id, language)
) WITH (fillfactor = 90);
ALTER TABLE product_search ALTER keys SET STORAGE main, ALTER impacts SET STORAGE main;
-- A short list of what is pending keeps bulk writes quick and costs a search less than a millisecond.
CREATE INDEX product_search_keys ON product_search USING gin (keys) WITH (fastupdate = on, gin_pending_list_limit = 256);
CALL tenant_table('product_search');

-- A shop's words. `n` is about how many products have the key: 1 for a new word, counted by the job search_count.
CREATE TABLE search_word (
    vendor_id bigint NOT NULL,
    word      text COLLATE "C" NOT NULL,
    key       bigint NOT NULL,
    n         integer NOT NULL DEFAULT 1,
    since     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, word, key)
);
CREATE INDEX search_word_since ON search_word USING brin (since);
CREATE INDEX search_word_key ON search_word (vendor_id, key) INCLUDE (n);
CREATE INDEX search_word_end ON search_word (vendor_id, reverse(word) COLLATE "C");
CALL tenant_table('search_word');

-- ---- Writing ----

-- Makes the rows of these texts anew. OFFSET 0 keeps a text from being read once for each of its words; the odd condition on
-- the language, the planner from an index that would go through all texts of a shop.
CREATE TYPE search_place AS (vendor_id bigint, product_id bigint, language text);
CREATE FUNCTION search_index(places search_place[]) RETURNS void
    LANGUAGE sql
    AS $$
WITH made AS MATERIALIZED (
    SELECT t.vendor_id, t.product_id, t.language, p.status, p.category, said.words, r.keys, r.impacts
      FROM unnest(places) u
      JOIN product_text t ON t.vendor_id = u.vendor_id AND t.product_id = u.product_id AND t.language || '' = u.language
      JOIN product p ON p.vendor_id = u.vendor_id AND p.id = u.product_id
      -- Codes count without their hyphens too: TN-2110, TN 2110, TN2110.
     CROSS JOIN LATERAL (
           SELECT search_plain(t.title, true) AS title, search_plain(left(t.description, 4000), true) AS description,
                  search_plain(concat_ws(' ', p.brand, p.category, array_to_string(p.tags, ' '), p.mpn, translate(p.mpn, '-./ ', ''), p.sku, translate(p.sku, '-./ ', ''),
                      (SELECT string_agg(v.sku || ' ' || array_to_string(v.option_values, ' '), ' ') FROM product_variant v
                        WHERE v.vendor_id = p.vendor_id AND v.product_id = p.id AND (v.sku <> p.sku OR v.option_values <> '{}'))), true) AS names OFFSET 0) x
     CROSS JOIN LATERAL (
           SELECT tsvector_to_array(to_tsvector(search_stems(t.language), x.title)) AS title,
                  tsvector_to_array(to_tsvector(search_stems(t.language), x.names)) AS names,
                  tsvector_to_array(to_tsvector(search_stems(t.language), x.description)) AS description,
                  tsvector_to_array(to_tsvector('souk_words', concat_ws(' ', x.title, x.names, x.description))) AS words OFFSET 0) said
     -- A word in a long text says less; 8 and 20 words are usual lengths.
     CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(k.key), '{}') || coalesce(array_agg(k.key # 1) FILTER (WHERE k.impact >= 100), '{}')
                      || coalesce(array_agg(k.key # 2) FILTER (WHERE k.impact >= 120), '{}') AS keys,
                  coalesce(array_agg(k.impact), '{}') AS impacts
             FROM (SELECT hashtextextended(w.stem, t.vendor_id) AS key, round(220 * sum(w.weight) / (1.2 + sum(w.weight)))::smallint AS impact
                     FROM (SELECT unnest(said.title) AS stem, 1 / (0.25 + 0.75 * cardinality(said.title) / 8)::float8 AS weight
                           UNION ALL SELECT unnest(said.names), 1
                           UNION ALL SELECT unnest(said.description), 1 / (0.25 + 0.75 * cardinality(said.description) / 20)::float8) w
                    GROUP BY w.stem) k) r
), words AS (
    INSERT INTO search_word (vendor_id, word, key)
    SELECT w.vendor_id, w.word, k.key
      FROM (SELECT DISTINCT made.vendor_id, made.language, unnest(made.words) AS word FROM made) w
      LEFT JOIN LATERAL (SELECT true AS there FROM search_word x WHERE x.vendor_id = w.vendor_id AND x.word = w.word LIMIT 1) old ON true
     CROSS JOIN LATERAL (SELECT hashtextextended(search_stem(w.language, w.word), w.vendor_id) AS key) k
     WHERE old.there IS NULL AND k.key IS NOT NULL AND char_length(w.word) <= 64
     ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING
)
INSERT INTO product_search (vendor_id, product_id, language, status, category, keys, impacts)
SELECT vendor_id, product_id, language, status, category, keys, impacts FROM made
    ON CONFLICT (vendor_id, product_id, language) DO UPDATE
   SET status = EXCLUDED.status, category = EXCLUDED.category, keys = EXCLUDED.keys, impacts = EXCLUDED.impacts
$$;

CREATE FUNCTION search_text_added() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg((vendor_id, product_id, language)::search_place)) FROM written;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_text_added AFTER INSERT ON product_text
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_text_added();

CREATE FUNCTION search_text_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg((n.vendor_id, n.product_id, n.language)::search_place))
       FROM written n
      WHERE NOT EXISTS (SELECT FROM replaced o WHERE o.vendor_id = n.vendor_id AND o.product_id = n.product_id AND o.language = n.language
                           AND o.title = n.title AND o.description = n.description);
    RETURN NULL;
END
$$;
CREATE TRIGGER search_text_changed AFTER UPDATE ON product_text
    REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_text_changed();

CREATE FUNCTION search_text_gone() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    DELETE FROM product_search s USING gone g WHERE s.vendor_id = g.vendor_id AND s.product_id = g.product_id AND s.language = g.language;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_text_gone AFTER DELETE ON product_text
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION search_text_gone();

-- A price is changed a thousand times for each time that a brand is: only what is searched by counts.
CREATE FUNCTION search_product_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg((t.vendor_id, t.product_id, t.language)::search_place))
       FROM written n JOIN replaced o ON o.vendor_id = n.vendor_id AND o.id = n.id
       JOIN product_text t ON t.vendor_id = n.vendor_id AND t.product_id = n.id
      WHERE (o.sku, o.brand, o.category, o.mpn, o.tags) IS DISTINCT FROM (n.sku, n.brand, n.category, n.mpn, n.tags);
    UPDATE product_search s SET status = n.status
      FROM written n JOIN replaced o ON o.vendor_id = n.vendor_id AND o.id = n.id
     WHERE o.status <> n.status AND s.vendor_id = n.vendor_id AND s.product_id = n.id AND s.status <> n.status;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_product_changed AFTER UPDATE ON product
    REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_product_changed();

-- Variants: a product's only one has the product's SKU, which is there already.
CREATE FUNCTION search_variant_there() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg(DISTINCT (t.vendor_id, t.product_id, t.language)::search_place))
       FROM written v JOIN product p ON p.vendor_id = v.vendor_id AND p.id = v.product_id
       JOIN product_text t ON t.vendor_id = v.vendor_id AND t.product_id = v.product_id
      WHERE v.sku <> p.sku OR v.option_values <> '{}';
    RETURN NULL;
END
$$;
CREATE TRIGGER search_variant_added AFTER INSERT ON product_variant
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_variant_there();
CREATE TRIGGER search_variant_gone AFTER DELETE ON product_variant
    REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_variant_there();

CREATE FUNCTION search_variant_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
BEGIN
    PERFORM search_index(array_agg(DISTINCT (t.vendor_id, t.product_id, t.language)::search_place))
       FROM written n JOIN replaced o ON o.vendor_id = n.vendor_id AND o.id = n.id
       JOIN product_text t ON t.vendor_id = n.vendor_id AND t.product_id = n.product_id
      WHERE (o.sku, o.option_values) IS DISTINCT FROM (n.sku, n.option_values);
    RETURN NULL;
END
$$;
CREATE TRIGGER search_variant_changed AFTER UPDATE ON product_variant
    REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_variant_changed();

-- ---- Asking ----
-- Under a policy PostgreSQL does not use these indexes, so what asks runs as their owner. It takes no shop: it knows the
-- transaction's alone, and without one it finds nothing.

-- What a shop knows of the words of a text. kind 0: the word, in each language's stem; 1: joined with the next one; 2: begins
-- with it (the most used); 3: two words that were written as one; 4: looks like it. 2 to 4 only for words nobody wrote here
-- (typing: 2 for the last word in any case). Of kind 0 and without a key: in a language in which the
-- word says nothing ("the"). `second` is the key of kind 3's second word. The row of slot 0 says how many products there are.
CREATE FUNCTION search_words(asked text, reader text, typing boolean)
    RETURNS TABLE (slot integer, kind integer, typed text, word text, key bigint, second bigint, n integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off SET jit = off
    AS $$
#variable_conflict use_column
DECLARE
    shop bigint := current_vendor();
    words text[];
    tongues text[];
    one text;
    known boolean;
    half integer;
BEGIN
    SELECT array_agg(x.lexeme ORDER BY x.positions[1]) INTO words
      FROM (SELECT lexeme, positions FROM unnest(to_tsvector('souk_words', search_plain(left(asked, 200), false)))
             WHERE char_length(lexeme) <= 64 ORDER BY positions[1] LIMIT 12) x;
    SELECT array_agg(DISTINCT split_part(l, '-', 1)) INTO tongues FROM (SELECT unnest(languages) FROM vendor WHERE id = shop UNION SELECT reader) v (l);
    RETURN QUERY SELECT 0, 0, '', '', 0::bigint, 0::bigint, coalesce((SELECT products FROM vendor_counter WHERE vendor_id = shop), 0)::integer;
    FOR i IN 1 .. coalesce(cardinality(words), 0) LOOP
        one := words[i];
        RETURN QUERY
            SELECT i, 0, one, one, coalesce(k.key, 0), 0::bigint, coalesce((SELECT w.n FROM search_word w WHERE w.vendor_id = shop AND w.key = k.key LIMIT 1), 0)
              FROM (SELECT DISTINCT hashtextextended(search_stem(l, one), shop) AS key FROM unnest(tongues) l) k;
        IF i < cardinality(words) THEN
            RETURN QUERY
                SELECT i, 1, one || ' ' || words[i + 1], w.word, w.key, 0::bigint, w.n FROM search_word w WHERE w.vendor_id = shop AND w.word = one || words[i + 1];
        END IF;
        known := EXISTS (SELECT FROM search_word w WHERE w.vendor_id = shop AND w.key IN
                            (SELECT hashtextextended(search_stem(l, one), shop) FROM unnest(tongues) l));
        IF NOT known OR (typing AND i = cardinality(words)) THEN
            RETURN QUERY
                SELECT i, 2, one, w.word, w.key, 0::bigint, w.n FROM search_word w
                 WHERE w.vendor_id = shop AND w.word COLLATE "C" >= one AND w.word COLLATE "C" < one || U&'\+10FFFF'
                 ORDER BY w.n DESC, w.word LIMIT 8;
        END IF;
        CONTINUE WHEN known OR char_length(one) < 3 OR one ~ '^[0-9]+$';
        RETURN QUERY
            SELECT i, 3, one, a.word || ' ' || b.word, a.key, b.key, least(a.n, b.n)
              FROM generate_series(2, char_length(one) - 2) at
              JOIN search_word a ON a.vendor_id = shop AND a.word = left(one, at)
              JOIN search_word b ON b.vendor_id = shop AND b.word = substr(one, at + 1)
             WHERE char_length(one) >= 5
             ORDER BY least(a.n, b.n) DESC LIMIT 3;
        -- One slip leaves the word's first or its second half alone.
        half := greatest((char_length(one) - 1) / 2, 1);
        RETURN QUERY
            SELECT i, 4, one, c.word, c.key, 0::bigint, c.n FROM (
                SELECT w.word, w.key, w.n FROM search_word w
                 WHERE w.vendor_id = shop AND w.word COLLATE "C" >= left(one, half) AND w.word COLLATE "C" < left(one, half) || U&'\+10FFFF'
                UNION
                SELECT w.word, w.key, w.n FROM search_word w
                 WHERE w.vendor_id = shop AND reverse(w.word) COLLATE "C" >= left(reverse(one), half) AND reverse(w.word) COLLATE "C" < left(reverse(one), half) || U&'\+10FFFF') c
             WHERE abs(char_length(c.word) - char_length(one)) <= 2 AND octet_length(c.word) <= 255
               AND levenshtein_less_equal(c.word, one, 2) <= 2
             ORDER BY levenshtein_less_equal(c.word, one, 2), c.n DESC, c.word LIMIT 40;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION search_words(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_words(text, text, boolean) TO souk_app;

-- Products whose SKU or GTIN is that text, or which have a variant of it.
CREATE FUNCTION search_code(code text, wanted product_status, below text) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off SET jit = off
    AS $$
SELECT p.id FROM (
    SELECT id FROM product WHERE vendor_id = current_vendor() AND sku_key = lower(btrim(code))
    UNION SELECT product_id FROM product_variant WHERE vendor_id = current_vendor() AND sku_key = lower(btrim(code))
    UNION SELECT id FROM product WHERE vendor_id = current_vendor() AND gtin = ANY (ARRAY[btrim(code), '0' || btrim(code), ltrim(btrim(code), '0')])
    UNION SELECT product_id FROM product_variant WHERE vendor_id = current_vendor() AND gtin = ANY (ARRAY[btrim(code), '0' || btrim(code), ltrim(btrim(code), '0')])) x
  JOIN product p ON p.vendor_id = current_vendor() AND p.id = x.id
 WHERE (wanted IS NULL OR p.status = wanted) AND (below IS NULL OR p.category = below OR starts_with(p.category, below || ' > '))
 ORDER BY p.id LIMIT 20
$$;
REVOKE ALL ON FUNCTION search_code(text, product_status, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_code(text, product_status, text) TO souk_app;

-- The keys of a slot in a tier; of a slot that is not there, those of the first, which PostgreSQL looks up once.
CREATE FUNCTION search_side(asked bigint[], slots integer[], wanted integer, tier bigint) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
SELECT array_agg(u.key # tier) FROM unnest(asked, slots) u (key, slot)
 WHERE u.slot = (CASE WHEN wanted = ANY (slots) THEN wanted ELSE 1 END)
$$;

-- Products that answer the slots' words, best first. `asked`, `slots` (1 … 6) and `weights` stand side by side; a slot's best key
-- counts. Classes, of which the better goes first: 1 all words, of which each says most about the product; 2 all, each much;
-- 3 all words; 4 `any_of` them, when all are in too few products. A broad question begins at 1 and stops where the page is full,
-- so that it weighs thousands of products and not a hundred thousand. `wanted` (a status) and `below` (a category, with those in
-- it) may be NULL. Class 0 are products whose SKU or GTIN is `code`. The page begins behind (class, score, id); class -1: the first. `total` counts what the class has, up to what is looked at.
CREATE FUNCTION search_rows(code text, asked bigint[], slots integer[], weights integer[], any_of bigint[], broad boolean, wanted product_status, below text,
                            from_class integer, from_score bigint, from_id bigint, most integer)
    RETURNS TABLE (product_id bigint, class integer, score bigint, total bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off SET jit = off
    AS $$
#variable_conflict use_column
DECLARE
    looked constant integer := 4000;
    few constant integer := 10;
    shop bigint := current_vendor();
    last_slot integer := (SELECT max(u) FROM unnest(slots) u);
    alone boolean := cardinality(slots) = last_slot; -- one key a slot
    tier bigint;
    above boolean;
    codes bigint[] := ARRAY(SELECT * FROM search_code(code, wanted, below));
    sent bigint := 0;
    answers bigint := 0;
    got bigint;
    k1 bigint[]; k2 bigint[]; k3 bigint[]; k4 bigint[]; k5 bigint[]; k6 bigint[];
    b1 bigint[]; b2 bigint[]; b3 bigint[]; b4 bigint[]; b5 bigint[]; b6 bigint[];
BEGIN
    IF from_class < 0 THEN
        RETURN QUERY SELECT u, 0, 0::bigint, cardinality(codes)::bigint FROM unnest(codes) u LIMIT most;
        sent := least(cardinality(codes), most);
    END IF;
    FOR at IN greatest(from_class, CASE WHEN last_slot IS NULL THEN 4 WHEN broad THEN 1 ELSE 3 END) .. 4 LOOP
        EXIT WHEN sent >= most OR (at = 4 AND (any_of IS NULL OR cardinality(codes) > 0 OR (from_class < 4 AND answers >= few)));
        tier := CASE at WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE 0 END;
        k1 := search_side(asked, slots, 1, tier); k2 := search_side(asked, slots, 2, tier); k3 := search_side(asked, slots, 3, tier);
        k4 := search_side(asked, slots, 4, tier); k5 := search_side(asked, slots, 5, tier); k6 := search_side(asked, slots, 6, tier);
        IF at = 4 THEN
            k1 := any_of; k2 := any_of; k3 := any_of; k4 := any_of; k5 := any_of; k6 := any_of;
        END IF;
        -- Those of the class above had their turn.
        tier := CASE at WHEN 2 THEN 2 WHEN 3 THEN 1 ELSE 0 END;
        above := CASE at WHEN 4 THEN last_slot IS NOT NULL ELSE broad AND at > 1 END;
        b1 := search_side(asked, slots, 1, tier); b2 := search_side(asked, slots, 2, tier); b3 := search_side(asked, slots, 3, tier);
        b4 := search_side(asked, slots, 4, tier); b5 := search_side(asked, slots, 5, tier); b6 := search_side(asked, slots, 6, tier);
        RETURN QUERY
            WITH hit AS MATERIALIZED (
                SELECT h.product_id, max(h.score) AS score FROM (
                    SELECT s.product_id,
                           CASE WHEN alone THEN
                               coalesce(weights[1] * s.impacts[array_position(s.keys, asked[1])], 0) + coalesce(weights[2] * s.impacts[array_position(s.keys, asked[2])], 0)
                               + coalesce(weights[3] * s.impacts[array_position(s.keys, asked[3])], 0) + coalesce(weights[4] * s.impacts[array_position(s.keys, asked[4])], 0)
                               + coalesce(weights[5] * s.impacts[array_position(s.keys, asked[5])], 0) + coalesce(weights[6] * s.impacts[array_position(s.keys, asked[6])], 0)
                           ELSE (SELECT coalesce(sum(b.best), 0) FROM (SELECT max(u.weight * s.impacts[array_position(s.keys, u.key)]) AS best
                                   FROM unnest(asked, slots, weights) u (key, slot, weight) GROUP BY u.slot) b) END::bigint AS score
                      FROM product_search s
                     WHERE s.keys && k1 AND s.keys && k2 AND s.keys && k3 AND s.keys && k4 AND s.keys && k5 AND s.keys && k6
                       AND s.vendor_id = shop AND s.product_id <> ALL (codes)
                       AND (wanted IS NULL OR s.status = wanted)
                       AND (below IS NULL OR s.category = below OR starts_with(s.category, below || ' > '))
                       AND NOT (above AND EXISTS (SELECT FROM product_search b WHERE b.vendor_id = shop AND b.product_id = s.product_id
                                AND b.keys && b1 AND b.keys && b2 AND b.keys && b3 AND b.keys && b4 AND b.keys && b5 AND b.keys && b6))
                     LIMIT looked) h
                 GROUP BY h.product_id)
            SELECT hit.product_id, at, hit.score, (SELECT count(*) FROM hit)
              FROM hit
             WHERE at > from_class OR hit.score < from_score OR (hit.score = from_score AND hit.product_id > from_id)
             ORDER BY hit.score DESC, hit.product_id
             LIMIT most - sent;
        GET DIAGNOSTICS got = ROW_COUNT;
        sent := sent + got;
        answers := answers + got;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION search_rows(text, bigint[], integer[], integer[], bigint[], boolean, product_status, text, integer, bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_rows(text, bigint[], integer[], integer[], bigint[], boolean, product_status, text, integer, bigint, bigint, integer) TO souk_app;

-- Counts a shop's words anew and forgets those it no longer has.
CREATE FUNCTION search_count(shop bigint) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public SET jit = off SET enable_seqscan = off
    AS $$
DECLARE
    changed bigint;
BEGIN
    CREATE TEMP TABLE search_counted ON COMMIT DROP AS
        SELECT u.key, count(*)::integer AS n FROM product_search s CROSS JOIN LATERAL unnest(s.keys[1:cardinality(s.impacts)]) u (key)
         WHERE s.vendor_id = shop GROUP BY u.key;
    ANALYZE search_counted;
    DELETE FROM search_word w WHERE w.vendor_id = shop AND NOT EXISTS (SELECT FROM search_counted c WHERE c.key = w.key);
    UPDATE search_word w SET n = c.n FROM search_counted c WHERE w.vendor_id = shop AND w.key = c.key AND w.n <> c.n;
    GET DIAGNOSTICS changed = ROW_COUNT;
    DROP TABLE search_counted;
    RETURN changed;
END
$$;

-- What shops have by now.
DO $$
DECLARE
    shop bigint;
BEGIN
    FOR shop IN SELECT DISTINCT vendor_id FROM product_text LOOP
        PERFORM search_index(array_agg((vendor_id, product_id, language)::search_place)) FROM product_text WHERE vendor_id = shop;
        PERFORM search_count(shop);
    END LOOP;
END
$$;
