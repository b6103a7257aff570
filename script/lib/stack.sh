# shellcheck shell=sh
# A stack is one folder: its settings, sockets, pid files, logs and data. Two never meet. Callers set
# `root`, then stack_at; the other parts of script/lib are needed too.

stack_fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Where this stack lies, by the caller's environment.
stack_at() {
    state=${SOUK_STATE:-$root/var}
    build=${SOUK_BUILD:-$root/build}
    port=${SOUK_PORT:-8080}
    demo=${SOUK_DEMO:-1}
    workers=${SOUK_WORKERS:-4}
    media_workers=${SOUK_MEDIA_WORKERS:-$(nproc)}
    calls=hooks,fetch # queues of jobs that ask other people's servers: these wait, and nobody behind them
    case $state in /*) ;; *) state=$PWD/$state ;; esac
    case $build in /*) ;; *) build=$PWD/$build ;; esac
    case $port in '' | *[!0-9]*) stack_fail "SOUK_PORT must be a number, not \"$port\"" ;; esac
    case $demo in 0 | 1) ;; *) stack_fail "SOUK_DEMO must be 0 or 1, not \"$demo\"" ;; esac
    case $state$build in *[\"\'\\\;{}]*) stack_fail "quotes and ;{}\\ cannot be in $state, $build" ;; esac
    url=http://127.0.0.1:$port
    program=$build/souk
}

# stack_setting NAME VALUE: one line of the environment file, which a shell and systemd read alike.
stack_setting() {
    printf '%s="%s"\n' "$1" "$(printf %s "$2" | sed 's/["\\$`]/\\&/g')"
}

# What the programs of this stack are told. What else the caller's environment says about souk (a
# limit, an effort) is theirs too.
stack_write_env() {
    local name value
    {
        stack_setting SOUK_DATABASE_URL "$(postgres_conninfo "$home" souk_app souk)"
        stack_setting SOUK_DATABASE_OWNER_URL "$(postgres_conninfo "$home" souk_owner souk)"
        stack_setting SOUK_DATABASE_WATCH_URL "$(postgres_conninfo "$home" souk_watch souk)"
        stack_setting SOUK_REDIS_URL "unix:$run/redis.sock"
        stack_setting SOUK_PUBLIC_URL "$url"
        stack_setting SOUK_TEMPLATES "$root/templates"
        stack_setting SOUK_STATIC "$root/static"
        stack_setting SOUK_SEED "$root/sql/seed"
        stack_setting SOUK_MEDIA "$state/media"
        stack_setting SOUK_UPLOADS "$state/uploads"
        stack_setting SOUK_FEEDS "$state/feeds"
        stack_setting SOUK_EXCHANGE "$state/exchange"
        stack_setting SOUK_SECRET_FILE "$state/secret"
        stack_setting SOUK_WORKERS "$workers"
        stack_setting SOUK_DEMO "$demo"
        mail_settings
        for name in $(env | sed -n 's/^\(SOUK_[A-Z0-9_]*\)=.*/\1/p'); do
            case $name in
            SOUK_DATABASE_* | SOUK_REDIS_URL | SOUK_PUBLIC_URL | SOUK_TEMPLATES | SOUK_STATIC | SOUK_SEED | \
                SOUK_MEDIA | SOUK_UPLOADS | SOUK_FEEDS | SOUK_EXCHANGE | SOUK_SECRET_FILE | SOUK_WORKERS | \
                SOUK_DEMO | SOUK_STATE | SOUK_BUILD | SOUK_PORT | SOUK_MEDIA_WORKERS) ;;
            *)
                eval "value=\$$name"
                stack_setting "$name" "$value"
                ;;
            esac
        done
    } >"$state/env.new"
    chmod 600 "$state/env.new"
    mv "$state/env.new" "$state/env"
}

# stack_program ARGUMENT…: souk, with this stack's settings.
stack_program() {
    (
        set -a
        # shellcheck disable=SC1091
        . "$state/env"
        exec "$program" "$@" 9>&-
    )
}

# Folders and the secret, made when missing. Sets run (sockets) and home (PostgreSQL).
stack_folders() {
    mkdir -p "$state"
    chmod 700 "$state"
    state=$(cd -P "$state" && pwd)
    mkdir -p "$state/log" "$state/pid" "$state/run" "$state/nginx" "$state/media" "$state/uploads" \
        "$state/feeds" "$state/exchange"
    run=$(folder_for_sockets "$state/run")
    home=$(postgres_home "$state")
    [ -s "$state/secret" ] || (umask 077 && head -c 32 /dev/urandom >"$state/secret")
}

