package billing

import (
	"slices"
	"strings"
	"testing"
)

func FuzzAFoundTableIsTakenAsItIsOrRefusedPlainly(f *testing.F) {
	for _, text := range append([]string{"EXTERNAL_TABLE", "VIRTUAL_VIEW", "s3://bucket/cur/kubecost/kubecost/", "year", "Month", "billing_period", "line_item_resource_id", "string", "double", "decimal(10,2)", "decimal(", "float"}, hostile...) {
		f.Add(text, "s3://bucket/cur/kubecost/kubecost", "year", "string", false)
		f.Add("EXTERNAL_TABLE", text, "line_item_unblended_cost", text, false)
		f.Add("EXTERNAL_TABLE", "s3://bucket/cur/kubecost/kubecost/", text, text, true)
		f.Add("EXTERNAL_TABLE", "s3://bucket/cur/kubecost/data", "billing_period", text, true)
	}
	columns, err := Columns(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind, location, name, of string, exported bool) {
		r := Report{Name: "kubecost", Bucket: "bucket", Prefix: "cur"}
		if exported {
			r.Version = Version2
		}
		healthy := Table{Type: "EXTERNAL_TABLE", Location: r.Location(), Columns: columns, PartitionKeys: r.PartitionKeys()}
		if faults := healthy.Check(r); len(faults) > 0 && !exported {
			t.Fatalf("a table as it is made here has %v", faults)
		}
		found := healthy
		found.Type, found.Location = kind, location
		found.Columns = append(slices.Clone(columns), Column{Name: name, Type: of})
		found.PartitionKeys = append(slices.Clone(r.PartitionKeys()), Column{Name: name, Type: of})
		faults := found.Check(r)
		for _, fault := range faults {
			plain(t, fault)
		}
		if len(faults) == 0 && (strings.TrimSuffix(location, "/") != r.Location() || kind == "VIRTUAL_VIEW" ||
			!slices.ContainsFunc(r.PartitionKeys(), func(c Column) bool { return c.Name == name })) {
			t.Errorf("%+v was taken", found)
		}
		// The order of its columns says nothing.
		slices.Reverse(found.Columns)
		if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) && len(found.Check(r)) != len(faults) {
			t.Errorf("with its columns in another order %v is %v", faults, found.Check(r))
		}
		d := Definition{TimeUnit: kind, Format: location, SchemaElements: []string{name}, Artifacts: []string{of}, Versioning: kind}
		for _, fault := range d.Check() {
			plain(t, fault)
		}
		if len(d.Check()) == 0 {
			t.Errorf("%+v was taken", d)
		}
	})
}
