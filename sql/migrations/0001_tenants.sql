-- Tenants, and the wall between them.
--
-- Roles (made by sql/roles.sql): souk_owner owns every table and runs migrations; souk_app is what
-- workers and jobs log in as; souk_system is the named role that operator routes and cross-tenant
-- jobs take on for one transaction; souk_watch reads statistics.
--
-- A tenant table has vendor_id as the first column of its primary key and of every foreign key, has
-- row-level security forced, and gets its policies from tenant_table() below.

-- The tenant of this transaction; NULL when none is set. NULLIF, since an ended setting is '' and not NULL.
CREATE FUNCTION current_vendor() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('souk.vendor', true), '')::bigint $$;

-- Makes `name` a tenant table: policies for the tenant, the operator and the owner. `key` is the column that holds the vendor.
CREATE PROCEDURE tenant_table(name text, key text DEFAULT 'vendor_id')
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO souk_app USING (%I = (SELECT current_vendor())) WITH CHECK (%I = (SELECT current_vendor()))', name, key, key);
    EXECUTE format('CREATE POLICY operator ON %I TO souk_system USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY owner ON %I TO souk_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO souk_app, souk_system', name);
END
$$;

-- What workers and the operator role share beside tenant tables.
CREATE PROCEDURE shared_table(name text)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO souk_app, souk_system', name);
END
$$;

CREATE TYPE vendor_state AS ENUM ('active', 'suspended', 'closed');

CREATE TABLE vendor (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL CONSTRAINT vendor_slug_form CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name        text NOT NULL CONSTRAINT vendor_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    state       vendor_state NOT NULL DEFAULT 'active',
    currency    text NOT NULL DEFAULT 'EUR' CONSTRAINT vendor_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    language    text NOT NULL DEFAULT 'en',
    -- Most images of one product; the tiers of a later migration set it.
    images_per_product integer NOT NULL DEFAULT 10 CONSTRAINT vendor_images_per_product_range CHECK (images_per_product BETWEEN 1 AND 100),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vendor_slug_once UNIQUE (slug)
);
CALL tenant_table('vendor', 'id');

-- Figures that pages show at once and limits will need: changed in the writing transaction, proven against count(*) by a job.
CREATE TABLE vendor_counter (
    vendor_id   bigint PRIMARY KEY REFERENCES vendor (id),
    products    bigint NOT NULL DEFAULT 0 CONSTRAINT counter_products_sign CHECK (products >= 0),
    images      bigint NOT NULL DEFAULT 0 CONSTRAINT counter_images_sign CHECK (images >= 0),
    orders      bigint NOT NULL DEFAULT 0 CONSTRAINT counter_orders_sign CHECK (orders >= 0)
);
CALL tenant_table('vendor_counter');

-- A public address names a shop by slug before any tenant is known: this one function may look.
CREATE FUNCTION shop_id(shop text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM vendor WHERE slug = shop AND state = 'active' $$;
REVOKE ALL ON FUNCTION shop_id(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop_id(text) TO souk_app;