# stack_running: is anything of it alive?
stack_running() {
    local file
    for file in "$state"/pid/*.pid "$state"/postgres/pid; do
        process_pid "$file" >/dev/null && return 0
    done
    return 1
}

stack_database() {
    postgres_sweep
    # A new database knows nobody yet.
    [ -e "$home/data/PG_VERSION" ] || rm -f "$state/credentials.json"
    postgres_init "$home" --auth=peer
    postgres_peers "$home" souk_app souk_owner souk_watch
    postgres_start "$home" max_connections=100 shared_buffers=128MB jit=off timezone=UTC \
        lc_messages=C log_line_prefix='%m [%p] %u ' log_min_duration_statement=500 \
        shared_preload_libraries=pg_stat_statements
    postgres_sql "$home" postgres <"$root/sql/roles.sql"
    [ -n "$(echo "SELECT 1 FROM pg_database WHERE datname = 'souk'" |
        postgres_sql "$home" postgres)" ] ||
        echo "CREATE DATABASE souk OWNER souk_owner" | postgres_sql "$home" postgres
    echo "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_stat_statements" |
        postgres_sql "$home" souk
}

# The demo, or an administrator only; once in the life of a stack's folder.
stack_people() {
    local file password
    file=$state/credentials.json
    if [ -s "$file" ]; then
        jq --arg url "$url" '.url = $url' "$file" >"$file.new"
    elif [ "$demo" = 1 ]; then
        stack_program demo --credentials "$file.new" --url "$url" >>"$state/log/demo.log" 2>&1 || {
            tail -n 20 "$state/log/demo.log" >&2
            return 1
        }
    else
        password=$(head -c 15 /dev/urandom | base64 | tr '+/' '-_')
        (umask 077 && printf %s "$password" >"$state/admin-password")
        stack_program admin create --email admin@souk.example \
            --password-file "$state/admin-password" >/dev/null || return 1
        rm -f "$state/admin-password"
        (umask 077 && jq -n --arg url "$url" --arg password "$password" '{url: $url,
            admin: {email: "admin@souk.example", password: $password}, vendors: []}' >"$file.new")
    fi
    chmod 600 "$file.new"
    mv "$file.new" "$file"
}

# stack_service NAME COMMAND…: a process of this stack, with its settings.
stack_service() {
    local name
    name=$1
    shift
    [ ! -s "$state/log/$name.log" ] || mv "$state/log/$name.log" "$state/log/$name.log.1"
    (
        set -a
        # shellcheck disable=SC1091
        . "$state/env"
        set +a
        process_start "$state/pid/$name.pid" "$state/log/$name.log" "$@"
    )
}

# stack_pool NAME COUNT WAITING COMMAND…: that many workers on NAME.sock, which spawn-fcgi makes; so
# many requests may wait for them.
stack_pool() {
    local name count waiting
    name=$1
    count=$2
    waiting=$3
    shift 3
    rm -f "$run/$name.sock"
    stack_service "$name" spawn-fcgi -n -s "$run/$name.sock" -M 0600 -b "$waiting" -- \
        /usr/bin/multiwatch -f "$count" -s HUP -r 1000000 -t 1 -- "$@"
}

# multiwatch keeps up the number of its children: one that ends is started again at once, however
# often. Asked to end, it starts no more and waits for them; but which signal it then sends to them
# is wrong in version 1.0.0 (-s TERM sends QUIT, -s HUP sends none), so they get theirs from us.
stack_end_watched() {
    local pid child
    if pid=$(process_pid "$state/pid/$1.pid"); then
        kill -s TERM "$pid"
        # shellcheck disable=SC2013 # one word a child
        for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
            kill -s TERM "$child" 2>/dev/null || :
        done
    fi
}

# Ends what this stack started: first who takes requests, then who does them, then the servers
# beneath. Each request in hand is answered.
stack_stop() {
    local name
    process_end "$state/pid/nginx.pid" QUIT 10
    for name in web login media jobs calls; do
        stack_end_watched "$name"
    done
    for name in web login media jobs calls; do
        process_await "$state/pid/$name.pid" 10 || process_end "$state/pid/$name.pid" KILL
        rm -f "$state/pid/$name.pid"
    done
    process_end "$state/pid/mail.pid"
    process_end "$state/pid/redis.pid"
    [ ! -e "$state/postgres/." ] || postgres_stop "$(postgres_home "$state")"
    folder_drop_sockets "$state/run"
}

# stack_trusted: what nginx is told of the proxies in SOUK_TRUSTED_PROXIES, networks apart by commas
# or blanks.
stack_trusted() {
    local network
    for network in $(echo "${SOUK_TRUSTED_PROXIES:-}" | tr ',' ' '); do
        case $network in
        *[!0-9A-Fa-f.:/]*) stack_fail "SOUK_TRUSTED_PROXIES: $network is no network" ;;
        esac
        printf 'set_real_ip_from %s; ' "$network"
    done
}

# The configuration of nginx, with this stack's values in it.
stack_nginx_files() {
    local file user trusted
    user=
    trusted=$(stack_trusted)
    [ "$(id -u)" != 0 ] || user='user root;'
    for file in "$root"/nginx/*.conf; do
        sed -e "s|@USER@|$user|" -e "s|@PORT@|$port|" -e "s|@STATE@|$state|g" -e "s|@RUN@|$run|g" \
            -e "s|@STATIC@|$root/static|g" -e "s|@MEDIA@|$state/media|g" \
            -e "s|@FEEDS@|$state/feeds|g" -e "s|@EXCHANGE@|$state/exchange|g" \
            -e "s|@TRUSTED_PROXIES@|$trusted|g" -e "s|@FLOOD_RATE@|${SOUK_FLOOD_PER_SECOND:-50}|g" \
            -e "s|@FLOOD_BURST@|${SOUK_FLOOD_BURST:-100}|g" -e "s|@HELD@|${SOUK_FLOOD_HELD:-40}|g" \
            "$file" >"$state/nginx/${file##*/}"
    done
}

