-- Money by card: what is asked of the provider, what it told, and the cards that are refused.

ALTER TABLE billing_account
    ADD COLUMN method_refused text;                -- why the card is not tried any more ("lost_card"), until there is another
CREATE INDEX billing_account_method ON billing_account (method) WHERE method IS NOT NULL;

-- Accounts whole, as JSON: their terms, their last subscription, and the documents that are still owed or whose time still runs, or
-- that are asked for (document_n). Each is found by its key, so one plan is as good as another, and it takes twice as long to plan as
-- to run; so do the statements that follow in its transaction.
CREATE FUNCTION billing_read(vendors bigint[], seconds bigint, document_n bigint) RETURNS SETOF text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
    RETURN QUERY
    SELECT (WITH account AS (
        SELECT a.*, v.name AS vendor_name, v.slug, v.language, v.created_at AS opened_at, v.trial_ends_at
          FROM billing_account a JOIN vendor v ON v.id = a.vendor_id WHERE a.vendor_id = x.vendor
    ), last_one AS (
        SELECT s.* FROM subscription s WHERE s.vendor_id = x.vendor ORDER BY s.number DESC LIMIT 1
    ), wanted AS (
        SELECT d.* FROM billing_document d
         WHERE d.vendor_id = x.vendor
           AND (d.state = 'open' OR d.n = document_n
                OR EXISTS (SELECT FROM billing_line l
                            WHERE l.vendor_id = d.vendor_id AND l.document = d.n AND l.kind <> 'proration_credit'
                              AND l.covered_until > to_timestamp(seconds + (SELECT clock_s FROM account))))
    )
    SELECT json_build_object(
        'account', (SELECT json_build_object('legal_name', a.legal_name, 'street', a.street, 'postcode', a.postcode, 'city', a.city,
                        'country', a.country, 'vat_id', a.vat_id, 'vat_valid', a.vat_valid, 'vat_checked_at', extract(epoch FROM a.vat_checked_at)::bigint,
                        'vat_source', a.vat_source, 'email', a.email, 'collection', a.collection, 'card', a.card, 'customer', a.customer,
                        'method', a.method, 'method_refused', a.method_refused, 'balance', a.balance, 'next_n', a.next_n, 'version', a.version, 'clock_s', a.clock_s,
                        'vendor_name', a.vendor_name, 'slug', a.slug, 'language', a.language,
                        'opened_at', extract(epoch FROM date_trunc('second', a.opened_at))::bigint,
                        'trial_ends_at', extract(epoch FROM date_trunc('second', a.trial_ends_at))::bigint,
                        'changes', (SELECT count(*) FROM billing_document d
                                     WHERE d.vendor_id = a.vendor_id AND d.reason = 'subscription_update'
                                       AND d.issued_at > to_timestamp(seconds + a.clock_s - 86400))) FROM account a),
        'seller', (SELECT to_json(s) FROM billing_seller s),
        'rates', (SELECT coalesce(json_agg(json_build_object('country', r.country, 'from', extract(epoch FROM r.valid_from::timestamp)::bigint, 'bp', r.rate_bp)
                                           ORDER BY r.country, r.valid_from), '[]')
                    FROM vat_rate r WHERE r.country IN ((SELECT country FROM account), (SELECT country FROM billing_seller))),
        'subscription', (SELECT json_build_object('number', s.number, 'state', s.state, 'months', s.months, 'cancel_at_period_end', s.cancel_at_period_end,
                        'trial_end', extract(epoch FROM s.trial_end)::bigint, 'ended_at', extract(epoch FROM s.ended_at)::bigint,
                        'anchor', extract(epoch FROM s.anchor)::bigint, 'period_from', extract(epoch FROM lower(s.period))::bigint,
                        'period_to', extract(epoch FROM upper(s.period))::bigint, 'next_tier', s.next_tier, 'next_rank', s.next_rank,
                        'next_months', s.next_months, 'next_unit', s.next_unit) FROM last_one s),
        'items', (SELECT coalesce(json_agg(json_build_object('code', i.code, 'rank', i.rank, 'unit', i.unit, 'quantity', i.quantity,
                        'next_unit', i.next_unit, 'next_quantity', i.next_quantity) ORDER BY i.rank < 0, i.code COLLATE "C"), '[]')
                    FROM subscription_item i WHERE i.vendor_id = x.vendor AND i.number = (SELECT number FROM last_one)),
        'documents', (SELECT coalesce(json_agg(json_build_object('n', d.n, 'number', d.number, 'subscription', d.subscription, 'credit_note', d.credit_note,
                        'reason', d.reason, 'issued_at', extract(epoch FROM d.issued_at)::bigint, 'due_at', extract(epoch FROM d.due_at)::bigint,
                        'credit_applied', d.credit_applied, 'due', d.due, 'state', d.state, 'paid', d.paid, 'remaining', d.remaining,
                        'noted', d.noted, 'offsets', d.offsets, 'refunded', d.refunded, 'attempts', d.attempts,
                        'failed_at', extract(epoch FROM d.failed_at)::bigint, 'tried_at', extract(epoch FROM d.tried_at)::bigint,
                        'waiting', d.waiting, 'payment', d.payment, 'parties', d.parties,
                        'lines', (SELECT json_agg(json_build_object('line', l.line, 'item', l.item, 'rank', l.rank, 'kind', l.kind, 'quantity', l.quantity,
                                      'unit', l.unit, 'period_from', extract(epoch FROM l.period_from)::bigint, 'period_to', extract(epoch FROM l.period_to)::bigint,
                                      'basis_amount', l.basis_amount, 'basis_seconds', l.basis_seconds, 'amount', l.amount, 'vat_category', l.vat_category,
                                      'vat_bp', l.vat_bp, 'of_document', l.of_document, 'of_line', l.of_line,
                                      'of_number', (SELECT o.number FROM billing_document o WHERE o.vendor_id = l.vendor_id AND o.n = l.of_document),
                                      'covered_until', extract(epoch FROM l.covered_until)::bigint, 'credited', l.credited) ORDER BY l.line)
                                    FROM billing_line l WHERE l.vendor_id = d.vendor_id AND l.document = d.n)) ORDER BY d.n), '[]')
                    FROM wanted d)
    )::text)
      FROM unnest(vendors) AS x (vendor);
