#!/usr/bin/env bash
# Asks the doctor whether Kubecost gets the bill, after both stacks have come up:
#
#   ci/doctor.sh PAYER_STACK PRIMARY_STACK [FLAGS]
#
# Flags are those of `kubecost-cur doctor`, such as --payer-profile and --kubeconfig. KUBECOST_CUR is its program; unless that is
# set, it is built. It ends with 0 if all is well or only still to come, as the first report is for 24 hours; else as the doctor.
set -euo pipefail
payer=${1:?usage: ci/doctor.sh PAYER_STACK PRIMARY_STACK [FLAGS]}
primary=${2:?usage: ci/doctor.sh PAYER_STACK PRIMARY_STACK [FLAGS]}
shift 2
if [ -z "${KUBECOST_CUR:-}" ]; then
	KUBECOST_CUR=$PWD/bin/kubecost-cur-doctor
	go build -C "$(dirname "$0")/../cmd/kubecost-cur" -o "$KUBECOST_CUR" .
fi
waiting=2 # of the doctor's exit codes
status=0
"$KUBECOST_CUR" doctor --payer-stack "$payer" --primary-stack "$primary" "$@" || status=$?
if ((status == waiting)); then
	echo "nothing is broken, and something is still to come: ask again later"
	status=0
fi
exit "$status"
