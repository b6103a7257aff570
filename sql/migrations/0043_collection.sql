-- Money by card: what is asked of the provider, what it told, and the cards that are refused.

ALTER TABLE billing_account
    ADD COLUMN method_refused text;                -- why the card is not tried any more ("lost_card"), until there is another
CREATE INDEX billing_account_method ON billing_account (method) WHERE method IS NOT NULL;

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
