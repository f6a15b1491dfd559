#!/bin/sh
# Bring Collector to another version: backup, install, migrate, restart, health.
#
#   sudo sh deploy/upgrade.sh /opt/collector/venv collector-0.2.0-py3-none-any.whl
#
# /opt/collector/venv is a link to the program in use, a virtual environment in a folder named after its version. The
# new version gets a folder of its own and the link is moved; the old one stays. It stops at the first failure, says
# what happened, puts the old version back where nothing can be lost by it, and otherwise says how to go back. When it is
# killed, run it again: how far it came stands in a file beside the link, and it goes on from there.
#
# For rehearsals: COLLECTOR_ENV (file of settings), COLLECTOR_SERVICE (called as `systemctl` is), COLLECTOR_HEALTH
# (address that answers 200 when all is well), PYTHON.
set -eu
umask 022

settings=${COLLECTOR_ENV:-/etc/collector/collector.env}
service=${COLLECTOR_SERVICE:-systemctl}
health=${COLLECTOR_HEALTH:-http://127.0.0.1:8000/healthz}
python=${PYTHON:-python3}

say() { printf '%s\n' "$*"; }
stop() {
    printf '\nupgrade: %s\n' "$*" >&2
    exit 1
}

# What is left as it was, and what to do, whenever the script ends before its end.
stage=checking
ended() {
    status=$?
    trap - EXIT
    case $stage in
    checking) say "Nothing was changed." >&2 ;;
    preparing)
        rm -rf "$new" "$state"
        say "Nothing was changed. $from runs as before." >&2
        ;;
    stopped | saved)
        point_to "$old"
        rm -rf "$new" "$state"
        "$service" start collector || say "It could not be started: $service start collector" >&2
        if healthy; then
            say "$from runs again, with every answer. Backup: $backup" >&2
        else
            say "$from was put back but does not answer at $health. Look at: $service status collector" >&2
        fi
        ;;
    started) how_to_go_back >&2 ;;
    esac
    exit "$status"
}

# How far it came, written so that a kill leaves the former note or this one.
reach() {
    stage=$1
    printf 'version=%s\nold=%s\nbackup=%s\nstage=%s\n' "$version" "$old" "$backup" "$stage" >"$state.new"
    mv "$state.new" "$state"
}

was() { sed -n "s/^$1=//p" "$state"; }

how_to_go_back() {
    say "To go back to $from:"
    say "  sudo $service stop collector"
    say "  sudo ln -sfn $(basename "$old") $link"
    say "  sudo collector migrate"
    say "  sudo $service start collector"
    say "If \`collector migrate\` says that the database comes from a newer Collector, run this before the last line:"
    say "  sudo collector restore --replace $backup"
    say "Answers given since the upgrade are then not in use. They lie in the folder that \`restore\` names."
}

# As the owner of the data folder, so that no file in it ever belongs to root.
as_owner() {
    if [ "$owner" = "$(id -un)" ]; then "$@"; else runuser -u "$owner" -- "$@"; fi
}

point_to() {
    ln -sfn "$(basename "$1")" "$link.new"
    mv -T "$link.new" "$link"
}

# 0: well. 1: it answers that it is not well. 2: nobody answers.
asked_health() {
    "$old/bin/python" - "$health" <<'PYTHON'
import sys, urllib.error, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=5)
except urllib.error.HTTPError:
    sys.exit(1)
except OSError:
    sys.exit(2)
PYTHON
}

healthy() {
    tries=60
    until asked_health; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.5
    done
}

trap ended EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ $# = 2 ] || stop "Say which program and which wheel: sudo sh upgrade.sh /opt/collector/venv collector-0.2.0-py3-none-any.whl"
link=$1 wheel=$2
[ -L "$link" ] || stop "$link is not a link to a virtual environment (docs/deploy.md, step 2)."
[ -f "$wheel" ] || stop "There is no file $wheel."
"$python" -m zipfile -t "$wheel" >/dev/null 2>&1 || stop "$wheel is damaged or not whole. Copy it again."
if [ -f "$settings" ]; then
    set -a
    # shellcheck source=/dev/null
    . "$settings"
    set +a
fi
[ -d "${COLLECTOR_DATA:-}" ] || stop "There is no data folder. Does $settings name it as COLLECTOR_DATA?"
owner=$(stat -c %U "$COLLECTOR_DATA")
old=$(readlink -f "$link")
version=$(basename "$wheel" | cut -d- -f2)
new=$(dirname "$old")/$version
backup=$COLLECTOR_DATA/backups/before-$version-$(date +%Y-%m-%d-%H%M%S).tar.gz
state=$link.upgrade
reached=
if [ -f "$state" ]; then
    [ "$(was version)" = "$version" ] || stop "An upgrade to $(was version) broke off. Run that one again first."
    if [ "$(was stage)" = started ] && [ "$old" != "$new" ]; then
        rm "$state" # somebody went back to the old version since
    else
        reached=$(was stage) old=$(was old)
        [ "$reached" = preparing ] || [ "$reached" = stopped ] || backup=$(was backup)
        say "The upgrade to $version broke off. It goes on where it was."
    fi
fi
from=$("$old/bin/collector" --version) || stop "The program in $old does not start."
[ "$new" != "$old" ] || stop "$version is the version in use."
[ -n "$reached" ] || [ ! -e "$new" ] || stop "$new is there already. If it is left from an older try: rm -r $new"

if [ -z "$reached" ] || [ "$reached" = preparing ]; then
    reach preparing
    rm -rf "$new"
    say "1 of 6  Preparing $version beside $from, which goes on running."
    constraints=$(dirname "$wheel")/constraints.txt
    [ ! -f "$constraints" ] || export PIP_CONSTRAINT="$constraints"
    "$python" -m venv "$new" || stop "No virtual environment could be made. Is python3-venv installed?"
    "$new/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel" || stop "$wheel could not be installed."
    "$new/bin/collector" --version >/dev/null || stop "The program in $wheel does not start."
    reached=prepared
fi

if [ "$reached" = prepared ] || [ "$reached" = stopped ]; then
    reach stopped
    say "2 of 6  Stopping. Pages do not answer until step 5."
    "$service" stop collector || stop "The service could not be stopped."
    asked_health && answer=0 || answer=$?
    [ "$answer" = 2 ] || stop "The service was stopped, but something still answers at $health."

    say "3 of 6  Backup: $backup"
    as_owner mkdir -p -m 700 "$COLLECTOR_DATA/backups" || stop "The folder for backups could not be made."
    as_owner "$old/bin/collector" backup "$backup" || stop "The backup failed. Is there room on the disk? Try: df -h"
    reached=saved
fi

if [ "$reached" = saved ]; then
    reach saved
    say "4 of 6  Installing $version and bringing the database up to it."
    point_to "$new"
    as_owner "$link/bin/collector" migrate || stop "The database could not be brought up to $version. It is as it was."
fi

reach started
say "5 of 6  Starting."
"$service" start collector || stop "The new version could not be started. Look at: $service status collector"

say "6 of 6  Health."
healthy || stop "The new version does not answer well at $health. Look at: $service status collector"
trap - EXIT
rm -f "$state"
say "Done: $("$link/bin/collector" --version) instead of $from, which stays in $old in case you want to go back."
