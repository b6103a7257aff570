-- What the operator sells, and each vendor's billing account. The rules are in src/billing; src/subscriptions reads an account
-- whole, lets the rules work on it and writes what changed. Amounts are in minor units of billing_seller.currency, instants
-- are whole seconds.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- ---- What is sold ----

-- Who bills, and on what terms. One row.
CREATE TABLE billing_seller (
    only_row   boolean PRIMARY KEY DEFAULT true CONSTRAINT seller_one_row CHECK (only_row),
    legal_name text NOT NULL DEFAULT '',
    street     text NOT NULL DEFAULT '',
    postcode   text NOT NULL DEFAULT '',
    city       text NOT NULL DEFAULT '',
    country    text NOT NULL DEFAULT 'LU' CONSTRAINT seller_country_form CHECK (country ~ '^[A-Z]{2}$'),
    vat_id     text NOT NULL DEFAULT '',
    email      text NOT NULL DEFAULT '',
    iban       text NOT NULL DEFAULT '',
    bic        text NOT NULL DEFAULT '',
    exempt     boolean NOT NULL DEFAULT false,     -- small business: no tax is charged
    one_stop   boolean NOT NULL DEFAULT false,     -- pays other countries' tax through the one-stop shop
    currency   text NOT NULL DEFAULT 'EUR' CONSTRAINT seller_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    terms_days integer NOT NULL DEFAULT 14 CONSTRAINT seller_terms_range CHECK (terms_days BETWEEN 0 AND 365),
    retry_days integer[] NOT NULL DEFAULT '{1,3,7,14}',
    final_days integer NOT NULL DEFAULT 21 CONSTRAINT seller_final_range CHECK (final_days BETWEEN 1 AND 365),
    version    bigint NOT NULL DEFAULT 1
);
INSERT INTO billing_seller DEFAULT VALUES;
CALL shared_table('billing_seller');

-- Tiers and add-ons. None: the program's built-in table holds (src/entitle). A retired one is not sold any more and stays
-- with those who have it.
CREATE TABLE offer (
    code       text PRIMARY KEY CONSTRAINT offer_code_form CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    kind       text NOT NULL CONSTRAINT offer_kind CHECK (kind IN ('tier', 'addon')),
    rank       integer CONSTRAINT offer_rank_range CHECK (rank BETWEEN 0 AND 1000),
    name       text NOT NULL CONSTRAINT offer_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
    retired_at timestamptz,
    version    bigint NOT NULL DEFAULT 1,
    CONSTRAINT offer_rank_of_tier CHECK ((kind = 'tier') = (rank IS NOT NULL)),
    CONSTRAINT offer_rank_once UNIQUE (rank) DEFERRABLE
);
CALL shared_table('offer');

-- What it lets one do, from a day on. Of a tier: its limits, NULL without limit. Of an add-on: what one piece adds.
CREATE TABLE offer_terms (
    code       text NOT NULL REFERENCES offer (code),
    valid_from timestamptz NOT NULL,
    products   bigint CONSTRAINT terms_products_sign CHECK (products >= 0),
    images_per_product bigint CONSTRAINT terms_images_sign CHECK (images_per_product >= 0),
    orders_per_month bigint CONSTRAINT terms_orders_sign CHECK (orders_per_month >= 0),
    variants   bigint CONSTRAINT terms_variants_sign CHECK (variants >= 0),
    team_members bigint CONSTRAINT terms_team_sign CHECK (team_members >= 0),
    api_requests_per_day bigint CONSTRAINT terms_api_sign CHECK (api_requests_per_day >= 0),
    features   text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (code, valid_from)
);
CALL shared_table('offer_terms');

-- Its price from a day on; NULL: from then on it cannot be had for that interval.
CREATE TABLE offer_price (
    code       text NOT NULL REFERENCES offer (code),
    months     smallint NOT NULL CONSTRAINT price_interval CHECK (months IN (1, 12)),
    valid_from timestamptz NOT NULL,
    amount     bigint CONSTRAINT price_range CHECK (amount BETWEEN 0 AND 99999999),
    PRIMARY KEY (code, months, valid_from)
);
CALL shared_table('offer_price');

