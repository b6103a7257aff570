-- What lies where. Nothing is sold that is not there, whoever asks at the same moment: a row's CHECK says so, and each change
-- takes the rows it needs in the order of their keys. The ledger of movements sums to the stock.

CREATE TABLE warehouse (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL CONSTRAINT warehouse_code_form CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'),
    name       text NOT NULL CONSTRAINT warehouse_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    position   integer NOT NULL DEFAULT 1,          -- orders are served from the first that has it
    active     boolean NOT NULL DEFAULT true,       -- an inactive one keeps its stock and sells none of it
    PRIMARY KEY (vendor_id, id)
);
CREATE UNIQUE INDEX warehouse_code_once ON warehouse (vendor_id, lower(code));
CALL tenant_table('warehouse');

CREATE TABLE stock (
    vendor_id    bigint NOT NULL,
    variant_id   bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    bin          text NOT NULL DEFAULT '' CONSTRAINT stock_bin_length CHECK (char_length(bin) <= 40),
    on_hand      bigint NOT NULL DEFAULT 0 CONSTRAINT stock_on_hand_sign CHECK (on_hand >= 0),
    reserved     bigint NOT NULL DEFAULT 0,
    low_at       bigint CONSTRAINT stock_low_sign CHECK (low_at >= 0), -- that few are too few; NULL: nobody asks
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, variant_id, warehouse_id, bin),
    FOREIGN KEY (vendor_id, variant_id) REFERENCES product_variant (vendor_id, id) ON DELETE CASCADE,
    FOREIGN KEY (vendor_id, warehouse_id) REFERENCES warehouse (vendor_id, id),
    CONSTRAINT stock_not_oversold CHECK (reserved BETWEEN 0 AND on_hand)
);
CREATE INDEX stock_warehouse ON stock (vendor_id, warehouse_id, variant_id);
CALL tenant_table('stock');

CREATE TYPE stock_movement_kind AS ENUM ('count', 'receive', 'correct', 'move', 'reserve', 'release', 'expire', 'ship', 'return', 'import');

-- Append only; kept, for its sums are the stock. A variant that is gone leaves its movements, with its SKU.
CREATE TABLE stock_movement (
    vendor_id    bigint NOT NULL REFERENCES vendor (id),
    id           bigint GENERATED ALWAYS AS IDENTITY,
    variant_id   bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    bin          text NOT NULL DEFAULT '',
    sku          text NOT NULL,
    kind         stock_movement_kind NOT NULL,
    on_hand      bigint NOT NULL,                   -- by how much it changed
    reserved     bigint NOT NULL,
    order_id     bigint,
    reason       text NOT NULL DEFAULT '' CONSTRAINT stock_movement_reason_length CHECK (char_length(reason) <= 500),
    account_id   bigint,                            -- NULL: the program did
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id)
);
CREATE INDEX stock_movement_variant ON stock_movement (vendor_id, variant_id, id DESC);
CREATE INDEX stock_movement_order ON stock_movement (vendor_id, order_id) WHERE order_id IS NOT NULL;
CALL tenant_table('stock_movement');
REVOKE UPDATE, DELETE ON stock_movement FROM souk_app, souk_system;

-- What an order holds until it is shipped, or until its time is over. The sum of a stock row's reservations is its `reserved`.
CREATE TABLE reservation (
    vendor_id    bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    order_id     bigint NOT NULL,
    line         integer NOT NULL,
    variant_id   bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    bin          text NOT NULL,
    quantity     bigint NOT NULL CONSTRAINT reservation_quantity_sign CHECK (quantity > 0),
    expires_at   timestamptz,                       -- NULL: it stays until it is shipped or released
    PRIMARY KEY (vendor_id, id),
    FOREIGN KEY (vendor_id, variant_id, warehouse_id, bin) REFERENCES stock (vendor_id, variant_id, warehouse_id, bin)
);
CREATE INDEX reservation_order ON reservation (vendor_id, order_id, line);
CREATE INDEX reservation_stock ON reservation (vendor_id, variant_id, warehouse_id, bin);
CREATE INDEX reservation_expiry ON reservation (expires_at) WHERE expires_at IS NOT NULL;
CALL tenant_table('reservation');
