package costs

import (
	"encoding/csv"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// quoted are the names and texts of a query, each in its quotes, in which a quote is written twice.
var quoted = regexp.MustCompile(`"(?:[^"]|"")*"|'(?:[^']|'')*'`)

func FuzzAQuestionIsOneQueryOfOneTable(f *testing.F) {
	for _, text := range []string{"kubecost", "", `"`, `""`, `x" WHERE 1=1 --`, "'", "';", "a\nb", "\x00", "é", "tag:x", "tag:'", "tag:\x1b[31m", "service", "account", strings.Repeat("a", 300)} {
		f.Add(text, "tag:team", 30, int64(1772442000), false)
		f.Add("kubecost", text, 1, int64(1772442000), true)
		f.Add("kubecost", "tag:"+text, 400, int64(0), true)
		f.Add("kubecost", "tag:"+text, 31, int64(-62135596800), false)
	}
	f.Fuzz(func(t *testing.T, table, by string, days int, until int64, exported bool) {
		q := Question{Table: table, By: by, Days: days, Until: time.Unix(until, 0)}
		if exported {
			q.Version = billing.Version2
		}
		if year := q.Until.UTC().Year(); year < 2015 || year > 9000 {
			return // there is no bill of then
		}
		sql, err := q.SQL()
		if err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("the error is %q", err)
			}
			return
		}
		if days < 1 || days > MaxDays {
			t.Errorf("%d days are asked for", days)
		}
		if !strings.Contains(sql, `FROM "`+strings.ReplaceAll(table, `"`, `""`)+`" WHERE`) {
			t.Errorf("the table %q is asked for by %s", table, sql)
		}
		rest := quoted.ReplaceAllString(sql, "x")
		if strings.ContainsAny(rest, `"';`) || strings.Contains(rest, "--") || strings.Count(rest, "SELECT") != 1 {
			t.Errorf("by %q the query is %s", by, sql)
		}
	})
}

func FuzzRowsOfCostsAreReadOrRefused(f *testing.F) {
	for _, text := range []string{"", "1", "-1.5", "NaN", "Inf", "-infinity", "1e308", "0x1p-2", "1_0", "\xff", "=1+1", "\x1b[31m", `a"b`, "a\r\nb", "2026-03-01", "2026-03-01 00:00:00.000", "2026-13-01 00", "éééééééééé"} {
		f.Add(text, "AmazonEC2", "1.5")
		f.Add("2026-03-01 00:00:00.000", text, "1e14")
		f.Add("2026-03-01 00:00:00.000", "AmazonEC2", text)
	}
	f.Fuzz(func(t *testing.T, day, group, cost string) {
		rows := [][]string{{day, group, cost}, {"2026-03-02 00:00:00.000", "AmazonEC2", "1e15"}, {"2026-03-02 00:00:00.000", "", "0.25"}}
		read, err := Read(rows)
		if err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("the error is %q", err)
			}
			return
		}
		slices.Reverse(rows)
		if again, err := Read(rows); err != nil || !slices.Equal(again, read) {
			t.Errorf("in another order %+v is read as %+v, %v", read, again, err)
		}
		for _, c := range read {
			if _, err := time.Parse(time.DateOnly, c.Day); err != nil || math.IsNaN(c.Cost) || math.IsInf(c.Cost, 0) {
				t.Errorf("a cost is %+v", c)
			}
		}
		for _, most := range []int{1, 20} {
			groups, days := ByGroup(read, most), ByDay(read)
			for _, s := range slices.Concat(groups, days) {
				if bar := Bar(s.Cost, groups[0].Cost, 20); utf8.RuneCountInString(bar) > 20 {
					t.Errorf("the bar of %+v is %q", s, bar)
				}
			}
		}
		if strings.ContainsAny(group, "\r") || !utf8.ValidString(group) {
			return // a CSV file has one kind of line break
		}
		var out strings.Builder
		if err := WriteCSV(&out, ByService, read); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(lines) != len(read)+1 {
			t.Fatalf("%q is read as %q, %v", out.String(), lines, err)
		}
		for i, c := range read {
			if line := lines[i+1]; line[0] != c.Day || line[1] != c.Group {
				t.Errorf("%+v is written as %q", c, line)
			}
		}
	})
}