-- Standard rates of value added tax, in basis points.
CREATE TABLE vat_rate (
    country    text NOT NULL CONSTRAINT vat_country_form CHECK (country ~ '^[A-Z]{2}$'),
    valid_from date NOT NULL,
    rate_bp    integer NOT NULL CONSTRAINT vat_rate_range CHECK (rate_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (country, valid_from)
);
CALL shared_table('vat_rate');
INSERT INTO vat_rate VALUES
    ('AT', '2020-01-01', 2000), ('BE', '2020-01-01', 2100), ('BG', '2020-01-01', 2000), ('CY', '2020-01-01', 1900),
    ('CZ', '2020-01-01', 2100), ('DE', '2021-01-01', 1900), ('DK', '2020-01-01', 2500), ('EE', '2024-01-01', 2200),
    ('EE', '2025-07-01', 2400), ('ES', '2020-01-01', 2100), ('FI', '2024-09-01', 2550), ('FR', '2020-01-01', 2000),
    ('GR', '2020-01-01', 2400), ('HR', '2020-01-01', 2500), ('HU', '2020-01-01', 2700), ('IE', '2021-03-01', 2300),
    ('IT', '2020-01-01', 2200), ('LT', '2020-01-01', 2100), ('LU', '2024-01-01', 1700), ('LV', '2020-01-01', 2100),
    ('MT', '2020-01-01', 1800), ('NL', '2020-01-01', 2100), ('PL', '2020-01-01', 2300), ('PT', '2020-01-01', 2300),
    ('RO', '2020-01-01', 1900), ('RO', '2025-08-01', 2100), ('SE', '2020-01-01', 2500), ('SI', '2020-01-01', 2200),
    ('SK', '2020-01-01', 2000), ('SK', '2025-01-01', 2300);

-- ---- Vendors' accounts ----

CREATE TABLE billing_account (
    vendor_id  bigint PRIMARY KEY REFERENCES vendor (id),
    -- Who is billed; empty until the vendor says so.
    legal_name text NOT NULL DEFAULT '' CONSTRAINT account_name_length CHECK (char_length(legal_name) <= 200),
    street     text NOT NULL DEFAULT '' CONSTRAINT account_street_length CHECK (char_length(street) <= 200),
    postcode   text NOT NULL DEFAULT '' CONSTRAINT account_postcode_length CHECK (char_length(postcode) <= 20),
    city       text NOT NULL DEFAULT '' CONSTRAINT account_city_length CHECK (char_length(city) <= 100),
    country    text NOT NULL DEFAULT '' CONSTRAINT account_country_form CHECK (country ~ '^([A-Z]{2})?$'),
    vat_id     text NOT NULL DEFAULT '' CONSTRAINT account_vat_length CHECK (char_length(vat_id) <= 20),
    vat_valid  boolean NOT NULL DEFAULT false,     -- the VAT id was found good …
    vat_checked_at timestamptz,                    -- … then …
    vat_source text NOT NULL DEFAULT '',           -- … by this
    email      text NOT NULL DEFAULT '' CONSTRAINT account_email_length CHECK (char_length(email) <= 254),
    collection text NOT NULL DEFAULT 'manual' CONSTRAINT account_collection CHECK (collection IN ('manual', 'automatic')),
    card       text,                               -- "visa 4242, 12/2030"; NULL: none on file
    customer   text CONSTRAINT account_customer_once UNIQUE,  -- the card provider's name for the vendor
    method     text,                               -- … and for the card
    balance    bigint NOT NULL DEFAULT 0 CONSTRAINT account_balance_sign CHECK (balance >= 0),
    next_n     bigint NOT NULL DEFAULT 1,          -- of the next document
    version    bigint NOT NULL DEFAULT 1,          -- rises with every change
    clock_s    bigint NOT NULL DEFAULT 0,          -- the test clock: this vendor's now is so many seconds ahead
    wake_at    timestamptz DEFAULT now()           -- when something falls due, by the world's clock; NULL: never
);
CREATE INDEX billing_account_wake ON billing_account (wake_at) WHERE wake_at IS NOT NULL;
CALL tenant_table('billing_account');

CREATE TABLE subscription (
    vendor_id  bigint NOT NULL REFERENCES billing_account (vendor_id),
    number     bigint NOT NULL,                    -- the vendor's first, second, …
    state      text NOT NULL CONSTRAINT subscription_state CHECK (state IN ('trial', 'active', 'past_due', 'cancelled', 'expired')),
    months     smallint NOT NULL CONSTRAINT subscription_interval CHECK (months IN (1, 12)),
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    trial_end  timestamptz,
    ended_at   timestamptz,
    anchor     timestamptz,
    period     tstzrange NOT NULL,
    next_tier  text,                               -- the change that waits for the end of the period
    next_rank  integer,
    next_months smallint CONSTRAINT subscription_next_interval CHECK (next_months IN (1, 12)),
    next_unit  bigint,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (vendor_id, number)
);
CREATE UNIQUE INDEX subscription_one_lives ON subscription (vendor_id) WHERE state IN ('trial', 'active', 'past_due');
CREATE INDEX subscription_by_state ON subscription (state, vendor_id);
CALL tenant_table('subscription');

CREATE TABLE subscription_item (
    vendor_id  bigint NOT NULL,
    number     bigint NOT NULL,
    code       text NOT NULL,
    rank       integer NOT NULL,                   -- -1: an add-on
    unit       bigint NOT NULL CONSTRAINT item_unit_range CHECK (unit BETWEEN 0 AND 99999999),
    quantity   bigint NOT NULL CONSTRAINT item_quantity_range CHECK (quantity BETWEEN 0 AND 10000),
    next_unit  bigint NOT NULL,
    next_quantity bigint,                          -- waits for the end of the period
    PRIMARY KEY (vendor_id, number, code),
    FOREIGN KEY (vendor_id, number) REFERENCES subscription (vendor_id, number)
);
CREATE UNIQUE INDEX subscription_item_one_tier ON subscription_item (vendor_id, number) WHERE rank >= 0;
CALL tenant_table('subscription_item');

-- Numbers without a gap: the row is locked by whoever takes one, until its transaction ends.
CREATE TABLE document_series (
    series     text PRIMARY KEY,                   -- "INV-2026"
    next       bigint NOT NULL DEFAULT 1
);
CALL shared_table('document_series');

CREATE TABLE billing_document (
    vendor_id  bigint NOT NULL REFERENCES billing_account (vendor_id),
    n          bigint NOT NULL,                    -- within the account
    number     text NOT NULL CONSTRAINT document_number_once UNIQUE,
    subscription bigint NOT NULL,
    credit_note boolean NOT NULL,
    reason     text NOT NULL CONSTRAINT document_reason
               CHECK (reason IN ('subscription_create', 'subscription_update', 'subscription_cycle', 'subscription_cancel', 'correction')),
    currency   text NOT NULL,
    issued_at  timestamptz NOT NULL,
    due_at     timestamptz,
    net        bigint NOT NULL,
    tax        bigint NOT NULL,
    total      bigint NOT NULL,
    credit_applied bigint NOT NULL DEFAULT 0,
    due        bigint NOT NULL,
    parties    jsonb NOT NULL,                     -- seller, buyer and what is known of the VAT id, as they were
    -- What may change after the issue.
    state      text NOT NULL CONSTRAINT document_state CHECK (state IN ('open', 'paid', 'void', 'uncollectible')),
    paid       bigint NOT NULL DEFAULT 0,
    remaining  bigint NOT NULL CONSTRAINT document_remaining_sign CHECK (remaining >= 0),
    noted      bigint NOT NULL DEFAULT 0,
    offsets    bigint NOT NULL DEFAULT 0,
    refunded   bigint NOT NULL DEFAULT 0,
    attempts   integer NOT NULL DEFAULT 0,
    failed_at  timestamptz,
    tried_at   timestamptz,
    waiting    boolean NOT NULL DEFAULT false,
    payment    text,                               -- the card provider's name for its payment
    PRIMARY KEY (vendor_id, n),
    CONSTRAINT document_sum CHECK (total = net + tax),
    CONSTRAINT document_kind CHECK (credit_note = (total < 0)),
    CONSTRAINT document_parts CHECK (credit_note OR due = paid + remaining + noted)
);
CREATE INDEX billing_document_list ON billing_document (issued_at DESC, vendor_id, n);
CREATE INDEX billing_document_of_vendor ON billing_document (vendor_id, issued_at DESC, n DESC);
CREATE INDEX billing_document_owed ON billing_document (due_at, vendor_id) WHERE state = 'open';
-- A job that runs twice cannot renew twice.
CREATE UNIQUE INDEX billing_document_one_cycle ON billing_document (vendor_id, subscription, issued_at) WHERE reason = 'subscription_cycle';
CALL tenant_table('billing_document');

CREATE TABLE billing_line (
    vendor_id  bigint NOT NULL,
    document   bigint NOT NULL,
    line       integer NOT NULL,
    subscription bigint NOT NULL,
    item       text NOT NULL,
    rank       integer NOT NULL,
    kind       text NOT NULL CONSTRAINT line_kind CHECK (kind IN ('charge', 'proration_charge', 'proration_credit')),
    quantity   bigint NOT NULL,
    unit       bigint NOT NULL,
    period_from timestamptz NOT NULL,
    period_to  timestamptz NOT NULL,
    basis_amount bigint NOT NULL,
    basis_seconds bigint NOT NULL,
    amount     bigint NOT NULL,
    vat_category text NOT NULL CONSTRAINT line_vat_category CHECK (vat_category IN ('S', 'AE', 'O', 'E', 'Z')),
    vat_bp     integer NOT NULL,
    of_document bigint,                            -- of a credit: the line that is credited
    of_line    integer,
    covered_until timestamptz NOT NULL,            -- these two change when the line is credited
    credited   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (vendor_id, document, line),
    FOREIGN KEY (vendor_id, document) REFERENCES billing_document (vendor_id, n),
    CONSTRAINT line_credit CHECK ((kind = 'proration_credit') = (of_document IS NOT NULL)),
    CONSTRAINT line_credited_once CHECK (kind = 'proration_credit' OR credited BETWEEN 0 AND amount),
    -- No second of an item is billed twice.
    CONSTRAINT line_time_once EXCLUDE USING gist (vendor_id WITH =, subscription WITH =, item WITH =, tstzrange(period_from, covered_until) WITH &&)
        WHERE (kind <> 'proration_credit' AND covered_until > period_from)
);
CALL tenant_table('billing_line');

-- Append-only, debit positive. What one event posts has one entry and sums to 0.
CREATE SEQUENCE ledger_entry;
GRANT USAGE ON SEQUENCE ledger_entry TO souk_app, souk_system;
CREATE TABLE ledger_posting (
    vendor_id  bigint NOT NULL REFERENCES billing_account (vendor_id),
    entry      bigint NOT NULL,
    line       integer NOT NULL,
    account    text NOT NULL CONSTRAINT posting_account CHECK (account IN ('AR', 'REV', 'VAT', 'CASH', 'CREDIT', 'BADDEBT', 'OPENING')),
    amount     bigint NOT NULL CONSTRAINT posting_some CHECK (amount <> 0),
    currency   text NOT NULL,
    at         timestamptz NOT NULL,
    document   bigint,
    PRIMARY KEY (vendor_id, entry, line)
);
CREATE INDEX ledger_posting_time ON ledger_posting (at);
CALL tenant_table('ledger_posting');
REVOKE UPDATE, DELETE ON ledger_posting FROM souk_app, souk_system;

CREATE FUNCTION ledger_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_posting p WHERE p.vendor_id = NEW.vendor_id AND p.entry = NEW.entry
                GROUP BY p.currency HAVING sum(p.amount) <> 0) THEN
        RAISE EXCEPTION 'entry % of vendor % does not sum to 0', NEW.entry, NEW.vendor_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums_to_0';
    END IF;
    RETURN NULL;
