-- What several products have done to them at once, and what their addresses are found by.

-- A price moved by hundredths of a per cent, and rounded to a multiple of `step` minor units, half away from zero; never below zero.
CREATE FUNCTION price_moved(minor bigint, by_bp bigint, step bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT greatest(round(minor::numeric * (10000 + by_bp) / 10000 / step) * step, 0)::bigint $$;

-- An address of a shop window does not say its language.
CREATE INDEX product_text_slug ON product_text (vendor_id, slug);
CREATE INDEX product_old_slug_slug ON product_old_slug (vendor_id, slug);

-- The shop's usual language is the first of those it has texts in.
UPDATE vendor SET languages = array_prepend(language, array_remove(languages, language)) WHERE languages[1] <> language;
