#!/usr/bin/env bash
# Asks whether what is there is still what the program makes, from the folder of its Pulumi.yaml. It changes nothing, not even the
# state:
#
#   ci/drift.sh STACK...
#
# It ends with 0 if nothing differs, with 2 if something does (changed by hand, or merged and not brought up), and else with 1.
set -uo pipefail
: "${1:?usage: ci/drift.sh STACK...}"
# What kubectl has changed is shown as a difference, and not as a conflict.
export PULUMI_K8S_ENABLE_PATCH_FORCE=true
differs=7 # what Pulumi ends with if --expect-no-changes is not met
drifted=()
for stack in "$@"; do
	status=0
	pulumi preview --stack "$stack" --refresh --expect-no-changes --diff --non-interactive --color never || status=$?
	case $status in
	0) echo "stack $stack: no drift" ;;
	"$differs") drifted+=("$stack") ;;
	*)
		echo "stack $stack: its drift could not be told: pulumi ended with $status" >&2
		exit 1
		;;
	esac
done
if ((${#drifted[@]})); then
	echo "drift in: ${drifted[*]}. To make it again what the program says: pulumi up --refresh --stack ${drifted[0]}" >&2
	exit 2
fi
