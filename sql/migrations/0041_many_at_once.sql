-- Accounts and mails are written many at once. What costs is not the row but the statement: its plan is opened, its checks are
-- read, its triggers are queued; a hundred renewals in one pay for that once.

-- ---- Accounts ----

-- As it is in 0039: for the program of the release before, which writes one at a time.
ALTER FUNCTION billing_write(bigint, jsonb) RENAME TO billing_write_one;

-- Documents as they are issued. Numbers without a gap: a series is taken once for all that want one of it, and its row is locked until the transaction ends. The numbers by vendor and n, apart by blanks.
CREATE FUNCTION billing_issue(issued jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    numbers text;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT *, count(*) OVER (PARTITION BY series) AS many, row_number() OVER (PARTITION BY series ORDER BY vendor, n) AS nth
          FROM (SELECT r.*, CASE WHEN r.credit_note THEN 'CN' ELSE 'INV' END || to_char(instant(r.issued_at) AT TIME ZONE 'UTC', '-YYYY') AS series
                  FROM jsonb_to_recordset(issued) AS r (vendor bigint, n bigint, subscription bigint, credit_note boolean,
                       reason text, currency text, issued_at bigint, due_at bigint, net bigint, tax bigint, total bigint,
                       credit_applied bigint, due bigint, parties jsonb, state text, paid bigint, remaining bigint, noted bigint,
                       offsets bigint, attempts integer, failed_at bigint, tried_at bigint, waiting boolean)) r
    ), taken AS (
        INSERT INTO document_series AS s (series, next) SELECT DISTINCT series, 1 + many FROM given ORDER BY series
            ON CONFLICT (series) DO UPDATE SET next = s.next + EXCLUDED.next - 1 RETURNING s.series, s.next
    ), numbered AS MATERIALIZED (
        SELECT g.*, g.series || '-' || lpad(c.count::text, greatest(6, length(c.count::text)), '0') AS number
          FROM given g JOIN taken t ON t.series = g.series CROSS JOIN LATERAL (SELECT t.next - g.many + g.nth - 1) AS c (count)
    ), written AS (
        INSERT INTO billing_document (vendor_id, n, number, subscription, credit_note, reason, currency, issued_at, due_at, net, tax, total,
                                      credit_applied, due, parties, state, paid, remaining, noted, offsets, attempts, failed_at, tried_at, waiting)
        SELECT vendor, n, number, subscription, credit_note, reason, currency, instant(issued_at), instant(due_at), net, tax, total,
               credit_applied, due, parties, state, paid, remaining, noted, offsets, attempts, instant(failed_at), instant(tried_at), waiting
          FROM numbered
    )
    SELECT string_agg(number, ' ' ORDER BY vendor, n) INTO numbers FROM numbered;
    RETURN numbers;
END
$$;

