package billing

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile are strings that mean more than themselves in SQL, JSON, a table's location, a policy or a terminal.
var hostile = []string{
	"", "*", "?", "${year}", "'; DROP TABLE kubecost; --", `x","y":"`, "a\nb", "a\x00", "\x1b[31m", "a\\", "kubecоst", "\xff", "/a", "a/", "a//b", "../..", "a b",
	strings.Repeat("a", 300), strings.Repeat("A", 128), strings.Repeat("é", 100),
}

func add(f *testing.F, real ...string) {
	for _, s := range append(real, hostile...) {
		f.Add(s)
	}
}

// plain fails for an error that hands a value's characters to the terminal as they are.
func plain(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the error is %q", err)
	}
}

func FuzzAReportThatIsTakenIsOneFolderAndOneTable(f *testing.F) {
	for _, s := range append([]string{"kubecost", "Kube-Cost", "cur/x", "cur"}, hostile...) {
		f.Add(s, "cur")
		f.Add("kubecost", s)
	}
	f.Fuzz(func(t *testing.T, name, prefix string) {
		for _, err := range []error{CheckReportName(name), CheckExistingReportName(name), CheckExportName(name), CheckPrefix(prefix), CheckResultsPrefix(prefix)} {
			plain(t, err)
		}
		if CheckReportName(name) == nil && CheckExistingReportName(name) != nil || CheckExportName(name) == nil && CheckReportName(name) != nil {
			t.Errorf("%q may be made, but not be there", name)
		}
		if CheckExistingReportName(name) != nil || CheckPrefix(prefix) != nil {
			return
		}
		for _, version := range []string{Version1, Version2} {
			r := Report{Name: name, Bucket: "bucket", Prefix: prefix, Version: version}
			if at := r.DataPrefix(); strings.ContainsAny(at, "*?$\\\"\x00\n ") || strings.Contains(at, "//") || !strings.HasPrefix(at, prefix+"/"+name+"/") {
				t.Errorf("the data of report %q below %q is at %q", name, prefix, at)
			}
			template := r.ProjectionParameters()["storage.location.template"]
			if strings.Count(template, "${") != len(r.PartitionKeys()) {
				t.Errorf("the template of %q below %q has other variables: %q", name, prefix, template)
			}
			if glue := regexp.MustCompile(`^[a-z0-9_]+$`); !glue.MatchString(r.Table()) || !glue.MatchString(r.Database()) {
				t.Errorf("the table of report %q is %q in %q", name, r.Table(), r.Database())
			}
			pattern, err := r.DeliveryPattern()
			var read deliveryPattern
			if err != nil || json.Unmarshal([]byte(pattern), &read) != nil || len(read.Detail.Object.Key) != 1 ||
				read.Detail.Object.Key[0].Wildcard != r.DataPrefix()+"/*.parquet" || strings.ContainsAny(r.DataPrefix(), `*\`) {
				t.Errorf("the event pattern of report %q below %q is %s", name, prefix, pattern)
			}
		}
	})
}

func FuzzATagIsAColumnThatGlueTakesAndNoOtherOne(f *testing.F) {
	add(f, "aws:eks:cluster-name", "user:team", "kubernetes.io/created-for/pvc/name", "aws:", "user:", "Team", "team-a", "équipe", "aws:"+strings.Repeat("Z", 124))
	f.Fuzz(func(t *testing.T, tag string) {
		column, err := TagColumn(tag)
		plain(t, err)
		if err != nil {
			if _, err := Columns([]string{tag}); err == nil {
				t.Errorf("the tag %q has no column, and the table has one", tag)
			}
			return
		}
		if !regexp.MustCompile(`^resource_tags_(user|aws)_[a-z0-9_]*[a-z0-9]$`).MatchString(column) || len(column) > 255 {
			t.Errorf("the column of tag %q is %q, of %d characters", tag, column, len(column))
		}
		columns, err := Columns([]string{tag}, SplitCostAllocationData)
		if err != nil || len(columns) != len(baseColumns)+len(splitColumns)+1 || columns[len(columns)-1] != (Column{column, text}) {
			t.Errorf("with tag %q the columns are %v, %v", tag, columns, err)
		}
		seen := map[string]bool{}
		for _, c := range columns {
			if seen[c.Name] {
				t.Errorf("with tag %q the column %s is there twice", tag, c.Name)
			}
			seen[c.Name] = true
		}
		if _, err := Columns([]string{tag, TagKey(tag), tag}); err == nil {
			t.Errorf("the tag %q is taken twice", tag)
		}
		if again, err := TagColumn(tag); err != nil || again != column {
			t.Errorf("the column of tag %q is %q, and then %q", tag, column, again)
		}
		if utf8.ValidString(tag) && utf8.RuneCountInString(tag) > 128 {
			t.Errorf("a tag key of %d characters is taken", utf8.RuneCountInString(tag))
		}
	})
}

// cron is all that a schedule can be made of.
var cron = regexp.MustCompile(`^cron\( *[0-9A-Za-z,*/?#-]+( +[0-9A-Za-z,*/?#-]+){5} *\)$`)

func FuzzAScheduleThatIsTakenIsACronExpression(f *testing.F) {
	add(f, "cron(0 2 * * ? *)", "cron(0/15 8-17 ? JAN-MAR MON-FRI 2026)", "cron(0 0 L * ? *)", "cron(0 0 ? * 6#3 *)", "cron(0 0 15W * ? *)",
		"rate(1 day)", "cron(0\n2 * * ? *)", "cron(0\u00a02 * * ? *)", "cron(+5 2 * * ? *)", "cron(0 2 ? * FRı *)", "cron(0 2 ? * ſUN *)", "cron(0/+5 2 * * ? *)",
		"cron(60 2 * * ? *)", "cron(0 2 * * * *)", "cron(0 2 ? * ? *)", "cron(0 2 * * ?)", "cron(())", "cron(0  2 * * ? *)", "cron(00000000005 2 * * ? *)",
		"cron(0 2 5-1 * ? *)", "cron(0 2 1,,2 * ? *)", "cron("+strings.Repeat("0,", 200)+"0 2 * * ? *)")
	f.Fuzz(func(t *testing.T, expression string) {
		err := CheckSchedule(expression)
		plain(t, err)
		if err != nil {
			return
		}
		if !cron.MatchString(expression) {
			t.Errorf("%q was taken for a schedule", expression)
		}
		if other := strings.ToUpper(expression[len("cron"):]); CheckSchedule("cron"+other) != nil {
			t.Errorf("%q is a schedule, and in capitals it is none", expression)
		}
	})
}

func FuzzAnExportsQueryHasItsColumnsAndNothingElse(f *testing.F) {
	add(f, SplitCostAllocationData, ManualDiscountCompatibility, Resources, "split_cost_allocation_data")
	f.Fuzz(func(t *testing.T, element string) {
		columns := ExportColumns(element)
		query := ExportQuery(element)
		if !regexp.MustCompile(`^SELECT [a-z_]+(, [a-z_]+)* FROM COST_AND_USAGE_REPORT$`).MatchString(query) ||
			strings.Count(query, ",") != len(columns)-1 {
			t.Errorf("with element %q the query is %q", element, query)
		}
		if slices.Contains([]string{SplitCostAllocationData, ManualDiscountCompatibility}, element) != (CheckSchemaElements([]string{element}) == nil) {
			t.Errorf("the element %q: %v", element, CheckSchemaElements([]string{element}))
		}
		plain(t, CheckSchemaElements([]string{element}))
		plain(t, CheckActivatedTags([]string{element}, nil))
		for key, value := range ExportConfiguration("aws", "111111111111", Daily, element) {
			if element != "" && strings.Contains(value, element) && strings.ContainsAny(element, "*${\"") {
				t.Errorf("the element %q is in the configuration's %s: %q", element, key, value)
			}
		}
	})
}

func FuzzARefusedWordOfTheReportIsToldPlainly(f *testing.F) {
	add(f, Daily, "daily", Hourly, Projection, Crawler, OnEvent, OnSchedule, Version1, Version2)
	f.Fuzz(func(t *testing.T, word string) {
		for what, c := range map[string]struct {
			err   error
			words []string
		}{
			"time unit": {CheckTimeUnit(word), []string{Daily, Hourly}},
			"mode":      {CheckCatalogMode(word), []string{Projection, Crawler}},
			"trigger":   {CheckCrawlerTrigger(word), []string{OnSchedule, OnEvent}},
			"version":   {CheckVersion(word), []string{Version1, Version2}},
		} {
			plain(t, c.err)
			if (c.err == nil) != slices.Contains(c.words, word) {
				t.Errorf("the %s %q: %v", what, word, c.err)
			}
		}
		for _, fault := range (Definition{TimeUnit: word, Format: word, Versioning: word, Artifacts: []string{word}, SchemaElements: []string{word}}).Check() {
			plain(t, fault)
		}
		column := Column{Name: word, Type: word}
		for _, fault := range (Table{Type: word, Location: word, Columns: []Column{column}, PartitionKeys: []Column{column}}).Check(Report{Name: "r", Bucket: "b", Prefix: "p"}) {
			plain(t, fault)
		}
	})
}
