package billing

import (
	"fmt"
	"strings"
	"time"
)

// InMonths is the SQL condition, by partition, for the months from that of one time to that of another, so that Athena scans no other
// month. It compares as Kubecost does: with text, and months without a leading zero.
// Source: OpenCost, pkg/cloud/aws/athenaintegration.go.
func (r Report) InMonths(first, last time.Time) string {
	var months []string
	first, last = first.UTC(), last.UTC()
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); !m.After(last); m = m.AddDate(0, 1, 0) {
		if r.Version == Version2 {
			months = append(months, fmt.Sprintf("%s = '%s'", periodKey, m.Format("2006-01")))
		} else {
			months = append(months, fmt.Sprintf("(year = '%d' AND month = '%d')", m.Year(), m.Month()))
		}
	}
	return strings.Join(months, " OR ")
}
