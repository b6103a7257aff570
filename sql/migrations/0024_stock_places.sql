-- Lists of what is low, at any size, and a ledger that is whole to the end.

-- 0: enough, 1: at or below its mark, 2: none available. Indexed, and equal through most changes: a reservation that does not
-- cross a mark touches no index (a HOT update), which is what the last pieces of something wanted live on.
ALTER TABLE stock ADD COLUMN level smallint NOT NULL
    GENERATED ALWAYS AS (CASE WHEN on_hand <= reserved THEN 2 WHEN on_hand - reserved <= low_at THEN 1 ELSE 0 END) STORED;
ALTER TABLE stock SET (fillfactor = 70);
CREATE INDEX stock_low ON stock (vendor_id, variant_id, warehouse_id, bin) WHERE level >= 1;
CREATE INDEX stock_out ON stock (vendor_id, variant_id, warehouse_id, bin) WHERE level = 2;
DROP INDEX stock_warehouse;
CREATE INDEX stock_warehouse ON stock (vendor_id, warehouse_id, variant_id, bin);
CREATE INDEX product_variant_uncounted ON product_variant (vendor_id, id) WHERE NOT tracked;

-- Its name is what the room of the catalogue reads: a variant that an order holds is not deleted.
ALTER TABLE reservation RENAME CONSTRAINT reservation_vendor_id_variant_id_warehouse_id_bin_fkey TO reservation_holds_stock;

-- A place that goes takes its pieces out of the ledger, whoever deleted its variant.
ALTER TYPE stock_movement_kind ADD VALUE 'remove';
CREATE FUNCTION stock_removed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved)
    SELECT g.vendor_id, g.variant_id, g.warehouse_id, g.bin,
           coalesce((SELECT m.sku FROM stock_movement m WHERE m.vendor_id = g.vendor_id AND m.variant_id = g.variant_id ORDER BY m.id DESC LIMIT 1), ''),
           'remove', -g.on_hand, -g.reserved
      FROM gone g WHERE g.on_hand <> 0 OR g.reserved <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER stock_removed AFTER DELETE ON stock REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION stock_removed();

-- A place as lists show it, with the caller's rights.
CREATE VIEW stock_place WITH (security_invoker = true) AS
SELECT s.vendor_id, s.variant_id, s.warehouse_id, s.bin, s.on_hand, s.reserved, s.on_hand - s.reserved AS available, s.low_at, s.level, s.updated_at,
       v.sku, v.option_values, v.product_id, h.code AS warehouse_code, h.name AS warehouse_name, h.active AS warehouse_active
  FROM stock s
  JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id
  JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id;
GRANT SELECT ON stock_place TO souk_app, souk_system;
