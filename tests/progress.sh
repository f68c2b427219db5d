# Sourced by the scripts here. `progress WHAT COMMAND...` runs a command and says every 15 seconds that it still does.
progress() {
	local what=$1 began=$SECONDS status=0
	shift
	echo "  $what"
	"$@" &
	local command=$!
	while kill -0 "$command" 2>/dev/null; do
		for _ in {1..150}; do
			kill -0 "$command" 2>/dev/null || break 2
			sleep 0.1
		done
		echo "  still: $what, $((SECONDS - began)) s"
	done
	wait "$command" || status=$?
	echo "  $what: $((SECONDS - began)) s"
	return "$status"
}
