-- References of pictures once a statement: an import and the end of a product write many. Contents are locked in the order of their
-- hashes, so that two statements about the same pictures wait for each other and never in a circle.
DROP TRIGGER product_image_counted ON product_image;
CREATE OR REPLACE FUNCTION count_image_reference() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    PERFORM FROM image_file WHERE hash IN (SELECT hash FROM counted) ORDER BY hash FOR UPDATE;
    UPDATE image_file f SET refs = f.refs + sign * n.rows, unused_since = CASE WHEN f.refs + sign * n.rows = 0 THEN now() END
      FROM (SELECT hash, count(*) AS rows FROM counted GROUP BY hash) n
     WHERE f.hash = n.hash;
    UPDATE vendor_counter c SET images = c.images + sign * n.rows
      FROM (SELECT vendor_id, count(*) AS rows FROM counted GROUP BY vendor_id) n
     WHERE c.vendor_id = n.vendor_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_image_counted_in AFTER INSERT ON product_image REFERENCING NEW TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_image_reference();
CREATE TRIGGER product_image_counted_out AFTER DELETE ON product_image REFERENCING OLD TABLE AS counted FOR EACH STATEMENT EXECUTE FUNCTION count_image_reference();
