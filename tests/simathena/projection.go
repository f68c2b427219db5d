package simathena

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// projected says whether Athena works out the table's partitions by itself.
func (t *table) projected() bool {
	return len(t.PartitionKeys) > 0 && strings.EqualFold(t.Parameters["projection.enabled"], "true")
}

// projectedLocation is where a projected partition's files are: by the table's template, or in Hive's layout.
func (t *table) projectedLocation(values []string) string {
	location := t.Parameters["storage.location.template"]
	if location == "" {
		location = strings.TrimSuffix(t.StorageDescriptor.Location, "/")
		for _, key := range t.PartitionKeys {
			location += "/" + key.Name + "=${" + key.Name + "}"
		}
	}
	for i, key := range t.PartitionKeys {
		location = strings.ReplaceAll(location, "${"+key.Name+"}", values[i])
	}
	return location
}

// projection is the values of one projected partition key. An injected key has those that the condition compares it with.
func (t *table) projection(key string, condition node, now time.Time) ([]string, error) {
	setting := func(name string) string { return strings.TrimSpace(t.Parameters["projection."+key+"."+name]) }
	refuse := func(format string, args ...any) error {
		return failed("INVALID_TABLE_PROPERTY", "Table %s has an invalid projection of column %s: %s", t.Name, key, fmt.Sprintf(format, args...))
	}
	var values []string
	var err error
	switch kind := strings.ToLower(setting("type")); kind {
	case "enum":
		for value := range strings.SplitSeq(setting("values"), ",") {
			values = append(values, strings.TrimSpace(value))
		}
	case "integer":
		values, err = integers(setting("range"), setting("interval"), setting("digits"))
	case "date":
		values, err = dates(setting("range"), setting("format"), setting("interval"), setting("interval.unit"), now)
	case "injected":
		var ok bool
		if values, ok = constants(condition, key); !ok {
			return nil, failed("CONSTRAINT_VIOLATION", "For the injected projected partition column %s, the WHERE clause must contain only "+
				"static equality conditions, and at least one such condition must be present.", key)
		}
	default:
		return nil, refuse("unknown type %q", kind)
	}
	if err != nil {
		return nil, refuse("%v", err)
	}
	return values, nil
}

func bounds(span string) (from, to string, err error) {
	from, to, ok := strings.Cut(span, ",")
	if !ok {
		return "", "", fmt.Errorf("range %q is not two values", span)
	}
	return strings.TrimSpace(from), strings.TrimSpace(to), nil
}

func step(interval string) (int, error) {
	if interval == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(interval)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("interval %q is not a positive number", interval)
	}
	return n, nil
}

// integers have no leading zeros, unless a number of digits is set.
func integers(span, interval, digits string) ([]string, error) {
	first, last, err := bounds(span)
	if err != nil {
		return nil, err
	}
	by, err := step(interval)
	if err != nil {
		return nil, err
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return nil, fmt.Errorf("range %q: %w", span, err)
	}
	to, err := strconv.Atoi(last)
	if err != nil {
		return nil, fmt.Errorf("range %q: %w", span, err)
	}
	width := 0
	if digits != "" {
		if width, err = strconv.Atoi(digits); err != nil {
			return nil, fmt.Errorf("digits %q: %w", digits, err)
		}
	}
	var values []string
	for n := from; n <= to; n += by {
		values = append(values, fmt.Sprintf("%0*d", width, n))
	}
	return values, nil
}

// dates are from one bound to the other, printed in a format of Java's.
func dates(span, format, interval, unit string, now time.Time) ([]string, error) {
	first, last, err := bounds(span)
	if err != nil {
		return nil, err
	}
	by, err := step(interval)
	if err != nil {
		return nil, err
	}
	layout := javaLayout.Replace(format)
	from, err := instant(first, layout, now)
	if err != nil {
		return nil, err
	}
	to, err := instant(last, layout, now)
	if err != nil {
		return nil, err
	}
	if unit == "" {
		unit = "DAYS"
		if !strings.Contains(format, "dd") {
			unit = "MONTHS"
		}
	}
	var values []string
	for n := 0; ; n += by {
		at, err := after(from, n, unit)
		if err != nil {
			return nil, err
		}
		if at.After(to) {
			return values, nil
		}
		values = append(values, at.Format(layout))
	}
}

var (
	javaLayout = strings.NewReplacer("yyyy", "2006", "yy", "06", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05", "'", "")
	relative   = regexp.MustCompile(`^NOW(?:\s*([+-])\s*(\d+)\s*([A-Z]+?)S?)?$`)
)

// instant reads a bound of a range of dates: a date in the format, or NOW with an offset.
func instant(bound, layout string, now time.Time) (time.Time, error) {
	m := relative.FindStringSubmatch(strings.ToUpper(bound))
	if m == nil {
		t, err := time.Parse(layout, bound)
		if err != nil {
			return t, fmt.Errorf("range: %w", err)
		}
		return t, nil
	}
	now = now.UTC()
	if m[1] == "" {
		return now, nil
	}
	n, err := strconv.Atoi(m[1] + m[2])
	if err != nil {
		return now, fmt.Errorf("range %q: %w", bound, err)
	}
	return after(now, n, m[3]+"S")
}

func after(t time.Time, n int, unit string) (time.Time, error) {
	switch strings.ToUpper(unit) {
	case "YEARS":
		return t.AddDate(n, 0, 0), nil
	case "MONTHS":
		return t.AddDate(0, n, 0), nil
	case "WEEKS":
		return t.AddDate(0, 0, 7*n), nil
	case "DAYS":
		return t.AddDate(0, 0, n), nil
	case "HOURS":
		return t.Add(time.Duration(n) * time.Hour), nil
	case "MINUTES":
		return t.Add(time.Duration(n) * time.Minute), nil
	case "SECONDS":
		return t.Add(time.Duration(n) * time.Second), nil
	}
	return t, fmt.Errorf("unknown unit %q", unit)
}
