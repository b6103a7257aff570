# shellcheck shell=sh
# Processes that outlive the script which started them. A pid file holds three words: the pid, when
# that process began (in ticks since boot) and the boot it belongs to. So a pid that was given to
# another process since, or a file left from before a reboot, is never taken for ours.

# process_identity PID: its three words; fails when there is no such process.
process_identity() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # Behind the name, which may hold blanks and brackets: state is word 1, the start time word 20.
    # shellcheck disable=SC2086 # split on purpose
    set -- "$1" ${stat##*) }
    [ "$2" != Z ] || return 1
    shift
    echo "$(echo "$stat" | cut -d' ' -f1) ${20} $(cat /proc/sys/kernel/random/boot_id)"
}

# process_record FILE PID
process_record() {
    process_identity "$2" >"$1.new" && mv "$1.new" "$1"
}

# process_pid FILE: the pid, when the recorded process still runs.
process_pid() {
    local recorded pid
    recorded=$(cat "$1" 2>/dev/null) || return 1
    pid=${recorded%% *}
    [ -n "$pid" ] && [ "$(process_identity "$pid")" = "$recorded" ] || return 1
    echo "$pid"
}

# process_start FILE LOG COMMAND…: in a session of its own, so that Ctrl-C reaches the script only.
# Descriptor 9 is the script's lock, which must not live as long as the process.
process_start() {
    local file log
    file=$1
    log=$2
    shift 2
    setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
    process_record "$file" $!
}

# process_await FILE SECONDS: until the recorded process has ended.
process_await() {
    local left
    left=$(($2 * 20))
    while process_pid "$1" >/dev/null; do
        [ "$left" -gt 0 ] || return 1
        left=$((left - 1))
        sleep 0.05
    done
}

# process_end FILE [SIGNAL [SECONDS]]: asks, waits, insists; the file is gone afterwards.
process_end() {
    local pid
    if pid=$(process_pid "$1"); then
        kill -s "${2:-TERM}" "$pid" 2>/dev/null
        process_await "$1" "${3:-10}" || kill -s KILL -- "-$pid" 2>/dev/null ||
            kill -s KILL "$pid" 2>/dev/null
        process_await "$1" 5
    fi
    rm -f "$1"
}
