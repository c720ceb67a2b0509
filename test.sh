#!/bin/sh
# Sets up what is missing, the tests' tools and screen included, then runs the tests: `sh test.sh`, `sh test.sh -k shell`.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
sh "$root/setup.sh" test
cd "$root"
exec .venv/bin/python -m pytest "$@"
