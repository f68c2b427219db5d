#!/usr/bin/env bash
# Fuzzes every target, FUZZTIME (60s) each, as many at a time as there are cores. FUZZ is a pattern of targets: FUZZ=Policy. What is found
# is kept in the package's testdata/fuzz, where `make test` runs it from then on; then this fails, once all targets are through.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/progress.sh
time=${FUZZTIME:-60s}
jobs=${FUZZJOBS:-$(getconf _NPROCESSORS_ONLN)}
root=$PWD
out=$root/.sandbox/fuzz
mkdir -p "$out/bin" "$out/log" "$out/cache"
rm -f "$out"/log/*

# compile PACKAGE [FLAG]: the package's tests as one program. With coverage, which leads the fuzzer, it is not shared with the tests.
compile() {
	local package=$1 program=$out/bin/${1//\//_}.test
	shift
	(cd "$package" && go test -c -o "$program" "$@" .)
}

# fuzz PACKAGE TARGET: one worker, so that each target has a core of its own. An input is made smaller for 100 ms, not for Go's minute, in
# which the worker does nothing else. It is ended by an interrupt: -test.fuzztime sometimes reports its own deadline as a failure
# (https://go.dev/issue/75804, mended in Go 1.27).
fuzz() {
	local package=$1 target=$2 log=$out/log/${1//\//_}.$2 status=0 execs
	(cd "$root/$package" && timeout --foreground --preserve-status --signal INT "$time" "$out/bin/${package//\//_}.test" -test.run '^$' \
		-test.fuzz "^$target\$" -test.parallel 1 -test.fuzzminimizetime 100ms -test.fuzzcachedir "$out/cache/$package") >"$log" 2>&1 || status=$?
	execs=$(grep -oE 'execs: [1-9][0-9]*' "$log" | tail -1)
	if [ "$status" = 0 ] && [ -n "$execs" ]; then # none at all is a target that hangs
		echo "  ok    $package $target: $execs"
		return
	fi
	echo "  FOUND $package $target:"
	sed 's/^/        /' "$log"
	return 1
}

packages=$(grep -rlE '^func Fuzz' --include='*_test.go' internal stacks tests cmd | xargs -n1 dirname | sort -u)
queue=()
for package in $packages; do
	targets=$(grep -hoE '^func Fuzz\w+' "$package"/*_test.go | cut -d' ' -f2 | grep -E "${FUZZ:-.}" || true)
	test -n "$targets" || continue
	case $package in
	# Compiled with coverage, AWS's SDK for Pulumi alone takes many minutes.
	stacks | tests/graph) GOFLAGS="'-gcflags=all=-N -l'" progress "compiling $package" compile "$package" ;;
	*) GOFLAGS='' progress "compiling $package" compile "$package" -fuzz . ;;
	esac
	for target in $targets; do queue+=("$package $target"); done
done

echo "fuzzing ${#queue[@]} targets, $time each, $jobs at a time"
export root out time
export -f fuzz
found=0
printf '%s\n' "${queue[@]}" | xargs -P "$jobs" -L 1 bash -c 'fuzz "$@"' fuzz || found=$?
if [ "$found" != 0 ]; then
	echo "inputs that fail; commit them with the fix:"
	git status --porcelain --untracked-files=all -- '*/testdata/fuzz/*'
	exit 1
fi
