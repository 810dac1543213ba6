#!/bin/sh
# Write the lock files: exact versions and hashes, for every supported Python, and no addresses.
#
#   tools/lock.sh UV [further options of "uv pip compile", such as --upgrade]
#
# The widest set is solved first and constrains the others, so that all agree. One version of
# each package serves every Python (--fork-strategy fewest), so that results do not depend on it.
set -eu

uv=$1
shift

compile() {
    target=$1
    shift
    # The groups named here come on top of the runtime dependencies.
    "$uv" pip compile --quiet pyproject.toml "$@" \
        --universal --python-version 3.11 --fork-strategy fewest --only-binary :all: \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "$target" >/dev/null
    if grep -nE '://|^ *-(i|f|-index|-extra-index|-find-links|-trusted)' "$target"; then
        echo "tools/lock.sh: $target must not hold addresses, but has the lines above" >&2
        exit 1
    fi
}

mkdir -p requirements
compile requirements/dev.lock --group build --group test --group quality --group docs "$@"
compile requirements/test.lock --group build --group test --constraints requirements/dev.lock "$@"
compile requirements/run.lock --group build --constraints requirements/dev.lock "$@"
compile requirements/peers.lock --group build --group peers --constraints requirements/dev.lock "$@"
