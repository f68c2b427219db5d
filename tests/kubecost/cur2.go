package kubecost

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// tagMap is the column in which CUR 2.0 has all tags. OpenCost tells by it which of the two a table is of; clients before its
// version 1.120 ask for the legacy report whatever the table is.
// Source: https://github.com/opencost/opencost/pull/3653
const tagMap = "resource_tags"

// isCUR2 says whether a table with these columns is of CUR 2.0.
func isCUR2(columns []string) bool { return slices.Contains(columns, tagMap) }

// tagMapSQL is the tags as one text, by which costs are told apart too.
const tagMapSQL = "CAST(" + tagMap + " AS JSON)"

// tagSQL is the value of one tag, by the column that a legacy report has for it.
func tagSQL(column string) string {
	return "element_at(" + tagMap + ", '" + strings.TrimPrefix(column, anyTag) + "')"
}

// billingPeriods are those of every month from one date to another.
func billingPeriods(from, to time.Time) string {
	var months []string
	for month := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !month.After(to); month = month.AddDate(0, 1, 0) {
		months = append(months, fmt.Sprintf("billing_period = '%s'", month.Format("2006-01")))
	}
	return strings.Join(months, " OR ")
}

// addTags reads the tags of a CUR 2.0 row by the names that Kubecost shows: a user's by its own name, AWS's with aws_ before it.
// Source: https://github.com/opencost/opencost/pull/4036
func addTags(tags map[string]string, text string) error {
	if text == "" {
		return nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return fmt.Errorf("reading the tags %s: %w", text, err)
	}
	for key, value := range all {
		if value != "" {
			tags[strings.TrimPrefix(key, "user_")] = value
		}
	}
	return nil
}
