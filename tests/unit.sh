#!/usr/bin/env bash
# All tests but the end-to-end tests. Those of the sandbox's own parts that need other programs come with them.
set -euo pipefail
cd "$(dirname "$0")"
source ./progress.sh
# As the sandbox's parts are compiled, so that what they share is compiled once.
export GOFLAGS="'-gcflags=all=-N -l'"

root=github.com/kubecost-cur/kubecost-cur
echo "unit tests"
progress "go test" go test "$root/stacks" "$root/internal/..." $(go list ./... | grep -v /e2e$)