-- What the rules changed, of any number of accounts: {"accounts": […], "subscriptions": […] …}, each row with its vendor. The numbers of
-- the new documents by vendor and n, apart by blanks. NULL: somebody else changed one of the accounts meanwhile, and the
-- transaction must not be committed. (`vendor` is that of a program which writes one.)
CREATE FUNCTION billing_write(vendor bigint, c jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    numbers text := '';
    found_them bigint;
BEGIN
    IF c ? 'version' THEN
        RETURN billing_write_one(vendor, c);
    END IF;
    UPDATE billing_account a SET balance = r.balance, next_n = r.next_n, wake_at = instant(r.wake_at), version = a.version + 1
      FROM jsonb_to_recordset(c -> 'accounts') AS r (vendor bigint, version bigint, balance bigint, next_n bigint, wake_at bigint)
     WHERE a.vendor_id = r.vendor AND a.version = r.version;
    GET DIAGNOSTICS found_them = ROW_COUNT;
    IF found_them < jsonb_array_length(c -> 'accounts') THEN
        RETURN NULL;
    END IF;
    IF jsonb_array_length(c -> 'subscriptions') > 0 THEN
        INSERT INTO subscription AS s (vendor_id, number, state, months, cancel_at_period_end, trial_end, ended_at, anchor, period,
                                       next_tier, next_rank, next_months, next_unit, started_at)
        SELECT r.vendor, r.number, r.state, r.months, r.cancel_at_period_end, instant(r.trial_end), instant(r.ended_at), instant(r.anchor),
               tstzrange(instant(r.period_from), instant(r.period_to)), r.next_tier, r.next_rank, r.next_months, r.next_unit,
               instant(r.period_from)
          FROM jsonb_to_recordset(c -> 'subscriptions') AS r (vendor bigint, number bigint, state text, months smallint,
               cancel_at_period_end boolean, trial_end bigint, ended_at bigint, anchor bigint, period_from bigint, period_to bigint,
               next_tier text, next_rank integer, next_months smallint, next_unit bigint)
            ON CONFLICT (vendor_id, number) DO UPDATE
           SET state = EXCLUDED.state, months = EXCLUDED.months, cancel_at_period_end = EXCLUDED.cancel_at_period_end,
               trial_end = EXCLUDED.trial_end, ended_at = EXCLUDED.ended_at, anchor = EXCLUDED.anchor, period = EXCLUDED.period,
               next_tier = EXCLUDED.next_tier, next_rank = EXCLUDED.next_rank, next_months = EXCLUDED.next_months,
               next_unit = EXCLUDED.next_unit;
    END IF;
    -- The items of subscriptions whose items are others than before.
    IF jsonb_array_length(c -> 'anew') > 0 THEN
        DELETE FROM subscription_item i USING jsonb_to_recordset(c -> 'anew') AS s (vendor bigint, number bigint)
         WHERE i.vendor_id = s.vendor AND i.number = s.number
           AND NOT EXISTS (SELECT FROM jsonb_to_recordset(c -> 'items') AS r (vendor bigint, code text)
                            WHERE r.vendor = i.vendor_id AND r.code = i.code);
        INSERT INTO subscription_item AS i (vendor_id, number, code, rank, unit, quantity, next_unit, next_quantity)
        SELECT r.vendor, r.number, r.code, r.rank, r.unit, r.quantity, r.next_unit, r.next_quantity
          FROM jsonb_to_recordset(c -> 'items') AS r (vendor bigint, number bigint, code text, rank integer, unit bigint, quantity bigint,
               next_unit bigint, next_quantity bigint)
            ON CONFLICT (vendor_id, number, code) DO UPDATE
           SET unit = EXCLUDED.unit, quantity = EXCLUDED.quantity, next_unit = EXCLUDED.next_unit, next_quantity = EXCLUDED.next_quantity;
    END IF;
    -- What is given back first: the time of a line ends where that of the next begins.
    IF jsonb_array_length(c -> 'credited') > 0 THEN
        UPDATE billing_line l SET covered_until = instant(r.covered_until), credited = r.credited
          FROM jsonb_to_recordset(c -> 'credited') AS r (vendor bigint, document bigint, line integer, covered_until bigint, credited bigint)
         WHERE l.vendor_id = r.vendor AND l.document = r.document AND l.line = r.line;
    END IF;
    IF jsonb_array_length(c -> 'changed') > 0 THEN
        UPDATE billing_document d
           SET state = r.state, paid = r.paid, remaining = r.remaining, noted = r.noted, offsets = r.offsets, attempts = r.attempts,
               failed_at = instant(r.failed_at), tried_at = instant(r.tried_at), waiting = r.waiting
          FROM jsonb_to_recordset(c -> 'changed') AS r (vendor bigint, n bigint, state text, paid bigint, remaining bigint, noted bigint,
               offsets bigint, attempts integer, failed_at bigint, tried_at bigint, waiting boolean)
         WHERE d.vendor_id = r.vendor AND d.n = r.n;
    END IF;
    IF jsonb_array_length(c -> 'issued') > 0 THEN
        numbers := billing_issue(c -> 'issued');
        INSERT INTO billing_line (vendor_id, document, line, subscription, item, rank, kind, quantity, unit, period_from, period_to,
                                  basis_amount, basis_seconds, amount, vat_category, vat_bp, of_document, of_line, covered_until, credited)
        SELECT r.vendor, r.document, r.line, r.subscription, r.item, r.rank, r.kind, r.quantity, r.unit, instant(r.period_from),
               instant(r.period_to), r.basis_amount, r.basis_seconds, r.amount, r.vat_category, r.vat_bp, r.of_document, r.of_line,
               instant(r.covered_until), r.credited
          FROM jsonb_to_recordset(c -> 'lines') AS r (vendor bigint, document bigint, line integer, subscription bigint, item text,
               rank integer, kind text, quantity bigint, unit bigint, period_from bigint, period_to bigint, basis_amount bigint,
               basis_seconds bigint, amount bigint, vat_category text, vat_bp integer, of_document bigint, of_line integer,
               covered_until bigint, credited bigint);
    END IF;
    -- An entry is one vendor's: that another's has the same number is of no account.
    IF jsonb_array_length(c -> 'postings') > 0 THEN
        INSERT INTO ledger_posting (vendor_id, entry, line, account, amount, currency, at, document)
        SELECT r.vendor, e.entry, r.line, r.account, r.amount, c ->> 'currency', instant(r.at), r.document
          FROM (SELECT nextval('ledger_entry')) AS e (entry),
               jsonb_to_recordset(c -> 'postings') AS r (vendor bigint, line integer, account text, amount bigint, at bigint, document bigint);
    END IF;
    RETURN numbers;
END
$$;

-- ---- Mail ----

-- mail_put() of 0011 for any number of mails: how many of them wait to be sent. A tenant's transaction writes its own; one that has
-- none says with each whose it is. No two of them have the same kind and key.
CREATE FUNCTION mail_put(mails jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    waiting bigint;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT r.*, EXISTS (SELECT FROM mail_suppression s WHERE s.address = lower(r.address)) AS refused
          FROM jsonb_to_recordset(mails) AS r (vendor bigint, kind text, address text, name text, language text, args jsonb, secret jsonb,
               key text)
    ), first AS (
        INSERT INTO mail_key (kind, key) SELECT g.kind, g.key FROM given g WHERE g.key IS NOT NULL
        ON CONFLICT DO NOTHING
        RETURNING kind, key
    ), put AS (
        INSERT INTO mail (kind, address, name, language, for_vendor, args, secret, state, ended_at)
        SELECT g.kind, g.address, g.name, g.language, coalesce(current_vendor(), g.vendor), g.args, CASE WHEN NOT g.refused THEN g.secret END,
               CASE WHEN g.refused THEN 'suppressed'::mail_state ELSE 'waiting' END, CASE WHEN g.refused THEN now() END
          FROM given g LEFT JOIN first f ON f.kind = g.kind AND f.key = g.key
         WHERE g.key IS NULL OR f.key IS NOT NULL
        RETURNING state
    )
    SELECT count(*) FILTER (WHERE p.state = 'waiting') INTO waiting FROM put p;
    RETURN waiting;
END
$$;
REVOKE ALL ON FUNCTION mail_put(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_put(jsonb) TO souk_app, souk_system;
