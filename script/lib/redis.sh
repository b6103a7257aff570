# shellcheck shell=sh
# A private Redis on a socket, without a file: what it holds may be lost. Needs process.sh.

# redis_start SOCKET PIDFILE LOG OPTION…: returns when it answers.
redis_start() {
    local socket pid log left
    socket=$1
    pid=$2
    log=$3
    shift 3
    process_start "$pid" "$log" redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 \
        --save '' --appendonly no --dir / --daemonize no "$@"
    left=200
    until redis-cli -s "$socket" ping >/dev/null 2>&1; do
        if [ "$left" = 0 ] || ! process_pid "$pid" >/dev/null; then
            tail -n 20 "$log" >&2
            return 1
        fi
        left=$((left - 1))
        sleep 0.05
    done
}
