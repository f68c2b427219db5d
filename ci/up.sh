#!/usr/bin/env bash
# Brings stacks up, one after the other, from the folder of their Pulumi.yaml; the payer's before the primary's:
#
#   ci/up.sh STACK...
#
# Each is previewed again before anything is changed. The first that fails ends it.
set -euo pipefail
: "${1:?usage: ci/up.sh STACK...}"
for stack in "$@"; do
	pulumi up --stack "$stack" --yes --diff --non-interactive --color never
done
