-- Products and their texts. Names of constraints are part of the design: the rooms map them to
-- fields and sentences (src/catalog/store.c).

CREATE TABLE product (
    vendor_id  bigint NOT NULL REFERENCES vendor (id),
    id         bigint GENERATED ALWAYS AS IDENTITY,
    sku        text NOT NULL CONSTRAINT product_sku_length CHECK (char_length(sku) BETWEEN 1 AND 64),
    gtin       text CONSTRAINT product_gtin_form CHECK (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    brand      text NOT NULL DEFAULT '' CONSTRAINT product_brand_length CHECK (char_length(brand) <= 200),
    category   text NOT NULL DEFAULT '' CONSTRAINT product_category_length CHECK (char_length(category) <= 200),
    price_minor      bigint NOT NULL CONSTRAINT product_price_sign CHECK (price_minor >= 0),
    compare_at_minor bigint CONSTRAINT product_compare_at_above CHECK (compare_at_minor > price_minor),
    currency   text NOT NULL CONSTRAINT product_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    active     boolean NOT NULL DEFAULT false,
    version    bigint NOT NULL DEFAULT 1,          -- raised by every change of the product, its texts and images: the ETag
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT product_sku_once UNIQUE (vendor_id, sku)
);
CREATE INDEX product_active ON product (vendor_id, active, id);
CREATE INDEX product_gtin ON product (vendor_id, gtin) WHERE gtin IS NOT NULL;
CREATE INDEX product_updated ON product (vendor_id, updated_at DESC, id DESC);
CALL tenant_table('product');

CREATE TABLE product_text (
    vendor_id   bigint NOT NULL,
    product_id  bigint NOT NULL,
    language    text NOT NULL CONSTRAINT product_text_language_form CHECK (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    title       text NOT NULL CONSTRAINT product_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CONSTRAINT product_description_length CHECK (char_length(description) <= 9999),
    slug        text NOT NULL CONSTRAINT product_slug_length CHECK (char_length(slug) BETWEEN 1 AND 200),
    PRIMARY KEY (vendor_id, product_id, language),
    FOREIGN KEY (vendor_id, product_id) REFERENCES product (vendor_id, id) ON DELETE CASCADE,
    CONSTRAINT product_slug_once UNIQUE (vendor_id, language, slug)
);
CALL tenant_table('product_text');
