#!/usr/bin/env bash
# All tests but the end-to-end tests. What the sandbox runs is got first: some tests run it too. Those parts of
# it that are more than an assembly of others are modules with tests of their own.
set -euo pipefail
cd "$(dirname "$0")"
source ./progress.sh
# As the sandbox's parts are compiled, so that what they share is compiled once.
export GOFLAGS="'-gcflags=all=-N -l'"

root=github.com/kubecost-cur/kubecost-cur
echo "unit tests"
go run ./cmd/sandbox parts
# `go test` takes a result from its cache if nothing of this module changed; with this, it looks at the pages too.
DOCS_SUM=$(cd .. && git ls-files --cached --others --exclude-standard -- '*.md' '*.yaml' Makefile ci examples internal/doctor | xargs cat 2>/dev/null | cksum || true)
export DOCS_SUM
progress "go test" go test "$root/stacks" "$root/internal/..." "$root/plugin/..." $(go list ./... | grep -Ev '/(e2e|policypack|release)$')
# What these check lies outside of this module, so that Go would not see that it has changed.
progress "policypack: go test" go test -count=1 ./policypack
progress "release: a snapshot for this machine" go test -count=1 -timeout 60m ./release

cd ../cmd/kubecost-cur
progress "kubecost-cur: go test" go test ./...
cd - >/dev/null

for part in awsprovider kubeplugin; do
	cd "parts/$part"
	progress "$part: go vet" go vet ./...
	progress "$part: staticcheck" ../../../.sandbox/bin/staticcheck ./...
	progress "$part: go test" go test ./...
	cd - >/dev/null
done
