#!/usr/bin/env bash
# Fuzzes every target, one after the other, FUZZTIME (60s) each. What is found is kept in the package's testdata/fuzz, where
# `make test` runs it from then on. FUZZ is a pattern of targets: FUZZ=Policy.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-60s}
# Compiled with coverage, which leads the fuzzer: not shared with the tests.
unset GOFLAGS

targets() { grep -hoE '^func Fuzz\w+' "$1"/*_test.go | cut -d' ' -f2 | grep -E "${FUZZ:-.}" || true; }

packages=$(grep -rlE '^func Fuzz' --include='*_test.go' internal | xargs -n1 dirname | sort -u)
for package in $packages; do
	for target in $(targets "$package"); do
		echo "$package $target, $time"
		go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done

# The resource graph is fuzzed without coverage: compiled with it, AWS's SDK for Pulumi alone takes many minutes.
cd tests
mkdir -p ../.sandbox/bin
for target in $(targets graph); do
	echo "tests/graph $target, $time"
	test -n "${built:-}" || GOFLAGS="'-gcflags=all=-N -l'" go test -c -o ../.sandbox/bin/graph.test ./graph
	built=yes
	(cd graph && ../../.sandbox/bin/graph.test -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzcachedir ../../.sandbox/fuzz)
done
