#!/usr/bin/env bash
# Makes a snapshot of a release for all its platforms, and tests it.
set -euo pipefail
cd "$(dirname "$0")"
source ./progress.sh
# As in unit.sh.
export GOFLAGS="'-gcflags=all=-N -l'"
RELEASE_PLATFORMS=all progress "release: a snapshot for Linux and macOS" go test -count=1 -timeout 60m ./release