END
$$;

-- One charge. It is written and committed before the provider is asked, and carries the key that makes asking again harmless;
-- whoever finds it unfinished goes on where it stands.
CREATE TABLE billing_operation (
    vendor_id  bigint NOT NULL REFERENCES billing_account (vendor_id),
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT operation_id_once UNIQUE,
    kind       text NOT NULL CONSTRAINT operation_kind CHECK (kind IN ('command', 'invoice', 'refund')),
    -- asked: the provider is to be asked, or was and did not answer. action: the person has to confirm. paid, refused: to be
    -- applied. undo: the money is to be given back, since what it was for is no more, or as the operator says: a refund begins
    -- with it. The others are ends.
    state      text NOT NULL DEFAULT 'asked' CONSTRAINT operation_state
               CHECK (state IN ('asked', 'action', 'paid', 'refused', 'undo', 'done', 'failed', 'undone')),
    command    text,                               -- of a command: what is done once the money is there
    version    bigint,                             -- … to the account of this version
    document   bigint,                             -- of an invoice; of a command once it is done
    attempt    integer,
    at         timestamptz NOT NULL,               -- the vendor's clock: the instant that was billed
    amount     bigint NOT NULL CONSTRAINT operation_amount CHECK (amount > 0),
    currency   text NOT NULL,
    key        text CONSTRAINT operation_key_once UNIQUE,
    on_session boolean NOT NULL DEFAULT false,     -- the person is there to confirm
    customer   text NOT NULL,
    method     text NOT NULL,
    payment    text,                               -- the provider's name for it
    url        text,                               -- where to confirm
    decline    text,
    tries      integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,                      -- somebody is at it
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT operation_parts CHECK ((kind = 'command') = (command IS NOT NULL) AND (kind = 'command' OR document IS NOT NULL)
                                      AND (kind <> 'invoice' OR attempt IS NOT NULL))
);
CREATE UNIQUE INDEX operation_one_command ON billing_operation (vendor_id)
    WHERE kind = 'command' AND state IN ('asked', 'action', 'paid', 'undo');
CREATE UNIQUE INDEX operation_one_attempt ON billing_operation (vendor_id, document, attempt) WHERE kind = 'invoice';
CREATE UNIQUE INDEX operation_payment ON billing_operation (payment) WHERE payment IS NOT NULL AND kind <> 'refund';
CREATE INDEX operation_waiting ON billing_operation (next_at) WHERE state IN ('asked', 'paid', 'refused', 'undo');
CREATE INDEX operation_confirming ON billing_operation (created_at) WHERE state = 'action';
CALL tenant_table('billing_operation');

CREATE FUNCTION operation_has_key() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.key := coalesce(NEW.key, 'souk:charge:' || NEW.id || ':1');
    RETURN NEW;
END
$$;
CREATE TRIGGER operation_has_key BEFORE INSERT ON billing_operation FOR EACH ROW EXECUTE FUNCTION operation_has_key();

-- An invoice whose payment is under way has its charge, whoever wrote it.
CREATE FUNCTION document_is_charged() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO billing_operation (vendor_id, kind, document, attempt, at, amount, currency, key, customer, method)
    SELECT NEW.vendor_id, 'invoice', NEW.n, NEW.attempts, NEW.tried_at, NEW.remaining, NEW.currency, 'pay:' || NEW.number || ':' || NEW.attempts,
           a.customer, a.method
      FROM billing_account a WHERE a.vendor_id = NEW.vendor_id
        ON CONFLICT (vendor_id, document, attempt) WHERE kind = 'invoice' DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER document_is_charged AFTER INSERT ON billing_document FOR EACH ROW
    WHEN (NEW.waiting) EXECUTE FUNCTION document_is_charged();
CREATE TRIGGER document_is_charged_again AFTER UPDATE OF waiting ON billing_document FOR EACH ROW
    WHEN (NEW.waiting AND NOT OLD.waiting) EXECUTE FUNCTION document_is_charged();

-- Events of a provider as they came, signed; applied later by looking at what they are about.
CREATE TABLE webhook_inbox (
    provider   text NOT NULL,
    event      text NOT NULL,
    type       text NOT NULL,
    object     text NOT NULL,
    customer   text,
    created    timestamptz NOT NULL,
    live       boolean NOT NULL,
    api_version text,
    body       bytea NOT NULL,
    state      text NOT NULL DEFAULT 'new' CONSTRAINT inbox_state CHECK (state IN ('new', 'done', 'ignored', 'dead')),
    tries      integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    error      text,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, event)
);
CREATE INDEX webhook_inbox_new ON webhook_inbox (next_at) WHERE state = 'new';
CREATE INDEX webhook_inbox_age ON webhook_inbox (received_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_inbox TO souk_system;

-- How many were turned away, which is all that is kept of them; and how far the provider's own list was read.
CREATE TABLE provider_note (
    provider   text PRIMARY KEY,
    refused    bigint NOT NULL DEFAULT 0,
    refused_at timestamptz,
    read_until timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_note TO souk_system;
