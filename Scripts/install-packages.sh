#!/usr/bin/env bash
# Installs the Debian packages of Packages.debian that are missing. Arguments: the purposes to install for.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for purpose in "$@"; do
    while read -r package; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || missing+=("$package")
    done < <(awk -v purpose="$purpose" '$1 == purpose { print $2 }' Packages.debian)
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
    echo "These Debian packages, or what they are called on your system, are needed: ${missing[*]}" >&2
    exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "Run this as root, or install: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi
echo "installing Debian packages: ${missing[*]}"
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
