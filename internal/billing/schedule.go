package billing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// scheduleField is one of the six fields of a cron expression of Glue.
type scheduleField struct {
	name     string
	from, to int
	names    []string       // that stand for from, from+1, …
	special  *regexp.Regexp // what the field takes besides values; nil for nothing
}

var (
	months   = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}

	scheduleFields = []scheduleField{
		{"minutes", 0, 59, nil, nil},
		{"hours", 0, 23, nil, nil},
		{"day of month", 1, 31, nil, regexp.MustCompile(`^(L|LW|([1-9]|[12][0-9]|3[01])W)$`)},
		{"month", 1, 12, months, nil},
		{"day of week", 1, 7, weekdays, regexp.MustCompile(`^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$`)},
		{"year", 1970, 2199, nil, nil},
	}
	schedule = regexp.MustCompile(`^cron\(([0-9A-Za-z,*/?# -]*)\)$`)
)

// CheckSchedule returns an error for a string that is no cron expression of Glue: cron(minutes hours day-of-month month day-of-week
// year), in UTC, of which one of the days is ?.
// Source: https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
func CheckSchedule(expression string) error {
	m := schedule.FindStringSubmatch(expression)
	if m == nil {
		return fmt.Errorf("a schedule is cron(minutes hours day-of-month month day-of-week year), such as cron(0 2 * * ? *)")
	}
	fields := strings.Fields(m[1])
	if len(fields) != len(scheduleFields) {
		return fmt.Errorf("a schedule has 6 fields, minutes hours day-of-month month day-of-week year; here are %d", len(fields))
	}
	const day, weekday = 2, 4
	if (fields[day] == "?") == (fields[weekday] == "?") {
		return fmt.Errorf("of day-of-month and day-of-week exactly one is ?")
	}
	for i, field := range scheduleFields {
		if fields[i] == "?" && (i == day || i == weekday) {
			continue
		}
		for item := range strings.SplitSeq(fields[i], ",") {
			if !field.takes(item) {
				return fmt.Errorf("%q is no %s: values are %d to %d, * for all, a-b for a range, /n for steps", item, field.name, field.from, field.to)
			}
		}
	}
	return nil
}

// takes says whether an item of a list is one of the field's: a value, a range or *, each of the last two with a step perhaps.
func (f scheduleField) takes(item string) bool {
	item = strings.ToUpper(item)
	if f.special != nil && f.special.MatchString(item) {
		return true
	}
	values, step, stepped := strings.Cut(item, "/")
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 || n > f.to {
			return false
		}
	}
	if values == "*" {
		return true
	}
	from, to, ranged := strings.Cut(values, "-")
	first, ok := f.value(from)
	if !ok || !ranged {
		return ok
	}
	last, ok := f.value(to)
	return ok && first <= last
}

// value is a number of the field, or what a name of it stands for.
func (f scheduleField) value(text string) (int, bool) {
	if i := slices.Index(f.names, text); i >= 0 {
		return f.from + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.from && n <= f.to
}
