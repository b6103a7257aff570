-- Rate limits: how often may who ask for what. The rows are delivered as the program's own defaults
-- (src/limits/rules.c, held together by a test) and are the operator's from then on; changed_at says
-- which of them are as delivered, and for those the settings of the environment have a say.

CREATE TABLE rate_rule (
    name        text PRIMARY KEY CONSTRAINT rate_rule_name_form CHECK (name ~ '^[a-z][a-z0-9-]{0,30}$'),
    counts_by   text NOT NULL CONSTRAINT rate_rule_counts_by_known CHECK (counts_by IN ('network', 'user', 'account', 'key', 'vendor')),
    routes      text NOT NULL CONSTRAINT rate_rule_routes_length CHECK (char_length(routes) BETWEEN 1 AND 500),
    requests    bigint NOT NULL CONSTRAINT rate_rule_requests_range CHECK (requests BETWEEN 1 AND 1000000000),
    window_s    bigint NOT NULL CONSTRAINT rate_rule_window_range CHECK (window_s BETWEEN 1 AND 2678400),
    burst       bigint NOT NULL CONSTRAINT rate_rule_burst_range CHECK (burst BETWEEN 1 AND requests),
    -- What the classes of visitors have of it, in percent; strangers have it as it stands.
    percent_new      integer NOT NULL DEFAULT 100 CONSTRAINT rate_rule_new_range CHECK (percent_new BETWEEN 1 AND 10000),
    percent_verified integer NOT NULL DEFAULT 100 CONSTRAINT rate_rule_verified_range CHECK (percent_verified BETWEEN 1 AND 10000),
    percent_premium  integer NOT NULL DEFAULT 100 CONSTRAINT rate_rule_premium_range CHECK (percent_premium BETWEEN 1 AND 10000),
    strict      boolean NOT NULL DEFAULT false,    -- no window of its length ever sees more than `requests`
    enabled     boolean NOT NULL DEFAULT true,
    dry_run     boolean NOT NULL DEFAULT false,    -- says what it would refuse, refuses nobody
    version     bigint NOT NULL DEFAULT 1,
    changed_at  timestamptz,                       -- NULL: as delivered
    changed_by  bigint REFERENCES account (id) ON DELETE SET NULL,
    before      jsonb                              -- the row before its last change
);
CALL shared_table('rate_rule');
REVOKE INSERT, UPDATE, DELETE ON rate_rule FROM souk_app;

INSERT INTO rate_rule (name, counts_by, routes, requests, window_s, burst, percent_new, percent_verified, percent_premium, strict) VALUES
    ('login-ip',      'network', 'login',                                    50,    60, 12, 100, 100, 100, true),
    ('login-account', 'account', 'login',                                   100, 86400, 10, 100, 100, 100, true),
    ('register-ip',   'network', 'register',                                 50,  3600, 12, 100, 100, 100, true),
    ('register-mail', 'account', 'register',                                  5, 86400,  2, 100, 100, 100, true),
    ('forgot-ip',     'network', 'forgot',                                   20,  3600,  5, 100, 100, 100, true),
    ('forgot-mail',   'account', 'forgot',                                    3,  3600,  2, 100, 100, 100, true),
    ('search-ip',     'network', 'search',                                  200,    60, 50, 500, 500, 500, false),
    ('api-ip',        'network', 'public api panel.read panel.write upload', 200,   60, 50, 500, 500, 500, false),
    ('api-user',      'user',    'api panel.read panel.write upload',       200,    60, 50,  30, 100, 300, false),
    ('api-key',       'key',     'api upload',                              200,    60, 50,  30, 100, 300, false),
    ('upload-vendor', 'vendor',  'upload',                                  120,    60, 30, 100, 100, 100, false);

-- What a host last said of itself, at least once a minute.
CREATE UNLOGGED TABLE rate_host (
    host        text PRIMARY KEY,
    told_at     timestamptz NOT NULL,
    version     bigint NOT NULL,
    workers     bigint NOT NULL,
    in_force    bigint NOT NULL,
    counts      jsonb NOT NULL
);
CALL shared_table('rate_host');

-- What a vendor's tier allows of the API; a vendor without a row has no limit a day and is nobody's
-- premium customer.
CREATE TABLE vendor_limit (
    vendor_id   bigint PRIMARY KEY REFERENCES vendor (id),
    api_per_day bigint CONSTRAINT vendor_limit_api_range CHECK (api_per_day BETWEEN 1 AND 1000000000000),
    premium     boolean NOT NULL DEFAULT false
);
CALL tenant_table('vendor_limit');

-- API requests of a vendor on a UTC day, told once a minute: what counts when Redis has lost its own.
CREATE TABLE api_day (
    day         date NOT NULL,
    for_vendor  bigint NOT NULL,
    used        bigint NOT NULL,
    PRIMARY KEY (day, for_vendor)
);
CALL shared_table('api_day');
