-- Orders as they are sold: what was agreed stays as it was (titles, prices, taxes, addresses), each step is in
-- a timeline, and figures by state are changed with the orders, so that no page counts a million of them.

-- ---- The shop ----
-- What a shop says about its orders; a shop without a row has the defaults.
CREATE TABLE order_terms (
    vendor_id       bigint PRIMARY KEY REFERENCES vendor (id),
    shipping_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT order_terms_shipping_sign CHECK (shipping_minor >= 0), -- a parcel's price, in the shop's currency
    free_from_minor bigint CONSTRAINT order_terms_free_sign CHECK (free_from_minor >= 0), -- goods of that much are sent free; NULL: never
    pending_hours   integer CONSTRAINT order_terms_hours_range CHECK (pending_hours BETWEEN 1 AND 2160), -- NULL: as the installation has it
    pay_by          text NOT NULL DEFAULT '' CONSTRAINT order_terms_pay_by_length CHECK (char_length(pay_by) <= 1000), -- how buyers pay, in the shop's words
    tell            text CONSTRAINT order_terms_tell_length CHECK (char_length(tell) BETWEEN 3 AND 254) -- address that a note of each order goes to; NULL: none
);
CALL tenant_table('order_terms');

-- ---- Customers ----
-- Past orders of a shop that moved in may know a customer by a number only.
ALTER TABLE customer
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN external   text CONSTRAINT customer_external_length CHECK (char_length(external) BETWEEN 1 AND 64),
    ADD COLUMN language   text NOT NULL DEFAULT 'en',
    ADD COLUMN news_since timestamptz,             -- consent to be written to about news; NULL: none
    ADD COLUMN orders     bigint NOT NULL DEFAULT 0 CONSTRAINT customer_orders_sign CHECK (orders >= 0),
    ADD COLUMN last_order_at timestamptz,
    ADD COLUMN erased_at  timestamptz,
    ADD COLUMN name_key   text GENERATED ALWAYS AS (lower(name)) STORED, -- lower() in a condition would keep row-level security from the index
    ADD CONSTRAINT customer_name_length CHECK (char_length(name) <= 200);
CREATE UNIQUE INDEX customer_external_once ON customer (vendor_id, external) WHERE external IS NOT NULL;
CREATE INDEX customer_email_prefix ON customer (vendor_id, email COLLATE "C");
CREATE INDEX customer_name_prefix ON customer (vendor_id, name_key COLLATE "C");
UPDATE customer c SET orders = o.n, last_order_at = o.last
  FROM (SELECT vendor_id, customer_id, count(*) AS n, max(created_at) AS last FROM orders GROUP BY 1, 2) o
 WHERE o.vendor_id = c.vendor_id AND o.customer_id = c.id;

-- ---- Orders ----
-- Prices and the sums below are with tax or without, as prices_with_tax says; `taxes` is [{"bp", "base", "tax"}], one for each rate.
ALTER TABLE orders
    ALTER COLUMN number DROP NOT NULL,             -- past orders keep the number of where they came from
    ALTER COLUMN customer_id DROP NOT NULL,
    ADD COLUMN external        text CONSTRAINT order_external_length CHECK (char_length(external) BETWEEN 1 AND 64),
    ADD COLUMN source          text NOT NULL DEFAULT 'shop' CONSTRAINT order_source_known CHECK (source IN ('shop', 'api', 'import')),
    ADD COLUMN language        text NOT NULL DEFAULT 'en',
    ADD COLUMN placed_at       timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at      timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN expires_at      timestamptz,        -- until then it may be paid; NULL: it waits for ever
    ADD COLUMN version         bigint NOT NULL DEFAULT 1,
    ADD COLUMN prices_with_tax boolean NOT NULL DEFAULT true,
    ADD COLUMN items_minor     bigint NOT NULL DEFAULT 0, -- the sum of the lines
    ADD COLUMN shipping_minor  bigint NOT NULL DEFAULT 0,
    ADD COLUMN discount_minor  bigint NOT NULL DEFAULT 0,
    ADD COLUMN tax_minor       bigint NOT NULL DEFAULT 0,
    ADD COLUMN taxes           jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN buyer_email     text,
    ADD COLUMN buyer_name      text NOT NULL DEFAULT '',
    ADD COLUMN ship_to         jsonb,              -- {"name", "street", "more", "postcode", "city", "country"}
    ADD COLUMN bill_to         jsonb,              -- NULL: as ship_to
    ADD COLUMN note            text NOT NULL DEFAULT '' CONSTRAINT order_note_length CHECK (char_length(note) <= 1000), -- the buyer's
    ADD COLUMN payment         text NOT NULL DEFAULT '' CONSTRAINT order_payment_length CHECK (char_length(payment) <= 200), -- reference of the payment
    ADD COLUMN token           bytea;              -- SHA-256 of what opens the buyer's own page
