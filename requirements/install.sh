#!/bin/sh
# Install exactly what the lock names, each file checked against its hash. uv does it in seconds; where uv has no
# build for the machine, pip does the same, slower.
set -eu
python=$1 venv=$2
here=$(dirname "$0")
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "E-Hospital needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Try: make setup PYTHON=python3.12" >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
if [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$here/uv.txt"; then
    VIRTUAL_ENV="$venv" "$venv/bin/uv" --system-certs pip sync -q --require-hashes --python "$venv/bin/python" "$here/dev.txt" "$here/uv.txt"
    VIRTUAL_ENV="$venv" "$venv/bin/uv" --system-certs pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e "$here/.."
else
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$here/dev.txt"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e "$here/.."
fi