# stack_nginx_check: the configuration as nginx itself reads it.
stack_nginx_check() {
    local said
    said=$(nginx -t -q -p "$state" -c "$state/nginx/souk.conf" -e "$state/log/nginx.log" 2>&1) || {
        echo "$said" >&2
        return 1
    }
}

# Is somebody listening on our port already?
stack_port_taken() {
    curl -s -o /dev/null --connect-timeout 2 --max-time 2 "$url/" || [ $? != 7 ]
}

# stack_await_ready SECONDS: until /readyz answers 200.
stack_await_ready() {
    local left answer
    left=$(($1 * 20))
    while :; do
        answer=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$url/readyz") || :
        [ "$answer" != 200 ] || return 0
        left=$((left - 1))
        if [ "$left" -le 0 ] || ! process_pid "$state/pid/nginx.pid" >/dev/null; then
            echo "$url/readyz answers ${answer:-nothing}; the logs are in $state/log" >&2
            tail -n 5 "$state/log/web.log" "$state/log/nginx.log" >&2
            return 1
        fi
        sleep 0.05
    done
}

# Everything, from the folders to the first good answer. The caller holds the lock.
stack_start() {
    stack_folders
    mail_start
    stack_database
    redis_start "$run/redis.sock" "$state/pid/redis.pid" "$state/log/redis.log" \
        --maxmemory 256mb --maxmemory-policy volatile-ttl
    stack_write_env
    stack_program migrate >"$state/log/migrate.log" 2>&1 || {
        cat "$state/log/migrate.log" >&2
        return 1
    }
    stack_people
    stack_pool web "$workers" 1024 "$program" web
    stack_pool login "$(nproc)" 16 /usr/bin/nice -n 10 "$program" web
    stack_pool media "$media_workers" 1024 /usr/bin/nice -n 5 /usr/bin/prlimit --data="${SOUK_MEDIA_BYTES:-2147483648}" \
        "$program" web
    stack_service jobs /usr/bin/multiwatch -f 2 -s HUP -r 1000000 -t 1 -- /usr/bin/nice -n 5 "$program" jobs --except "$calls"
    stack_service calls /usr/bin/multiwatch -f 1 -s HUP -r 1000000 -t 1 -- /usr/bin/nice -n 5 "$program" jobs --queues "$calls"
    stack_nginx_files
    stack_nginx_check
    stack_service nginx nginx -p "$state" -c "$state/nginx/souk.conf" -e "$state/log/nginx.log" \
        -g 'daemon off;'
    stack_await_ready 30
}
