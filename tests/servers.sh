#!/usr/bin/env bash
# Installs what is missing of the real servers and tools that the tests use, and starts none of
# them. Where it can not, it says what to install and ends with 1.
#
#   bash tests/servers.sh
set -euo pipefail

# Command and Debian package.
readonly NEEDED="
nginx     nginx-light
haproxy   haproxy
mariadbd  mariadb-server
postgres  postgresql
wrk       wrk
jq        jq
curl      curl
"

# Daemons live outside of a user's PATH.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# PostgreSQL has a folder for each version.
is_here() {
    command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing_packages() {
    local command package
    while read -r command package; do
        [ -z "$command" ] || is_here "$command" || echo "$package"
    done <<<"$NEEDED"
}

# What a package's installation may start is decided by this file: 101 forbids it.
readonly POLICY=/usr/sbin/policy-rc.d
made_policy=

forbid_starting() {
    [ ! -e "$POLICY" ] || return 0
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

allow_starting() {
    [ -z "$made_policy" ] || rm -f "$POLICY"
}

install_packages() {
    trap allow_starting EXIT
    forbid_starting
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    # Not now, and not at the next boot either.
    if [ -d /run/systemd/system ]; then
        systemctl disable --quiet nginx haproxy mariadb postgresql 2>/dev/null || true
    fi
}

main() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "the tests need programs that are not here: install the packages ${missing}(names of Debian), or run this as root where apt-get is" >&2
        return 1
    fi
    # shellcheck disable=SC2086
    install_packages $missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -z "$missing" ] || { echo "still not here after the installation: $missing" >&2; return 1; }
}

main
