-- Whoever runs a shop may say that its list of first steps is of no more use.
ALTER TABLE vendor ADD COLUMN todo_dismissed_at timestamptz;
