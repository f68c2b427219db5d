package doctor

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// logStatus is what a log of Kubecost says of reading bills.
type logStatus struct {
	created  bool    // a bill was found in the secret
	progress bool    // complete was seen
	complete float64 // percent of the first reading, as Kubecost 1 tells it
	built    bool    // the first reading is done, as Kubecost 2 and later tell it
	err      string  // the newest failure that is not expected
}

var (
	completeLine = regexp.MustCompile(`\(([0-9]+(?:\.[0-9]+)?) complete\)`)
	createdLine  = regexp.MustCompile(`IngestionManager: creating integration with key|Adding AWS Provider to map with key`)
	builtLine    = regexp.MustCompile(`ingestor: build\[[^\]]*\]: completed in|Build\[[^\]]*\]:\s+completed`)
	failedLine   = regexp.MustCompile(`ingestor: (?:build|run) ?(?:\[[^\]]*\])?:? ?failed|build failed for window|StartQueryExecution failed|query execution \S+ ended in state FAILED|AssumeRole: failed|QueryAthenaPaginated: |MultiCloudWatcher: Error|cannot unmarshal`)
)

// expected are lines of level ERR that every installation has which is told of the bill by the secret alone: an older part of
// Kubecost looks for reservations by settings of its own.
// Source: Kubecost's guide, section Validation; OpenCost, pkg/cloud/aws/provider.go.
var expected = regexp.MustCompile(`no reservation data available in Athena|athena configuration incomplete|No Athena Bucket configured|` +
	`Failed to lookup (?:reserved instance|savings plan) data|failed to load range from back ?up .*file does not exist`)

// readLog reads the lines of a log, the oldest first. A failure counts until the reading goes on after it.
func readLog(log string) logStatus {
	var l logStatus
	for line := range strings.Lines(log) {
		switch {
		case expected.MatchString(line):
		case completeLine.MatchString(line):
			l.progress = true
			l.complete, _ = strconv.ParseFloat(completeLine.FindStringSubmatch(line)[1], 64)
			l.err = ""
		case builtLine.MatchString(line):
			l.built, l.err = true, ""
		case createdLine.MatchString(line):
			l.created = true
		case failedLine.MatchString(line):
			l.err = strings.TrimSpace(line)
		}
	}
	return l
}

// barWidth is the width of a progress bar in characters.
const barWidth = 30

// progressBar is how far the first reading is.
func progressBar(percent float64) string {
	full := int(percent / 100 * barWidth)
	full = max(0, min(full, barWidth))
	return fmt.Sprintf("%s%s %.1f complete", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), percent)
}
