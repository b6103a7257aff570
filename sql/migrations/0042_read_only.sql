-- What is left to a shop whose subscription has ended, and to the newest of a team that is larger than its tier allows: to
-- look. Which writes that stops stands in src/entitle/standing.c. And rates of VAT that have counted stay as they are.

-- ---- A team that is too large ----
ALTER TABLE entitlement ADD COLUMN crowded_from timestamptz;  -- since then it has more people than it may; NULL: it has not
UPDATE entitlement e SET crowded_from = now()
 WHERE (SELECT count(*) FROM membership m WHERE m.vendor_id = e.vendor_id) > CASE WHEN e.team_members IS NOT NULL THEN greatest(e.team_members, 1) END;

-- ---- After the end ----

-- As in 0040, and who is refused after the end is not told of an invoice.
CREATE FUNCTION stage_refused(stage text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF stage = 'read_only' THEN
        PERFORM limit_refused('ended', 0, 0);
    ELSIF stage = 'restricted' THEN
        PERFORM limit_refused('arrears', 0, 0);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION counter_within_limits() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
DECLARE
    e entitlement;
BEGIN
    SELECT * INTO e FROM entitlement WHERE vendor_id = NEW.vendor_id;
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    IF e.stage IN ('restricted', 'read_only') THEN
        PERFORM stage_refused(e.stage);
    END IF;
    IF NEW.products > OLD.products AND NEW.products > e.products THEN
        PERFORM limit_refused('products', OLD.products, e.products);
    END IF;
    IF NEW.variants > OLD.variants AND NEW.variants > e.variants THEN
        PERFORM limit_refused('variants', OLD.variants, e.variants);
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION not_in_arrears() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    PERFORM stage_refused(e.stage) FROM entitlement e WHERE e.vendor_id = NEW.vendor_id AND e.stage IN ('restricted', 'read_only');
    RETURN NEW;
END
$$;

-- ---- Rates of VAT ----
CREATE FUNCTION vat_rate_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.valid_from <= (now() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'the rate of % from % on stays', OLD.country, OLD.valid_from USING ERRCODE = 'check_violation', CONSTRAINT = 'vat_rate_in_use';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER vat_rate_stays BEFORE UPDATE OR DELETE ON vat_rate FOR EACH ROW EXECUTE FUNCTION vat_rate_stays();
