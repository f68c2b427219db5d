#!/usr/bin/env bash
# Puts what ci/preview.sh wrote on a pull request of GitHub. A comment of an earlier run is changed, and none added:
#
#   ci/comment.sh FILE...
#
# It needs GitHub's command line, gh, and in the environment GH_TOKEN, GH_REPO (owner/name) and PULL_REQUEST (its number).
set -euo pipefail
: "${1:?usage: ci/comment.sh FILE...}" "${GH_REPO:?}" "${PULL_REQUEST:?}"
for file in "$@"; do
	marker=$(head -n 1 "$file")
	if [[ ! $marker =~ ^'<!-- pulumi preview: '[A-Za-z0-9._-]+' -->'$ ]]; then
		echo "$file does not begin with a line of ci/preview.sh: $marker" >&2
		exit 1
	fi
	# Only a comment of the workflows' own account: others may write the marker too.
	earlier=$(gh api --paginate "repos/$GH_REPO/issues/$PULL_REQUEST/comments" \
		--jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id")
	earlier=${earlier%%$'\n'*}
	if [ -n "$earlier" ]; then
		gh api --silent --method PATCH "repos/$GH_REPO/issues/comments/$earlier" --field "body=@$file"
	else
		gh api --silent --method POST "repos/$GH_REPO/issues/$PULL_REQUEST/comments" --field "body=@$file"
	fi
done
