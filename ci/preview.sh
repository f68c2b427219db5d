#!/usr/bin/env bash
# Previews a stack, from the folder of its Pulumi.yaml, and writes the difference as Markdown for a pull request:
#
#   ci/preview.sh STACK [FILE]
#
# It ends as `pulumi preview` does: 0, or not 0 if the preview failed. FILE, preview-STACK.md unless given, is written either way.
# Its first line is a marker by which ci/comment.sh finds the comment of an earlier run. Secrets are masked by Pulumi itself.
set -uo pipefail
stack=${1:?usage: ci/preview.sh STACK [FILE]}
file=${2:-preview-${stack##*/}.md}
# GitHub takes 65,536 characters for a comment. Bytes are counted, which are never fewer.
limit=60000

said=$(mktemp)
trap 'rm -f "$said"' EXIT
pulumi preview --stack "$stack" --diff --non-interactive --color never 2>&1 | tee "$said"
status=${PIPESTATUS[0]}

result=succeeded
((status == 0)) || result="**failed**, exit code $status"
# A fence longer than any in the text, so that nothing gets out of it.
longest=$(grep -o '``*' "$said" | LC_ALL=C awk '{ if (length > most) most = length } END { print most + 0 }')
fence=$(printf '`%.0s' $(seq $((longest < 3 ? 3 : longest + 1))))
{
	echo "<!-- pulumi preview: ${stack##*/} -->"
	echo "### Stack \`${stack##*/}\`: preview $result"
	echo
	sed -n '/^Resources:/,/^$/p' "$said" | sed -n '2,/^$/s/^ *\(..*\)/- \1/p'
	echo
	echo "<details><summary>difference</summary>"
	echo
	echo "${fence}diff"
	LC_ALL=C awk -v limit=$limit '
		left || size + length + 1 > limit { left++; next }
		{ size += length + 1; print }
		END { if (left) print "... " left " more lines are in the log of the job" }' "$said"
	echo "$fence"
	echo
	echo "</details>"
} >"$file"
exit "$status"