END
$$;
-- Once an entry: its first line asks for all of them.
CREATE CONSTRAINT TRIGGER ledger_balances AFTER INSERT ON ledger_posting DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.line = 1) EXECUTE FUNCTION ledger_balances();

-- An issued document stays as it was sent.
CREATE FUNCTION document_is_issued() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.number, NEW.subscription, NEW.credit_note, NEW.reason, NEW.currency, NEW.issued_at, NEW.net, NEW.tax, NEW.total,
        NEW.credit_applied, NEW.due, NEW.parties)
       IS DISTINCT FROM
       (OLD.number, OLD.subscription, OLD.credit_note, OLD.reason, OLD.currency, OLD.issued_at, OLD.net, OLD.tax, OLD.total,
        OLD.credit_applied, OLD.due, OLD.parties) THEN
        RAISE EXCEPTION 'document % is issued', OLD.number USING ERRCODE = 'check_violation', CONSTRAINT = 'document_is_issued';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER document_is_issued BEFORE UPDATE ON billing_document FOR EACH ROW EXECUTE FUNCTION document_is_issued();

CREATE FUNCTION line_is_issued() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF to_jsonb(NEW) - '{vendor_id,covered_until,credited}'::text[] <> to_jsonb(OLD) - '{vendor_id,covered_until,credited}'::text[] THEN
        RAISE EXCEPTION 'line %/% is issued', OLD.document, OLD.line USING ERRCODE = 'check_violation', CONSTRAINT = 'line_is_issued';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER line_is_issued BEFORE UPDATE ON billing_line FOR EACH ROW EXECUTE FUNCTION line_is_issued();

