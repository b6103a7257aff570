-- What a shop sold in a time is summed out of this index alone.
DROP INDEX order_placed;
CREATE INDEX order_placed ON orders (vendor_id, placed_at DESC, id DESC) INCLUDE (state, total_minor);
