#!/bin/sh
# Sets up what is missing, then runs the program: `sh run.sh`, `sh run.sh --help`, `sh run.sh render -o city.png`.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
sh "$root/setup.sh"
exec "$root/.venv/bin/megastructure" "$@"
