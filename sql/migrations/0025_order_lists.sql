-- An order as lists show it. The view asks with the caller's rights (security_invoker), so row-level security holds through it.
CREATE VIEW order_row WITH (security_invoker = true) AS
SELECT o.vendor_id, o.id, o.number, o.external, o.state, o.source, o.customer_id, o.buyer_name, o.buyer_email, o.total_minor, o.currency, o.placed_at,
       (SELECT coalesce(sum(i.quantity), 0)::bigint FROM order_item i WHERE i.vendor_id = o.vendor_id AND i.order_id = o.id) AS pieces
  FROM orders o;
GRANT SELECT ON order_row TO souk_app, souk_system;
