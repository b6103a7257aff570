# shellcheck shell=sh
# A private PostgreSQL: a folder with data, socket and log, reached over its socket only. Needs
# process.sh and folder.sh.
#
# PostgreSQL refuses to run as root. When root calls, the server runs as the user postgres, who may
# not be able to reach the caller's folder (a clone under /root, a mktemp -d folder). Its files then
# lie in a folder of its own under /var/lib/souk, and the caller's folder holds a link to it. That
# folder remembers whose it is; postgres_sweep removes those whose link has gone.

postgres_homes=/var/lib/souk

# Where Debian keeps the programs of the newest version that is 15 or later.
postgres_bin() {
    find /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -t/ -k5 -n | tail -n 1 |
        xargs -r dirname
}

# postgres_run COMMAND…: a PostgreSQL program, as the user that the server runs as.
postgres_run() {
    local program
    program=$(postgres_bin)/$1
    shift
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups \
            env HOME=/var/lib/postgresql "$program" "$@" 9>&-)
    else
        "$program" "$@" 9>&-
    fi
}

# postgres_home FOLDER: the server's own folder for this caller's folder, made when missing.
postgres_home() {
    local home
    if [ -e "$1/postgres/." ]; then
        (cd -P "$1/postgres" && pwd)
        return
    fi
    if [ "$(id -u)" != 0 ]; then
        mkdir -m 700 "$1/postgres"
        echo "$1/postgres"
        return
    fi
    mkdir -p "$postgres_homes"
    home=$(mktemp -d "$postgres_homes/XXXXXXXX")
    chown postgres:postgres "$home"
    ln -sfn "$home" "$1/postgres"
    echo "$1/postgres" >"$home/owner"
    echo "$home"
}

# Removes the folders whose owner's link is gone or points elsewhere, and ends what still runs there:
# nobody else could.
postgres_sweep() {
    local home
    [ "$(id -u)" = 0 ] || return 0
    for home in "$postgres_homes"/*/; do
        home=${home%/}
        [ -f "$home/owner" ] || continue
        [ "$(readlink "$(cat "$home/owner")")" != "$home" ] || continue
        postgres_stop "$home"
        rm -rf "$home"
    done
}

# postgres_serves HOME: does a server run on this folder? The pid in its lock file may be stale.
postgres_serves() {
    local pid
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && [ -e "/proc/$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$1/data"
}

# postgres_init HOME [OPTION…]: an empty cluster, by options of initdb. Only the server's own user and
# root can reach its folder and so its socket.
postgres_init() {
    local home
    home=$1
    shift
    [ ! -e "$home/data/PG_VERSION" ] || return 0
    chmod 700 "$home"
    rm -rf "$home/data"
    postgres_run initdb --no-instructions --encoding=UTF8 --locale=C.UTF-8 --username=postgres \
        --pgdata="$home/data" "$@" >"$home/initdb.log" 2>&1 || {
        cat "$home/initdb.log" >&2
        return 1
    }
}

# postgres_start HOME OPTION…: settings as NAME=VALUE; returns when it accepts connections.
postgres_start() {
    local home socket option
    home=$1
    shift
    socket=$(folder_for_sockets "$home")
    postgres_serves "$home" || rm -f "$home/data/postmaster.pid"
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '\"$socket\"'"
        echo "unix_socket_permissions = 0700"
        for option in "$@"; do
            echo "${option%%=*} = '${option#*=}'"
        done
    } >"$home/data/postgresql.auto.conf"
    postgres_run pg_ctl start --silent --wait --timeout=60 --pgdata="$home/data" \
        --log="$home/log" || {
        tail -n 20 "$home/log" >&2
        return 1
    }
    process_record "$home/pid" "$(head -n 1 "$home/data/postmaster.pid")"
}

# postgres_stop HOME: quick and orderly; waits.
postgres_stop() {
    process_end "$1/pid" INT 30
}

# postgres_forget FOLDER: the stopped server's data, for good.
postgres_forget() {
    local home
    home=$(postgres_home "$1")
    folder_drop_sockets "$home"
    rm -rf "$home" "$1/postgres"
}

# postgres_conninfo HOME USER DATABASE: how a client reaches it.
postgres_conninfo() {
    echo "host='$(folder_for_sockets "$1")' user=$2 dbname=$3"
}

# postgres_sql HOME DATABASE: runs standard input as the superuser.
postgres_sql() {
    postgres_run psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(postgres_conninfo "$1" postgres "$2")"
}

# postgres_peers HOME ROLE…: whoever runs the stack may log in as these roles, nobody else as any;
# the server's own user as the superuser.
postgres_peers() {
    local data role
    data=$1/data
    shift
    echo "local all all peer map=stack" >"$data/pg_hba.conf"
    : >"$data/pg_ident.conf"
    for role in postgres "$@"; do
        echo "stack \"$(id -un)\" $role" >>"$data/pg_ident.conf"
    done
    [ "$(id -u)" != 0 ] || echo "stack postgres postgres" >>"$data/pg_ident.conf"
}
