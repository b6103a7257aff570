-- What another shop's files call a product that goes here by the SKU of its only variant: its later files may name it so.
CREATE TABLE import_name (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    name_key   text NOT NULL, -- in small letters
    product_id bigint NOT NULL,
    PRIMARY KEY (vendor_id, name_key),
    CONSTRAINT import_name_product FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE
);
CREATE INDEX import_name_of ON import_name (vendor_id, product_id);
CALL tenant_table('import_name');
