-- What `souk doctor` asks (src/main/doctor.c).

-- name: doctor_database :one
-- Version, clock, and whether the role that workers log in as could go around row-level security.
SELECT current_setting('server_version_num')::bigint, clock_timestamp(), rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user;

-- name: doctor_jobs :one
-- Seconds that the longest waiting job has been due; jobs that have given up.
SELECT coalesce((SELECT extract(epoch FROM now() - min(run_at))::bigint FROM job WHERE state = 'waiting' AND run_at < now()), 0),
       (SELECT count(*) FROM job WHERE state = 'dead');
