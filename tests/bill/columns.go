package bill

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Column is a column of the delivered files: AWS's name for it (lineItem/UsageStartDate) and what it holds.
type Column struct {
	Attribute string
	Kind      Kind
	value     func(LineItem) any // string, float64, time.Time or map[string]string; nil for NULL
}

// Kind is what a column of the delivered files holds.
type Kind int

// All of a report is text, but for its costs and amounts, its dates and, in CUR 2.0, its maps from text to text.
const (
	Text Kind = iota
	Number
	Date
	TextMap
)

// Name is the column's name in Parquet.
func (c Column) Name() string { return ColumnName(c.Attribute) }

// ColumnName turns an attribute of a report (savingsPlan/SavingsPlanARN, resourceTags/user:team) into the name of its column
// (savings_plan_savings_plan_a_r_n, resource_tags_user_team): an underscore before each capital, lower case, an underscore for
// all that is no letter or digit, one underscore where there would be several.
func ColumnName(attribute string) string {
	var b strings.Builder
	for _, r := range attribute {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteByte('_')
			b.WriteRune(r - 'A' + 'a')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == '_' }), "_")
}

// Columns returns the columns of a report with these line items, sorted by name: AWS's own, those of split costs if there are
// any, and one for each cost allocation tag that occurs.
func Columns(items []LineItem) []Column {
	columns := slices.Clone(baseColumns)
	tags := map[string]bool{}
	if slices.ContainsFunc(items, func(i LineItem) bool { return i.Split != nil }) {
		columns = append(columns, splitColumns...)
	}
	for _, item := range items {
		for key := range item.Tags {
			tags[key] = true
		}
	}
	for key := range maps.Keys(tags) {
		attribute := "resourceTags/user:" + key
		if strings.HasPrefix(key, "aws:") {
			attribute = "resourceTags/" + key
		}
		columns = append(columns, text(attribute, func(i LineItem) string { return i.Tags[key] }))
	}
	slices.SortFunc(columns, func(a, b Column) int { return strings.Compare(a.Name(), b.Name()) })
	return columns
}

// text is NULL where the value is empty.
func text(attribute string, value func(LineItem) string) Column {
	return Column{attribute, Text, func(i LineItem) any {
		if v := value(i); v != "" {
			return v
		}
		return nil
	}}
}

func cost(attribute string, value func(LineItem) Micros) Column {
	return Column{attribute, Number, func(i LineItem) any { return value(i).Dollars() }}
}

func number(attribute string, value func(LineItem) float64) Column {
	return Column{attribute, Number, func(i LineItem) any { return value(i) }}
}

func date(attribute string, value func(LineItem) time.Time) Column {
	return Column{attribute, Date, func(i LineItem) any { return value(i) }}
}

func product(attribute string) Column {
	return text("product/"+attribute, func(i LineItem) string { return i.Product[attribute] })
}

// empty is a column that AWS writes although nothing here has a value for it.
func empty(attribute string) Column {
	return text(attribute, func(LineItem) string { return "" })
}

func reservationCost(attribute string, value func(Commitment) Micros) Column {
	return cost("reservation/"+attribute, func(i LineItem) Micros { return of(i.Reservation, value) })
}

func savingsPlanCost(attribute string, value func(Commitment) Micros) Column {
	return cost("savingsPlan/"+attribute, func(i LineItem) Micros { return of(i.SavingsPlan, value) })
}

// of is a part of a commitment, or nothing for an item without one.
func of[T any](c *Commitment, part func(Commitment) T) (none T) {
	if c == nil {
		return none
	}
	return part(*c)
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }

func decimal(m Micros) string { return strconv.FormatFloat(m.Dollars(), 'f', 10, 64) }
