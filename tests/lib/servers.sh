#!/bin/sh
# A PostgreSQL and a Redis for tests, private to one folder and quick instead of durable.
#
#   eval "$(tests/lib/servers.sh start DIR)"   DIR is made when missing; a second start is harmless
#   tests/lib/servers.sh stop DIR              ends both; data and DIR's files of ours are gone
#
# start prints, for eval: SOUK_TEST_PG (libpq conninfo, superuser, database postgres) and
# SOUK_TEST_REDIS (unix:/path). The roles of sql/roles.sql exist, and any role may log in without a
# password; only the caller's own user (and root) reaches the sockets.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
for part in process folder postgres redis; do
    # shellcheck disable=SC1090
    . "$root/script/lib/$part.sh"
done

usage() {
    echo "usage: $0 start|stop DIR" >&2
    exit 2
}

start() {
    mkdir -p "$dir"
    dir=$(cd -P "$dir" && pwd)
    home=$(postgres_home "$dir")
    if ! process_pid "$home/pid" >/dev/null; then
        postgres_sweep
        postgres_init "$home" --no-sync --auth=trust
        postgres_start "$home" fsync=off synchronous_commit=off full_page_writes=off \
            autovacuum=off max_connections=60 shared_buffers=64MB log_statement=none \
            shared_preload_libraries=pg_stat_statements
        postgres_sql "$home" postgres <"$root/sql/roles.sql"
    fi
    socket=$(folder_for_sockets "$dir")/redis.sock
    process_pid "$dir/redis.pid" >/dev/null ||
        redis_start "$socket" "$dir/redis.pid" "$dir/redis.log"
    echo "export SOUK_TEST_PG=\"$(postgres_conninfo "$home" postgres postgres)\""
    echo "export SOUK_TEST_REDIS=\"unix:$socket\""
}

stop() {
    [ -d "$dir" ] || return 0
    dir=$(cd -P "$dir" && pwd)
    process_end "$dir/redis.pid"
    if [ -e "$dir/postgres/." ]; then
        postgres_stop "$(postgres_home "$dir")"
        postgres_forget "$dir"
    fi
    rm -f "$dir/redis.sock" "$dir/redis.log"
    folder_drop_sockets "$dir"
    rmdir "$dir" 2>/dev/null || :
}

[ $# = 2 ] || usage
dir=$2
case $1 in
start) start ;;
stop) stop ;;
*) usage ;;
esac
