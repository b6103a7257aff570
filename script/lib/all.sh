# shellcheck shell=sh
# Every part of script/lib; callers set `root` first.
# shellcheck disable=SC1090,SC1091
for part in process folder postgres redis mail build stack; do
    . "$root/script/lib/$part.sh"
done
