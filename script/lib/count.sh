# shellcheck shell=sh
# Counting tests of several kinds. Callers begin with passed=0 failed=0 skipped=0 and set `failures`,
# the file that keeps what failed.

count_add() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}

# count_step NAME LOG COMMAND…: one test that is a command.
count_step() {
    local name log
    name=$1
    log=$2
    shift 2
    if "$@" >>"$log" 2>&1; then
        count_add 1 0 0
    else
        count_add 0 1 0
        printf '== %s failed ==\n%s\n' "$name" "$(tail -n 60 "$log")" >>"$failures"
        return 1
    fi
}

# count_check FOLDER: what `make check` left there. A cmocka program counts by its tests, any other
# program or script as one; a program that died counts as one failure more.
count_check() {
    local trs log result ok bad left
    find "$1" -name '*.trs' >"$1/trs.list"
    while read -r trs; do
        log=${trs%.trs}.log
        result=$(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$trs" | head -n 1)
        ok=$(grep -ac '^\[       OK \] ' "$log") || :
        left=$(grep -ac '^\[  SKIPPED \] [^0-9]' "$log") || :
        bad=$(grep -ac '^\[  FAILED  \] [^0-9]' "$log") || :
        case $result in
        PASS) [ $((ok + left)) -gt 0 ] || ok=1 ;;
        SKIP) [ $((ok + left)) -gt 0 ] || left=1 ;;
        *)
            [ "$bad" -gt 0 ] || bad=1
            printf '== %s ==\n%s\n' "${log#"$1"/}" "$(grep -av '^{"at":\|^\[       OK \] \|^\[ RUN' "$log" |
                tail -n 60)" >>"$failures"
            ;;
        esac
        count_add "$ok" "$bad" "$left"
    done <"$1/trs.list"
}

# count_node LOG: what Node's test runner wrote in its TAP format.
count_node() {
    local word
    for word in pass fail cancelled skipped todo; do
        eval "node_$word=\$(sed -n 's/^# $word \\([0-9]*\\)\$/\\1/p' \"\$1\" | tail -n 1)"
    done
    if [ -z "$node_pass" ]; then
        count_add 0 1 0
        printf '== %s ==\n%s\n' "${1##*/}" "$(tail -n 40 "$1")" >>"$failures"
        return
    fi
    count_add "$node_pass" $((node_fail + node_cancelled)) $((node_skipped + node_todo))
    [ $((node_fail + node_cancelled)) = 0 ] ||
        printf '== %s ==\n%s\n' "${1##*/}" "$(grep -aA 30 '^ *not ok' "$1" | head -n 300)" >>"$failures"
}
