-- Orders and customers, as far as the demo and the growth figures need them.

CREATE TABLE customer (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    email      text NOT NULL CONSTRAINT customer_email_form CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    name       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT customer_email_once UNIQUE (vendor_id, email)
);
CALL tenant_table('customer');

CREATE TYPE order_state AS ENUM ('pending', 'paid', 'fulfilled', 'completed', 'cancelled', 'refunded');

CREATE TABLE orders (
    vendor_id   bigint NOT NULL REFERENCES vendor (id),
    id          bigint GENERATED ALWAYS AS IDENTITY,
    number      bigint NOT NULL,                   -- counted per vendor
    customer_id bigint NOT NULL,
    state       order_state NOT NULL DEFAULT 'pending',
    total_minor bigint NOT NULL CONSTRAINT order_total_sign CHECK (total_minor >= 0),
    currency    text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT order_number_once UNIQUE (vendor_id, number),
    FOREIGN KEY (vendor_id, customer_id) REFERENCES customer (vendor_id, id)
);
CREATE INDEX order_state_created ON orders (vendor_id, state, created_at DESC);
CREATE INDEX order_created ON orders (vendor_id, created_at DESC);
CREATE INDEX order_customer ON orders (vendor_id, customer_id);
CALL tenant_table('orders');

-- Title and price are frozen: what was bought stays what it was.
CREATE TABLE order_item (
    vendor_id  bigint NOT NULL,
    order_id   bigint NOT NULL,
    line       integer NOT NULL,
    product_id bigint,
    sku        text NOT NULL,
    title      text NOT NULL,
    quantity   integer NOT NULL CONSTRAINT order_item_quantity_sign CHECK (quantity > 0),
    price_minor bigint NOT NULL CONSTRAINT order_item_price_sign CHECK (price_minor >= 0),
    PRIMARY KEY (vendor_id, order_id, line),
    FOREIGN KEY (vendor_id, order_id) REFERENCES orders (vendor_id, id) ON DELETE CASCADE
);
CALL tenant_table('order_item');
