#!/bin/sh
# The browser tests need Chromium and Noto fonts. As root on Debian they are installed; otherwise this says what to do.
set -eu
fonts() { fc-list 2>/dev/null | grep -q 'Noto Nastaliq Urdu'; }
chromium() { command -v chromium >/dev/null 2>&1; }
if chromium && fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium and Noto fonts ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fontconfig >/dev/null
elif [ "${CI:-}" = true ]; then
    echo "Chromium and fonts-noto-core are needed: apt-get install chromium fonts-noto-core" >&2
    exit 1
else
    echo "Without Chromium the browser tests are left out. To run them: apt-get install chromium fonts-noto-core"
fi
