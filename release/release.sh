#!/usr/bin/env bash
# Makes the release of the tag that is checked out, with the tag's section of CHANGELOG.md; with --snapshot, only its files, in dist/.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS= GOWORK=off # a user's Go settings do not change what is released
mkdir -p bin
# Without optimisation: it takes the compiler less time than it would ever save.
go build -C tests/tools/release '-gcflags=all=-N -l' -o "$PWD/bin/goreleaser" github.com/goreleaser/goreleaser/v2
if [ "${1:-}" = --snapshot ]; then
	shift
	exec bin/goreleaser release --snapshot --clean "$@"
fi
version=$(git describe --tags --exact-match)
notes=$(mktemp)
awk -v heading="## [${version#v}]" 'index($0, "## [") == 1 { inside = index($0, heading) == 1; next } inside' CHANGELOG.md >"$notes"
if ! grep -q '[^[:space:]]' "$notes"; then
	echo "CHANGELOG.md has no section ## [${version#v}]" >&2
	exit 1
fi
exec bin/goreleaser release --clean --release-notes "$notes"
