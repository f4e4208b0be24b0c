#!/bin/sh
# Solve the dependencies anew. No file names the registry: whoever installs uses their own.
set -eu
uv=$1
here=$(dirname "$0")
solve() { "$uv" --system-certs pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@"; }
solve "$here/../pyproject.toml" --output-file "$here/product.txt"
solve "$here/../pyproject.toml" --group "$here/../pyproject.toml:dev" --output-file "$here/dev.txt"
printf 'uv\n' | solve - --output-file "$here/uv.txt"
