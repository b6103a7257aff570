-- Where people have logged in from, and with what: whether a log-in is strange is one look-up here, however many tries are
-- on record, and no flood of wrong ones pushes the right ones out of sight.
CREATE TABLE login_place (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    network    text NOT NULL,
    device     text NOT NULL,                   -- "Firefox, Linux"
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, network, device)
);
CREATE INDEX login_place_seen ON login_place (seen_at);
CALL shared_table('login_place');

INSERT INTO login_place (account_id, network, device, seen_at)
SELECT t.account_id, t.network, t.device, max(t.at)
  FROM login_attempt t JOIN account a ON a.id = t.account_id
 WHERE t.outcome = 'right' AND t.at > now() - interval '90 days'
 GROUP BY 1, 2, 3;