UPDATE orders o SET items_minor = o.total_minor, placed_at = o.created_at, updated_at = o.created_at, buyer_email = c.email, buyer_name = c.name
  FROM customer c WHERE c.vendor_id = o.vendor_id AND c.id = o.customer_id;
ALTER TABLE orders DROP CONSTRAINT order_total_sign;
ALTER TABLE orders
    -- Credits of the books that were moved in reduce; nothing else is below zero.
    ADD CONSTRAINT order_total_sign CHECK (source = 'import' OR (total_minor >= 0 AND items_minor >= 0 AND shipping_minor >= 0 AND discount_minor >= 0 AND tax_minor >= 0)),
    ADD CONSTRAINT order_total_sums CHECK (total_minor = items_minor + shipping_minor - discount_minor + CASE WHEN prices_with_tax THEN 0 ELSE tax_minor END),
    ADD CONSTRAINT order_numbered CHECK (number IS NOT NULL OR external IS NOT NULL);
DROP INDEX order_state_created, order_created, order_customer;
CREATE INDEX order_placed ON orders (vendor_id, placed_at DESC, id DESC);
CREATE INDEX order_state_placed ON orders (vendor_id, state, placed_at DESC, id DESC);
CREATE INDEX order_of_customer ON orders (vendor_id, customer_id, placed_at DESC, id DESC);
CREATE UNIQUE INDEX order_external_once ON orders (vendor_id, external) WHERE external IS NOT NULL;
CREATE UNIQUE INDEX order_token_once ON orders (vendor_id, token) WHERE token IS NOT NULL;
CREATE INDEX order_expiry ON orders (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

ALTER TABLE order_item
    ADD COLUMN variant_id  bigint,
    ADD COLUMN options     jsonb NOT NULL DEFAULT '[]', -- [{"name", "value"}] as they were called then
    ADD COLUMN tax_bp      integer NOT NULL DEFAULT 0 CONSTRAINT order_item_tax_range CHECK (tax_bp BETWEEN 0 AND 10000),
    ADD COLUMN total_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN placed_at   timestamptz NOT NULL DEFAULT now(), -- the order's: an index finds the newest orders of a SKU
    ADD COLUMN sku_key     text GENERATED ALWAYS AS (lower(sku)) STORED,
    DROP CONSTRAINT order_item_quantity_sign;
UPDATE order_item i SET total_minor = i.quantity * i.price_minor, placed_at = o.placed_at
  FROM orders o WHERE o.vendor_id = i.vendor_id AND o.id = i.order_id;
ALTER TABLE order_item ADD CONSTRAINT order_item_quantity_some CHECK (quantity <> 0); -- below zero: of a past credit
CREATE INDEX order_item_sku ON order_item (vendor_id, sku_key, placed_at DESC, order_id DESC);

-- What happened to an order, and who did it. Only added to; a person's erasure may empty a note.
CREATE TABLE order_event (
    vendor_id  bigint NOT NULL,
    order_id   bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT now(),
    what       text NOT NULL CONSTRAINT order_event_known CHECK (what IN ('placed', 'paid', 'fulfilled', 'completed', 'cancelled', 'expired', 'refunded', 'noted', 'erased')),
    account_id bigint,                             -- NULL: the buyer, or the program
    who        text NOT NULL DEFAULT '',           -- as that person was called then
    note       text NOT NULL DEFAULT '' CONSTRAINT order_event_note_length CHECK (char_length(note) <= 1000),
    PRIMARY KEY (vendor_id, order_id, id),
    FOREIGN KEY (vendor_id, order_id) REFERENCES orders (vendor_id, id) ON DELETE CASCADE
);
CALL tenant_table('order_event');
REVOKE UPDATE, DELETE ON order_event FROM souk_app, souk_system;
GRANT UPDATE (note) ON order_event TO souk_app, souk_system;

-- ---- Figures ----
-- One row a shop: the last number given, and orders by state. Whoever writes orders takes it last, so that orders of a shop
-- wait for each other no longer than a commit takes.
CREATE TABLE order_counter (
    vendor_id   bigint PRIMARY KEY REFERENCES vendor (id) ON DELETE CASCADE,
    last_number bigint NOT NULL DEFAULT 0,
    pending     bigint NOT NULL DEFAULT 0 CONSTRAINT counter_pending_sign CHECK (pending >= 0),
    paid        bigint NOT NULL DEFAULT 0 CONSTRAINT counter_paid_sign CHECK (paid >= 0),
    fulfilled   bigint NOT NULL DEFAULT 0 CONSTRAINT counter_fulfilled_sign CHECK (fulfilled >= 0),
    completed   bigint NOT NULL DEFAULT 0 CONSTRAINT counter_completed_sign CHECK (completed >= 0),
    cancelled   bigint NOT NULL DEFAULT 0 CONSTRAINT counter_cancelled_sign CHECK (cancelled >= 0),
    refunded    bigint NOT NULL DEFAULT 0 CONSTRAINT counter_refunded_sign CHECK (refunded >= 0),
    orders      bigint GENERATED ALWAYS AS (pending + paid + fulfilled + completed + cancelled + refunded) STORED
) WITH (fillfactor = 50);
CALL tenant_table('order_counter');
INSERT INTO order_counter (vendor_id, last_number, pending, paid, fulfilled, completed, cancelled, refunded)
SELECT v.id, coalesce(max(o.number), 0), count(*) FILTER (WHERE o.state = 'pending'), count(*) FILTER (WHERE o.state = 'paid'),
       count(*) FILTER (WHERE o.state = 'fulfilled'), count(*) FILTER (WHERE o.state = 'completed'),
       count(*) FILTER (WHERE o.state = 'cancelled'), count(*) FILTER (WHERE o.state = 'refunded')
  FROM vendor v LEFT JOIN orders o ON o.vendor_id = v.id GROUP BY v.id;

CREATE FUNCTION order_counter_begun() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    INSERT INTO order_counter (vendor_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER vendor_counts_orders AFTER INSERT ON vendor FOR EACH ROW EXECUTE FUNCTION order_counter_begun();

-- Once a statement, however many orders it writes.
CREATE FUNCTION order_came() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    UPDATE customer c SET orders = c.orders + n.orders, last_order_at = greatest(c.last_order_at, n.last)
      FROM (SELECT vendor_id, customer_id, count(*) AS orders, max(placed_at) AS last FROM added GROUP BY 1, 2) n
     WHERE c.vendor_id = n.vendor_id AND c.id = n.customer_id;
    UPDATE order_counter c
       SET pending = c.pending + n.pending, paid = c.paid + n.paid, fulfilled = c.fulfilled + n.fulfilled,
           completed = c.completed + n.completed, cancelled = c.cancelled + n.cancelled, refunded = c.refunded + n.refunded
      FROM (SELECT vendor_id, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'paid') AS paid,
                   count(*) FILTER (WHERE state = 'fulfilled') AS fulfilled, count(*) FILTER (WHERE state = 'completed') AS completed,
                   count(*) FILTER (WHERE state = 'cancelled') AS cancelled, count(*) FILTER (WHERE state = 'refunded') AS refunded
              FROM added GROUP BY vendor_id) n
     WHERE c.vendor_id = n.vendor_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_came AFTER INSERT ON orders REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION order_came();

CREATE FUNCTION order_moved() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public
    AS $$
BEGIN
    UPDATE order_counter c
       SET pending = c.pending + n.pending, paid = c.paid + n.paid, fulfilled = c.fulfilled + n.fulfilled,
           completed = c.completed + n.completed, cancelled = c.cancelled + n.cancelled, refunded = c.refunded + n.refunded
      FROM (SELECT vendor_id, coalesce(sum(by) FILTER (WHERE state = 'pending'), 0) AS pending, coalesce(sum(by) FILTER (WHERE state = 'paid'), 0) AS paid,
                   coalesce(sum(by) FILTER (WHERE state = 'fulfilled'), 0) AS fulfilled, coalesce(sum(by) FILTER (WHERE state = 'completed'), 0) AS completed,
                   coalesce(sum(by) FILTER (WHERE state = 'cancelled'), 0) AS cancelled, coalesce(sum(by) FILTER (WHERE state = 'refunded'), 0) AS refunded
              FROM (SELECT a.vendor_id, a.state, 1 AS by FROM added a JOIN gone g USING (vendor_id, id) WHERE a.state <> g.state
                    UNION ALL
                    SELECT g.vendor_id, g.state, -1 FROM gone g JOIN added a USING (vendor_id, id) WHERE a.state <> g.state) steps
             GROUP BY vendor_id) n
     WHERE c.vendor_id = n.vendor_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_moved AFTER UPDATE ON orders REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION order_moved();

ALTER TABLE vendor_counter DROP COLUMN orders; -- a shop's import of products would hold up its orders

-- An order is known by its id before it has its number, which comes last.
GRANT USAGE ON SEQUENCE orders_id_seq TO souk_app, souk_system;

-- ---- Doing it once ----
-- Those who are nobody here buy too: their keys are kept under account 0, by shop and path as the others'.
ALTER TABLE idempotency DROP CONSTRAINT idempotency_account_id_fkey;

INSERT INTO rate_rule (name, counts_by, routes, requests, window_s, burst, percent_new, percent_verified, percent_premium, strict) VALUES
    ('order-ip',   'network', 'order', 60,    60, 15, 500, 500, 500, false),
    ('order-mail', 'account', 'order', 20, 86400,  5, 100, 100, 100, false);