-- ---- Who has an account ----

-- A shop has its account the moment it exists; a shop that starts with a trial is woken for it.
CREATE FUNCTION vendor_has_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    INSERT INTO billing_account (vendor_id, wake_at) VALUES (NEW.id, CASE WHEN NEW.trial_ends_at IS NOT NULL THEN now() END);
    RETURN NULL;
END
$$;
CREATE TRIGGER vendor_has_account AFTER INSERT ON vendor FOR EACH ROW EXECUTE FUNCTION vendor_has_account();
INSERT INTO billing_account (vendor_id, wake_at) SELECT id, CASE WHEN trial_ends_at IS NOT NULL THEN now() END FROM vendor;

-- ---- What a subscription lets a vendor do ----

-- Tier and add-ons added up, written with every change of them. No row: no subscription was ever taken, and nothing limits
-- (an operator's own shop). NULL: without limit.
CREATE TABLE entitlement (
    vendor_id  bigint PRIMARY KEY REFERENCES vendor (id),
    tier       text NOT NULL,
    products   bigint,
    images_per_product bigint,
    orders_per_month bigint,
    variants   bigint,
    team_members bigint,
    api_requests_per_day bigint,
    features   text[] NOT NULL DEFAULT '{}',
    usage_from timestamptz NOT NULL,               -- the month in which orders are counted
    usage_to   timestamptz NOT NULL,
    closed_from timestamptz,                       -- no orders from then on; NULL while the subscription lives
    stage      text NOT NULL DEFAULT 'all' CONSTRAINT entitlement_stage CHECK (stage IN ('all', 'overdue', 'restricted', 'read_only'))
);
CALL tenant_table('entitlement');

-- ---- Writing an account ----

CREATE FUNCTION instant(epoch bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_timestamp(epoch::double precision) $$;  -- exact up to 2^53 seconds

-- The next number of a series, without a gap. (PL/pgSQL keeps the plan; a function in SQL would be parsed at each call.)
CREATE FUNCTION document_number(kind text, issued_at timestamptz) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text := kind || to_char(issued_at AT TIME ZONE 'UTC', '-YYYY');
    n bigint;
BEGIN
    INSERT INTO document_series AS s (series, next) VALUES (name, 2)
        ON CONFLICT (series) DO UPDATE SET next = s.next + 1 RETURNING s.next - 1 INTO n;
    RETURN name || '-' || lpad(n::text, greatest(6, length(n::text)), '0');
END
$$;

-- One issued document with its lines; its number.
CREATE FUNCTION billing_issue(vendor bigint, d jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    given text;
BEGIN
    given := document_number(CASE WHEN (d ->> 'credit_note')::boolean THEN 'CN' ELSE 'INV' END, instant((d ->> 'issued_at')::bigint));
    INSERT INTO billing_document (vendor_id, n, number, subscription, credit_note, reason, currency, issued_at, due_at, net, tax, total,
                                  credit_applied, due, parties, state, paid, remaining, noted, offsets, attempts, failed_at, tried_at, waiting)
    SELECT vendor, r.n, given, r.subscription,
           r.credit_note, r.reason, r.currency, instant(r.issued_at), instant(r.due_at), r.net, r.tax, r.total, r.credit_applied, r.due,
           r.parties, r.state, r.paid, r.remaining, r.noted, r.offsets, r.attempts, instant(r.failed_at), instant(r.tried_at), r.waiting
      FROM jsonb_to_record(d) AS r (n bigint, subscription bigint, credit_note boolean, reason text, currency text, issued_at bigint,
           due_at bigint, net bigint, tax bigint, total bigint, credit_applied bigint, due bigint, parties jsonb, state text, paid bigint,
           remaining bigint, noted bigint, offsets bigint, attempts integer, failed_at bigint, tried_at bigint, waiting boolean);
    INSERT INTO billing_line (vendor_id, document, line, subscription, item, rank, kind, quantity, unit, period_from, period_to,
                              basis_amount, basis_seconds, amount, vat_category, vat_bp, of_document, of_line, covered_until, credited)
    SELECT vendor, (d ->> 'n')::bigint, l.line, (d ->> 'subscription')::bigint, l.item, l.rank, l.kind, l.quantity, l.unit,
           instant(l.period_from), instant(l.period_to), l.basis_amount, l.basis_seconds, l.amount, l.vat_category, l.vat_bp,
           l.of_document, l.of_line, instant(l.covered_until), l.credited
      FROM jsonb_to_recordset(d -> 'lines') AS l (line integer, item text, rank integer, kind text, quantity bigint, unit bigint,
           period_from bigint, period_to bigint, basis_amount bigint, basis_seconds bigint, amount bigint, vat_category text,
           vat_bp integer, of_document bigint, of_line integer, covered_until bigint, credited bigint);
    RETURN given;
END
$$;

-- The items of a subscription, when they are others than before.
CREATE FUNCTION billing_items(vendor bigint, c jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM subscription_item i
     WHERE i.vendor_id = vendor AND i.number = (c -> 'subscription' ->> 'number')::bigint
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(c -> 'items') r WHERE r.value ->> 'code' = i.code);
    INSERT INTO subscription_item AS i (vendor_id, number, code, rank, unit, quantity, next_unit, next_quantity)
    SELECT vendor, (c -> 'subscription' ->> 'number')::bigint, r.code, r.rank, r.unit, r.quantity, r.next_unit, r.next_quantity
      FROM jsonb_to_recordset(c -> 'items') AS r (code text, rank integer, unit bigint, quantity bigint, next_unit bigint,
           next_quantity bigint)
        ON CONFLICT (vendor_id, number, code) DO UPDATE
       SET unit = EXCLUDED.unit, quantity = EXCLUDED.quantity, next_unit = EXCLUDED.next_unit, next_quantity = EXCLUDED.next_quantity;
END
$$;

-- What the rules changed, in one call; the numbers of the new documents, apart by blanks. NULL: somebody else changed the account
-- meanwhile, and nothing is written.
CREATE FUNCTION billing_write(vendor bigint, c jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    one jsonb;
    numbers text := '';
BEGIN
    UPDATE billing_account a
       SET balance = (c ->> 'balance')::bigint, next_n = (c ->> 'next_n')::bigint, wake_at = instant((c ->> 'wake_at')::bigint),
           version = a.version + 1
     WHERE a.vendor_id = vendor AND a.version = (c ->> 'version')::bigint;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO subscription AS s (vendor_id, number, state, months, cancel_at_period_end, trial_end, ended_at, anchor, period, next_tier,
                                   next_rank, next_months, next_unit, started_at)
    SELECT vendor, r.number, r.state, r.months, r.cancel_at_period_end, instant(r.trial_end), instant(r.ended_at), instant(r.anchor),
           tstzrange(instant(r.period_from), instant(r.period_to)), r.next_tier, r.next_rank, r.next_months, r.next_unit,
           instant(r.period_from)
      FROM jsonb_to_record(c -> 'subscription') AS r (number bigint, state text, months smallint, cancel_at_period_end boolean,
           trial_end bigint, ended_at bigint, anchor bigint, period_from bigint, period_to bigint, next_tier text, next_rank integer,
           next_months smallint, next_unit bigint)
     WHERE r.number > 0
        ON CONFLICT (vendor_id, number) DO UPDATE
       SET state = EXCLUDED.state, months = EXCLUDED.months, cancel_at_period_end = EXCLUDED.cancel_at_period_end,
           trial_end = EXCLUDED.trial_end, ended_at = EXCLUDED.ended_at, anchor = EXCLUDED.anchor, period = EXCLUDED.period,
           next_tier = EXCLUDED.next_tier, next_rank = EXCLUDED.next_rank, next_months = EXCLUDED.next_months,
           next_unit = EXCLUDED.next_unit;
    IF c ? 'items' THEN
        PERFORM billing_items(vendor, c);
    END IF;
    -- What is given back first: the time of a line ends where that of the next begins.
    IF jsonb_array_length(c -> 'credited') > 0 THEN
        UPDATE billing_line l SET covered_until = instant(r.covered_until), credited = r.credited
          FROM jsonb_to_recordset(c -> 'credited') AS r (document bigint, line integer, covered_until bigint, credited bigint)
         WHERE l.vendor_id = vendor AND l.document = r.document AND l.line = r.line;
    END IF;
    IF jsonb_array_length(c -> 'changed') > 0 THEN
        UPDATE billing_document d
           SET state = r.state, paid = r.paid, remaining = r.remaining, noted = r.noted, offsets = r.offsets, attempts = r.attempts,
               failed_at = instant(r.failed_at), tried_at = instant(r.tried_at), waiting = r.waiting
          FROM jsonb_to_recordset(c -> 'changed') AS r (n bigint, state text, paid bigint, remaining bigint, noted bigint, offsets bigint,
               attempts integer, failed_at bigint, tried_at bigint, waiting boolean)
         WHERE d.vendor_id = vendor AND d.n = r.n;
    END IF;
    FOR one IN SELECT value FROM jsonb_array_elements(c -> 'issued') LOOP
        numbers := numbers || billing_issue(vendor, one) || ' ';
    END LOOP;
    IF jsonb_array_length(c -> 'postings') > 0 THEN
        INSERT INTO ledger_posting (vendor_id, entry, line, account, amount, currency, at, document)
        SELECT vendor, e.entry, r.line, r.account, r.amount, c ->> 'currency', instant(r.at), r.document
          FROM (SELECT nextval('ledger_entry')) AS e (entry),
               jsonb_to_recordset(c -> 'postings') AS r (line integer, account text, amount bigint, at bigint, document bigint);
    END IF;
    RETURN numbers;
END
$$;
