-- Webhooks out (src/hooks): where a shop wants to be called, and what it was or will be told. A delivery is a row that
-- is written in the transaction of its cause and sent later.

CREATE TABLE hook_endpoint (
    vendor_id   bigint NOT NULL REFERENCES vendor (id),
    id          bigint GENERATED ALWAYS AS IDENTITY,
    address     text NOT NULL CONSTRAINT hook_address_length CHECK (char_length(address) BETWEEN 10 AND 2000),
    description text NOT NULL DEFAULT '' CONSTRAINT hook_description_length CHECK (char_length(description) <= 200),
    events      text[] NOT NULL CONSTRAINT hook_events_some CHECK (cardinality(events) BETWEEN 1 AND 50),
    enabled     boolean NOT NULL DEFAULT true,
    stopped_why text CONSTRAINT hook_stopped_why CHECK (stopped_why IN ('person', 'failing', 'gone')),  -- NULL while enabled
    -- The secret is derived from these and the installation's own: what lies here signs nothing.
    salt        bytea NOT NULL CONSTRAINT hook_salt_length CHECK (octet_length(salt) = 16),
    old_salt    bytea CONSTRAINT hook_old_salt_length CHECK (octet_length(old_salt) = 16),
    old_until   timestamptz,                       -- both sign until then
    -- How it has been: while it fails it is left alone between tries.
    failures    integer NOT NULL DEFAULT 0,        -- in a row
    failing_since timestamptz,
    rest_until  timestamptz,
    answered_at timestamptz,                       -- the last success, to about a minute
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor_id, id),
    CONSTRAINT hook_stopped CHECK (enabled = (stopped_why IS NULL))
);
CALL tenant_table('hook_endpoint');

-- How many events an object has had: the number in the newest. Its row is also where writers of one object take turns,
-- so numbers and rows are in the order in which they commit.
CREATE TABLE hook_sequence (
    vendor_id bigint NOT NULL REFERENCES vendor (id),
    kind      text NOT NULL,                       -- "product", "order", "stock"
    object_id bigint NOT NULL,
    n         bigint NOT NULL,
    PRIMARY KEY (vendor_id, kind, object_id)
);
CALL tenant_table('hook_sequence');

CREATE TYPE hook_state AS ENUM ('waiting', 'sending', 'done', 'failed', 'stopped');

CREATE SEQUENCE hook_delivery_id;
GRANT USAGE ON SEQUENCE hook_delivery_id TO souk_app, souk_system;
CREATE TABLE hook_delivery (
    vendor_id   bigint NOT NULL,
    id          bigint NOT NULL DEFAULT nextval('hook_delivery_id'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    endpoint_id bigint NOT NULL,
    event_id    uuid NOT NULL,                     -- the same for all endpoints and tries: receivers know an event again by it
    event       text NOT NULL,
    kind        text NOT NULL,
    object_id   bigint NOT NULL,
    sequence    bigint NOT NULL,
    happened_at timestamptz NOT NULL DEFAULT now(),
    data        text NOT NULL,                     -- JSON, sent as it is
    state       hook_state NOT NULL DEFAULT 'waiting',
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,                       -- while it is `sending`: a dead sender's is taken up again
    attempt     integer NOT NULL DEFAULT 0,
    again       smallint NOT NULL DEFAULT 0,       -- sent again by a person, so many times
    answers     jsonb NOT NULL DEFAULT '[]',       -- one {"at", "status", "ms", "code", "answer"} for each try
    ended_at    timestamptz,
    PRIMARY KEY (vendor_id, id, created_at),
    FOREIGN KEY (vendor_id, endpoint_id) REFERENCES hook_endpoint (vendor_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (created_at);
CREATE INDEX hook_delivery_due ON hook_delivery (vendor_id, endpoint_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX hook_delivery_live ON hook_delivery (vendor_id, endpoint_id, kind, object_id, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX hook_delivery_leased ON hook_delivery (lease_until) WHERE state = 'sending';
CREATE INDEX hook_delivery_list ON hook_delivery (vendor_id, endpoint_id, id DESC);
CREATE INDEX hook_delivery_by_state ON hook_delivery (vendor_id, endpoint_id, state, id DESC);
CALL tenant_table('hook_delivery');
CALL partition_by_time('hook_delivery', 'week', ahead => 3, keep => '30 days');

-- Writes what happened to some objects of the transaction's shop, for each of its endpoints that wants the event. Without
-- such an endpoint that is one look. `of_data`: JSON objects, one an object; NULL: {"id": "…"}. What only says that
-- something has changed takes the place of an event that says so already and was not sent yet. Gives the rows it wrote.
CREATE FUNCTION hook_put(of_event text, of_objects bigint[], of_data text[]) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    shop    bigint := current_vendor();
    of_kind text := split_part(of_event, '.', 1);
    objects bigint[];
    numbers bigint[];
    ids     uuid[];
    texts   text[];
    written bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM hook_endpoint e WHERE e.vendor_id = shop AND e.enabled AND of_event = ANY (e.events)) THEN
        RETURN 0;
    END IF;
    -- In the order of their ids, so that two writers of the same objects take turns and never wait for each other.
    WITH given AS (
        SELECT DISTINCT ON (g.object) g.object, coalesce(g.data, json_build_object('id', g.object::text)::text) AS data
          FROM unnest(of_objects, of_data) WITH ORDINALITY AS g (object, data, nth)
         ORDER BY g.object, g.nth DESC
    ), numbered AS (
        INSERT INTO hook_sequence AS s (vendor_id, kind, object_id, n)
        SELECT shop, of_kind, object, 1 FROM given ORDER BY object
        ON CONFLICT (vendor_id, kind, object_id) DO UPDATE SET n = s.n + 1
        RETURNING s.object_id, s.n
    )
    SELECT array_agg(n.object_id), array_agg(n.n), array_agg(gen_random_uuid()), array_agg(g.data)
      INTO objects, numbers, ids, texts
      FROM numbered n JOIN given g ON g.object = n.object_id;

    WITH fresh AS (
        SELECT e.id AS endpoint, o.object, o.n, o.event_id, o.data
          FROM hook_endpoint e
         CROSS JOIN unnest(objects, numbers, ids, texts) AS o (object, n, event_id, data)
         WHERE e.vendor_id = shop AND e.enabled AND of_event = ANY (e.events)
    ), renewed AS (
        UPDATE hook_delivery d SET sequence = f.n, data = f.data, happened_at = now()
          FROM fresh f
         WHERE of_event = 'product.changed' AND d.vendor_id = shop AND d.endpoint_id = f.endpoint
           AND d.kind = of_kind AND d.object_id = f.object AND d.state IN ('waiting', 'sending')
           AND d.event = of_event AND d.state = 'waiting' AND d.attempt = 0 AND d.again = 0
        RETURNING d.endpoint_id, d.object_id
    )
    INSERT INTO hook_delivery (vendor_id, endpoint_id, event_id, event, kind, object_id, sequence, data)
    SELECT shop, f.endpoint, f.event_id, of_event, of_kind, f.object, f.n, f.data
      FROM fresh f
     WHERE NOT EXISTS (SELECT FROM renewed r WHERE r.endpoint_id = f.endpoint AND r.object_id = f.object)
     ORDER BY f.object, f.endpoint;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;
