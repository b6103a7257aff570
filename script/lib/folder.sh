# shellcheck shell=sh
# Folders of a stack.

# folder_for_sockets FOLDER: this folder, or a short private stand-in when sockets in it would have
# addresses of more than 107 bytes.
folder_for_sockets() {
    local short
    if [ "${#1}" -le 80 ]; then
        echo "$1"
        return
    fi
    short=/tmp/souk-$(id -u)-$(echo "$1" | cksum | cut -d' ' -f1)
    mkdir -m 700 "$short" 2>/dev/null || { [ -d "$short" ] && [ ! -h "$short" ] && [ -O "$short" ]; } || {
        echo "$short exists and belongs to somebody else" >&2
        return 1
    }
    echo "$short"
}

# folder_drop_sockets FOLDER: the stand-in, when there is one.
folder_drop_sockets() {
    local sockets
    sockets=$(folder_for_sockets "$1")
    [ "$sockets" = "$1" ] || rm -rf "$sockets"
}
