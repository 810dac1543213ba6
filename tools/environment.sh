#!/bin/sh
# Make sure that a virtual environment holds exactly what a lock file says, with this project in it.
#
#   tools/environment.sh PYTHON DIRECTORY LOCK
#
# A stamp in the directory records what it was made from: the Python, the place of the checkout, the
# lock and pyproject.toml. If any of these differs, the directory is made afresh; so nothing left over
# on a machine can matter.
set -eu

python=$1
directory=$2
lock=$3

fail() {
    echo "bellpush: $1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "there is no '$python' here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12"

# Written for any Python, since its first task is to turn away the old ones.
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, but '$python' is $("$python" -V 2>&1). Name a newer one: make PYTHON=python3.12"

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "'$python' cannot make virtual environments: its modules venv and ensurepip are needed. On Debian and Ubuntu: apt-get install python3-venv"

stamp=$("$python" - "$lock" pyproject.toml <<'END'
import hashlib, os, sys

key = hashlib.sha256(repr((sys.version, os.path.realpath(sys.executable), os.getcwd())).encode())
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        key.update(hashlib.sha256(file.read()).digest())
print(key.hexdigest())
END
)

if [ "$(cat "$directory/stamp" 2>/dev/null)" = "$stamp" ] && "$directory/bin/python" -c 'import pip' 2>/dev/null; then
    exit 0
fi

echo "bellpush: setting up $directory from $lock"
rm -rf "$directory"
"$python" -m venv "$directory"
# Twice quiet: errors show, warnings about someone's index settings do not.
pip() {
    "$directory/bin/python" -m pip -qq --disable-pip-version-check "$@"
}
pip install --require-hashes --only-binary :all: -r "$lock"
pip install --no-deps --no-build-isolation --no-index --editable .
# Installed packages come compiled; where Python is told to write no bytecode, the project would be compiled anew at
# every start.
"$directory/bin/python" -m compileall -q src/bellpush
echo "$stamp" >"$directory/stamp"
