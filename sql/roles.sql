-- The roles of an installation, made once for a whole server by a superuser; may be run again.
--
-- No role has a password here: pg_hba.conf decides how each may log in (locally by the operating
-- system's user; over a network give the one that logs in a password or a certificate).
-- Afterwards: CREATE DATABASE souk OWNER souk_owner; then `souk migrate`.
SET client_min_messages = warning;
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['souk_owner', 'souk_app', 'souk_system', 'souk_watch'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

-- Owns every table and runs the migrations; nothing else logs in as it.
ALTER ROLE souk_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;

-- What workers and jobs log in as: owns nothing and sees one tenant at a time. NOINHERIT matters:
-- with INHERIT the policies for souk_system would hold for every statement of souk_app.
ALTER ROLE souk_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOINHERIT;

-- Reads and writes across tenants, for one transaction at a time: souk_app takes it on by name.
ALTER ROLE souk_system NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT souk_system TO souk_app;

-- Reads the server's statistics, for the collector and for the operator's pages.
ALTER ROLE souk_watch LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT pg_monitor TO souk_watch, souk_system;
