#!/usr/bin/env bash
# Formatting, go vet and staticcheck over the modules, the first two from the folder of the second: so both are compiled with the same
# versions of what they share, once. Then the workflows and the scripts.
set -euo pipefail
cd "$(dirname "$0")"
source ./progress.sh
# As the sandbox's parts are compiled, so that what they share is compiled once.
export GOFLAGS="'-gcflags=all=-N -l'"

root=github.com/kubecost-cur/kubecost-cur
echo "lint"
unformatted=$(cd .. && git ls-files '*.go' | xargs gofmt -l)
if [ -n "$unformatted" ]; then
	echo "not formatted with gofmt:"
	echo "$unformatted"
	exit 1
fi
packages=("$root" "$root/components" "$root/stacks" "$root/internal/..." "$root/plugin/..." ./...)
progress "go vet" go vet "${packages[@]}"
staticcheck=$(cd .. && pwd)/.sandbox/bin/staticcheck
progress "building staticcheck" go build -modfile=tools/go.mod -o "$staticcheck" honnef.co/go/tools/cmd/staticcheck
progress "staticcheck" "$staticcheck" "${packages[@]}"

cd ../cmd/kubecost-cur
progress "kubecost-cur: go vet" go vet ./...
progress "kubecost-cur: staticcheck" "$staticcheck" ./...

cd ../../examples/go
progress "examples/go: go vet" go vet ./...
progress "examples/go: staticcheck" "$staticcheck" ./...

cd ../..
actionlint=$PWD/.sandbox/bin/actionlint
progress "building actionlint" go build -C tests -modfile=tools/go.mod -o "$actionlint" github.com/rhysd/actionlint/cmd/actionlint
progress "actionlint" "$actionlint" -shellcheck= -pyflakes=
for script in $(git ls-files '*.sh' .ci/run); do
	bash -n "$script"
done
