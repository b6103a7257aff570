# shellcheck shell=sh
# A mail server of the stack's own, so that mail can be read: $state/mail is a Maildir. Whoever sets
# SOUK_SMTP_URL has one already.

# mail_start: begins to start it.
mail_start() {
    rm -f "$state/mail-port"
    [ -z "${SOUK_SMTP_URL:-}" ] || return 0
    process_start "$state/pid/mail.pid" "$state/log/mail.log" \
        /usr/bin/python3 "$root/script/lib/mail-server.py" "$state/mail" "$state/mail-port"
}

# mail_settings: what programs are told of it, once it listens.
mail_settings() {
    local left
    [ -z "${SOUK_SMTP_URL:-}" ] || return 0
    left=200
    while [ ! -s "$state/mail-port" ]; do
        left=$((left - 1))
        if [ "$left" -le 0 ] || ! process_pid "$state/pid/mail.pid" >/dev/null; then
            echo "the mail server did not start; see $state/log/mail.log" >&2
            return 1
        fi
        sleep 0.05
    done
    stack_setting SOUK_SMTP_URL "smtp://127.0.0.1:$(cat "$state/mail-port")"
    stack_setting SOUK_SMTP_TLS none
}
