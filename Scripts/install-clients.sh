#!/usr/bin/env bash
# Installs the foreign clients that the acceptance tests run, unmodified from PyPI, into .build/clients.
# pymesos needs http-parser, whose release predates Python 3.11: Debian's python3-http-parser serves it.
set -euo pipefail
cd "$(dirname "$0")/.."

clients=.build/clients
alone="pymesos==0.3.15 addict==2.4.0 six==1.17.0"
with_needs="avmesos==0.4.2"
if [ "$(cat "$clients/installed" 2>/dev/null)" = "$alone $with_needs" ]; then exit 0; fi
echo "installing $alone $with_needs into $clients"
rm -rf "$clients"
install=(/usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$clients")
# shellcheck disable=SC2086
"${install[@]}" --no-deps $alone
# shellcheck disable=SC2086
"${install[@]}" $with_needs
echo "$alone $with_needs" > "$clients/installed"
