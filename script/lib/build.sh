# shellcheck shell=sh
# Building out of tree. `root` is the source tree's folder, `build` the build's.

build_run() {
    "$@" >>"$build/build.log" 2>&1 || {
        grep -aE 'error|\*\*\*' "$build/build.log" | head -n 20 >&2
        tail -n 5 "$build/build.log" >&2
        echo "The build failed; all it said is in $build/build.log" >&2
        return 1
    }
}

# build_souk TARGET OPTION…: options of configure; without any, those of the last time stay.
build_souk() {
    local target
    target=$1
    shift
    mkdir -p "$build"
    : >"$build/build.log"
    (
        # One at a time in one source tree: they would make the same configure.
        flock 9
        [ -e "$root/configure" ] && [ -e "$root/Makefile.in" ] ||
            build_run autoreconf --force --install "$root"
    ) 9<"$root/configure.ac" || return 1
    # shellcheck disable=SC2094 # only its lock is of interest
    (
        cd "$build" && flock 9 || exit 1
        if [ ! -e Makefile ] || { [ $# -gt 0 ] && [ "$(cat options 2>/dev/null)" != "$*" ]; }; then
            build_run "$root/configure" -q "$@" && echo "$*" >options || exit 1
        fi
        build_run make -s -j"$(nproc)" "$target"
    ) 9<"$build"
}
