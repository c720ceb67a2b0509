#!/bin/sh
# Renews the two lock files (exact versions and hashes for Python 3.11 to 3.14) from pyproject.toml: `sh lock.sh [--upgrade]`.
set -eu
cd "$(dirname -- "$0")"
sh setup.sh
compile() {
    .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml "$@"
}
compile --group build -o requirements.lock "${@}"
compile --group dev -c requirements.lock -o requirements-dev.lock "${@}"
