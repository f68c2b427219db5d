package billing

import (
	"slices"
	"strings"
	"testing"
)

func TestAReportNameBecomesAGlueTableUnchanged(t *testing.T) {
	for name, want := range map[string]string{
		"kubecost": "", "k": "", "cur_2026": "", strings.Repeat("x", 242): "",
		"": "lower-case", "Kubecost": "lower-case", "kube-cost": "lower-case", "kube cost": "lower-case", "2026cur": "lower-case",
		"_x": "lower-case", "k\n": "lower-case", "kostenübersicht": "lower-case", strings.Repeat("x", 243): "at most 242",
	} {
		refused(t, name, CheckReportName(name), want)
	}
	r := Report{Name: "kubecost", Bucket: "bucket", Prefix: "cur"}
	if r.Database() != "athenacurcfn_kubecost" || r.Table() != "kubecost" {
		t.Errorf("database %s, table %s: not those of AWS's own integration", r.Database(), r.Table())
	}
	if got := len(DatabasePrefix + strings.Repeat("x", maxReportName)); got != 255 {
		t.Errorf("the longest database name has %d characters; Glue takes 255", got)
	}
}

func TestAPrefixIsAPlainPath(t *testing.T) {
	for p, want := range map[string]string{
		"cur": "", "a/b/c": "", "2026_(x)!.-": "",
		"": "needs a prefix", "/cur": "no slash", "cur/": "no slash", "a//b": "single slashes", "cur*": "letters",
		"${year}": "letters", "a b": "letters", strings.Repeat("x", 257): "256",
	} {
		refused(t, p, CheckPrefix(p), want)
	}
}

func TestTheDataLiesWhereAWSDeliversIt(t *testing.T) {
	r := Report{Name: "kubecost", Bucket: "bucket", Prefix: "bills/cur"}
	if got, want := r.Location(), "s3://bucket/bills/cur/kubecost/kubecost"; got != want {
		t.Errorf("location %s, want %s", got, want)
	}
	p := r.ProjectionParameters()
	if got, want := p["storage.location.template"], r.Location()+"/year=${year}/month=${month}"; got != want {
		t.Errorf("template %s, want %s", got, want)
	}
	if _, ok := p["projection.month.digits"]; ok {
		t.Error("months would get a leading zero, which AWS's folders do not have")
	}
}

func TestATagGetsTheColumnThatAWSGivesIt(t *testing.T) {
	for tag, want := range map[string]string{
		"team":                               "resource_tags_user_team",
		"user:team":                          "resource_tags_user_team",
		"CostCenter":                         "resource_tags_user_cost_center",
		"Name":                               "resource_tags_user_name",
		"kubernetes.io/created-for/pvc/name": "resource_tags_user_kubernetes_io_created_for_pvc_name",
		"aws:eks:cluster-name":               "resource_tags_aws_eks_cluster_name",
		"aws:createdBy":                      "resource_tags_aws_created_by",
	} {
		if got, err := TagColumn(tag); got != want || err != nil {
			t.Errorf("TagColumn(%q) = %q, %v; want %q", tag, got, err, want)
		}
	}
	for _, tag := range []string{"", "aws:", "::", " team", strings.Repeat("x", 129)} {
		if column, err := TagColumn(tag); err == nil {
			t.Errorf("the tag %q was given the column %s", tag, column)
		}
	}
}

func TestTheTableHasEveryColumnThatKubecostAsksFor(t *testing.T) {
	columns, err := Columns([]string{"team"})
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, c := range append(columns, Report{}.PartitionKeys()...) {
		if _, twice := types[c.Name]; twice {
			t.Errorf("column %s is there twice", c.Name)
		}
		types[c.Name] = c.Type
	}
	// The columns that the client's query names whether they are there or not, and those whose type it relies on.
	for name, want := range map[string]string{
		"line_item_usage_start_date": "timestamp", "line_item_resource_id": "string", "bill_payer_account_id": "string",
		"line_item_usage_account_id": "string", "line_item_product_code": "string", "line_item_usage_type": "string",
		"product_region_code": "string", "line_item_availability_zone": "string", "line_item_line_item_type": "string",
		"line_item_unblended_cost": "double", "line_item_net_unblended_cost": "double", "reservation_effective_cost": "double",
		"savings_plan_savings_plan_effective_cost": "double", "year": "string", "month": "string",
		"resource_tags_user_team": "string",
	} {
		if types[name] != want {
			t.Errorf("column %s has type %q, want %q", name, types[name], want)
		}
	}
	if _, err := Columns([]string{"cost-center", "CostCenter"}); err == nil {
		t.Error("two tags share a column, and nobody said so")
	}
	if again, _ := Columns([]string{"team"}); !slices.Equal(columns, again) {
		t.Error("the same tags gave other columns: every preview would show a change")
	}
}

func refused(t *testing.T, value string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%q was refused: %v", value, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%q gave %v, want an error with %q", value, err, want)
	}
}
