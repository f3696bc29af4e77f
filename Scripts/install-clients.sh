#!/usr/bin/env bash
# Installs the foreign clients that the acceptance tests run, unmodified from PyPI, into .build/clients.
# pymesos needs http-parser, whose release predates Python 3.11: Debian's python3-http-parser serves it.
# avmesos-cli has modules of the same names as avmesos, so it gets a folder of its own; of what it asks for, most is for
# building it, and what avmesos needs too is there already. Its later releases need Python 3.12.
set -euo pipefail
cd "$(dirname "$0")/.."

clients=.build/clients
alone="pymesos==0.3.15 addict==2.4.0 six==1.17.0 mae==1.0.11"
with_needs="avmesos==0.4.2"
command_line="avmesos-cli==1.0.0 docopt==0.6.2 tenacity==9.2.1 toml==0.10.2 ujson==6.1.0"
if [ "$(cat "$clients/installed" 2>/dev/null)" = "$alone $with_needs $command_line" ]; then exit 0; fi
echo "installing $alone $with_needs $command_line into $clients"
rm -rf "$clients"
install=(/usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore)
# shellcheck disable=SC2086
"${install[@]}" --target "$clients" --no-deps $alone
# shellcheck disable=SC2086
"${install[@]}" --target "$clients" $with_needs
# shellcheck disable=SC2086
"${install[@]}" --target "$clients/avmesos-cli" --no-deps $command_line
echo "$alone $with_needs $command_line" > "$clients/installed"
