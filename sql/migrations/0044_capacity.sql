-- What the platform was on each day, one row a figure: what growth is read from.
CREATE TABLE capacity_snapshot (
    day        date NOT NULL,
    figure     text NOT NULL CONSTRAINT snapshot_figure_form CHECK (figure ~ '^[a-z0-9_.-]{1,80}$'),
    value      double precision NOT NULL,
    most       double precision,                   -- what it can be at most, where there is such a thing
    taken_at   timestamptz NOT NULL,
    PRIMARY KEY (figure, day)
);
CREATE INDEX capacity_snapshot_day ON capacity_snapshot (day);
GRANT SELECT, INSERT, UPDATE ON capacity_snapshot TO souk_system;
