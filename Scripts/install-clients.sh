#!/usr/bin/env bash
# Installs the foreign clients that the acceptance tests run, unmodified from PyPI, into .build/clients.
# pymesos needs http-parser, whose release predates Python 3.11: Debian's python3-http-parser serves it.
set -euo pipefail
cd "$(dirname "$0")/.."

clients=.build/clients
wanted="pymesos==0.3.15 addict==2.4.0 six==1.17.0"
if [ "$(cat "$clients/installed" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
echo "installing $wanted into $clients"
rm -rf "$clients"
# shellcheck disable=SC2086
/usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$clients" $wanted
echo "$wanted" > "$clients/installed"
