-- Limits are refused here, under the lock of the row that counts, so no race passes one. Who has no entitlement row is not
-- limited. What is above a limit stays; only adding is refused. src/entitle/refusal.c makes the words of it.

-- ---- Products and variants ----
ALTER TABLE vendor_counter ADD COLUMN variants bigint NOT NULL DEFAULT 0 CONSTRAINT counter_variants_sign CHECK (variants >= 0);
UPDATE vendor_counter c SET variants = (SELECT count(*) FROM product_variant v WHERE v.vendor_id = c.vendor_id);

CREATE FUNCTION count_variant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    UPDATE vendor_counter c SET variants = c.variants + CASE TG_OP WHEN 'INSERT' THEN n.rows ELSE -n.rows END
      FROM (SELECT vendor_id, count(*) AS rows FROM counted GROUP BY vendor_id) n
     WHERE c.vendor_id = n.vendor_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER variant_counted_in AFTER INSERT ON product_variant REFERENCING NEW TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_variant();
CREATE TRIGGER variant_counted_out AFTER DELETE ON product_variant REFERENCING OLD TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_variant();

CREATE FUNCTION limit_refused(what text, used bigint, most bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% of % %', used, most, what USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_' || what;
END
$$;

-- In arrears for a week, or after the end, nothing new comes into a shop.
CREATE FUNCTION counter_within_limits() RETURNS trigger
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
        PERFORM limit_refused('arrears', 0, 0);
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
CREATE TRIGGER counter_within_limits BEFORE UPDATE OF products, variants, images ON vendor_counter
    FOR EACH ROW WHEN (NEW.products > OLD.products OR NEW.variants > OLD.variants OR NEW.images > OLD.images)
    EXECUTE FUNCTION counter_within_limits();

-- ---- Team and keys ----
CREATE FUNCTION not_in_arrears() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    IF EXISTS (SELECT FROM entitlement e WHERE e.vendor_id = NEW.vendor_id AND e.stage IN ('restricted', 'read_only')) THEN
        PERFORM limit_refused('arrears', 0, 0);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER not_in_arrears BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION not_in_arrears();
CREATE TRIGGER not_in_arrears BEFORE INSERT ON api_key FOR EACH ROW EXECUTE FUNCTION not_in_arrears();

-- ---- Orders of a month ----

-- One row a window: a new one starts at 0 by its key.
CREATE TABLE usage_counter (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    window_from timestamptz NOT NULL,
    orders     bigint NOT NULL DEFAULT 0,
    closed_at  timestamptz,                        -- its figure is final
    PRIMARY KEY (vendor_id, window_from)
);
CALL tenant_table('usage_counter');

-- A tenth above the limit is let in; then the shop takes no orders until its next month. Past orders of who moves in are none
-- of the month's. A shop whose subscription has ended is closed three days later.
CREATE FUNCTION orders_within_limits() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
DECLARE
    e entitlement;
    came record;
    n bigint;
BEGIN
    FOR came IN SELECT vendor_id, min(placed_at) AS first, count(*) AS orders FROM added GROUP BY vendor_id LOOP
        SELECT * INTO e FROM entitlement WHERE vendor_id = came.vendor_id;
        IF NOT FOUND THEN
            CONTINUE;
        END IF;
        IF now() >= e.closed_from THEN
            PERFORM limit_refused('closed', 0, 0);
        END IF;
        SELECT count(*) INTO n FROM added a WHERE a.vendor_id = came.vendor_id AND a.placed_at >= e.usage_from;
        IF n = 0 THEN
            CONTINUE;
        END IF;
        INSERT INTO usage_counter AS u (vendor_id, window_from, orders) VALUES (came.vendor_id, e.usage_from, n)
            ON CONFLICT (vendor_id, window_from) DO UPDATE SET orders = u.orders + n RETURNING orders INTO n;
        IF n > e.orders_per_month + e.orders_per_month / 10 THEN
            PERFORM limit_refused('orders_per_month', n - 1, e.orders_per_month);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_within_limits AFTER INSERT ON orders REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orders_within_limits();
