#!/bin/sh
# Make requirements.lock anew: every Python package for x86_64 and arm64, with hashes; what runs,
# what the tests need, and the two tools of set-up. Needs uv. Run in the checkout.
set -eu
cd "$(dirname "$0")/../.."
{
    echo "# Every Python package, pinned with its hashes. Made by server/setup/lock.sh."
    printf 'uv\nnodejs-wheel-binaries>=22\n' | uv pip compile pyproject.toml - --extra dev --quiet \
        --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
} >requirements.lock.new
mv requirements.lock.new requirements.lock
