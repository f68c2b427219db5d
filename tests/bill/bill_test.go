package bill

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

func options() Options {
	return Options{
		Payer:  "111111111111",
		Linked: []string{"222222222222", "333333333333", "444444444444", "555555555555"},
		Year:   2026, Month: time.November, Seed: 7,
	}
}

func TestABillIsTheSameWheneverItIsMade(t *testing.T) {
	first, second := Month(options()), Month(options())
	if !slices.EqualFunc(first, second, func(a, b LineItem) bool {
		return a.ID == b.ID && a.Unblended == b.Unblended && a.ResourceID == b.ResourceID
	}) {
		t.Error("two bills of the same options differ")
	}
	other := options()
	other.Seed = 8
	if Summarize(Month(other)).Total == Summarize(first).Total {
		t.Error("a bill of another seed has the same total")
	}
}

func TestABillHasEveryKindOfLine(t *testing.T) {
	types, services, accounts, ids := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	for _, item := range Month(options()) {
		types[item.Type]++
		services[item.Service]++
		accounts[item.Account]++
		ids[item.ID] = true
	}
	for _, kind := range []string{Usage, DiscountedUsage, SavingsPlanCoveredUsage, SavingsPlanNegation, SavingsPlanRecurringFee, ReservationFee,
		EDPDiscount, PrivateRateDiscount, Credit, Refund, Fee, Tax} {
		if types[kind] == 0 {
			t.Errorf("no line of type %s", kind)
		}
	}
	for _, service := range []string{"AmazonEC2", "AmazonS3", "AmazonRDS", "AmazonEKS", "AWSELB", "AmazonCloudWatch", "AWSDataTransfer"} {
		if services[service] < 30 {
			t.Errorf("%d lines of %s in a month, want some every day", services[service], service)
		}
	}
	if len(accounts) != 5 {
		t.Errorf("lines of %d accounts, want the payer and four others", len(accounts))
	}
	if len(ids) != len(Month(options())) {
		t.Error("two lines have the same ID")
	}
}

func TestDiscountLinesExplainNetCosts(t *testing.T) {
	var unblended, net Micros
	for _, item := range Month(options()) {
		unblended += item.Unblended
		net += item.NetUnblended
	}
	if unblended != net {
		t.Errorf("the invoice is %d, its net costs are %d: both are after all discounts", unblended, net)
	}
}

func TestCoveredUsageStaysWithinItsSavingsPlan(t *testing.T) {
	var used, paid Micros
	for _, item := range Month(options()) {
		if item.SavingsPlan != nil {
			used += item.SavingsPlan.Effective
			paid += item.SavingsPlan.Recurring
		}
	}
	if used == 0 || used > paid {
		t.Errorf("%d of a commitment of %d are used", used, paid)
	}
}

func TestResourcesKeepTheirIDsFromMonthToMonth(t *testing.T) {
	previous, current := Recent(options(), time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
	if got := current[0].Start; got != time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC) {
		t.Errorf("the current month starts on %s", got)
	}
	if got := previous[len(previous)-1].Start; got.Month() != time.February || got.Day() != 28 {
		t.Errorf("the previous month ends on %s", got)
	}
	if current[0].ResourceID != previous[0].ResourceID {
		t.Errorf("resource %s became %s", previous[0].ResourceID, current[0].ResourceID)
	}
	if last := current[len(current)-1].Start; last.Day() != 1 {
		t.Errorf("on the first of a month, a day up to %s is billed", last)
	}
}

func TestOnlyActiveTagsAreInTheReport(t *testing.T) {
	o := options()
	o.Tags = []string{"team", "CostCenter", "aws:eks:cluster-name"}
	var got []string
	for _, c := range Columns(Month(o)) {
		if strings.HasPrefix(c.Name(), "resource_tags_") {
			got = append(got, c.Name())
		}
	}
	want := []string{"resource_tags_aws_eks_cluster_name", "resource_tags_user_cost_center", "resource_tags_user_team"}
	if !slices.Equal(got, want) {
		t.Errorf("tag columns are %v, want %v", got, want)
	}
}

func TestColumnsAreNamedAsAWSNamesThem(t *testing.T) {
	for attribute, want := range map[string]string{
		"lineItem/UsageStartDate":                              "line_item_usage_start_date",
		"savingsPlan/SavingsPlanARN":                           "savings_plan_savings_plan_a_r_n",
		"product/regionCode":                                   "product_region_code",
		"resourceTags/user:kubernetes.io/created-for/pvc/name": "resource_tags_user_kubernetes_io_created_for_pvc_name",
		"resourceTags/aws:eks:cluster-name":                    "resource_tags_aws_eks_cluster_name",
	} {
		if got := ColumnName(attribute); got != want {
			t.Errorf("ColumnName(%q) = %q, want %q", attribute, got, want)
		}
	}
}

func TestTheDeliveredFilesHoldTheWholeBill(t *testing.T) {
	report := Report{Name: "kubecost", Bucket: "b", Prefix: "cur", Account: "111111111111"}
	previous, current := Recent(options(), time.Date(2026, time.October, 5, 0, 0, 0, 0, time.UTC))
	objects, summary, err := Delivery(report, append(previous, current...))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	total, rows := 0.0, int64(0)
	for _, o := range objects {
		keys = append(keys, o.Key)
		if !strings.Contains(o.Key, "/year=") {
			continue
		}
		file, err := parquet.OpenFile(bytes.NewReader(o.Body), int64(len(o.Body)))
		if err != nil {
			t.Fatalf("opening %s: %v", o.Key, err)
		}
		rows += file.NumRows()
		column, ok := file.Schema().Lookup("line_item_unblended_cost")
		if !ok {
			t.Fatalf("%s has no line_item_unblended_cost", o.Key)
		}
		pages := file.RowGroups()[0].ColumnChunks()[column.ColumnIndex].Pages()
		for page, err := pages.ReadPage(); err == nil; page, err = pages.ReadPage() {
			values := make([]parquet.Value, page.NumValues())
			n, _ := page.Values().ReadValues(values)
			for _, v := range values[:n] {
				total += v.Double()
			}
		}
		pages.Close()
	}
	if got := Micros(math.Round(total * 1e6)); got != summary.Total || rows != int64(summary.Items) {
		t.Errorf("the files hold %d rows of %d in all, want %d rows of %d", rows, got, summary.Items, summary.Total)
	}
	want := []string{
		"cur/kubecost/kubecost/year=2026/month=9/kubecost-00001.snappy.parquet",
		"cur/kubecost/kubecost/year=2026/month=9/kubecost-00002.snappy.parquet",
		"cur/kubecost/20260901-20261001/kubecost-Manifest.json",
		"cur/kubecost/kubecost/year=2026/month=10/kubecost-00001.snappy.parquet",
		"cur/kubecost/kubecost/year=2026/month=10/kubecost-00002.snappy.parquet",
		"cur/kubecost/20261001-20261101/kubecost-Manifest.json",
		"cur/kubecost/cost_and_usage_data_status/cost_and_usage_data_status.parquet",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("delivered\n%s\nwant\n%s", strings.Join(keys, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnHourlyBillHasTheSameSums(t *testing.T) {
	daily := Month(options())
	hourly := Hourly(daily)
	if len(hourly) < 20*len(daily) {
		t.Errorf("%d daily items became %d hourly ones", len(daily), len(hourly))
	}
	day, hour := Summarize(daily), Summarize(hourly)
	if day.Total != hour.Total || day.Kubecost != hour.Kubecost {
		t.Errorf("the daily sums are %+v and %v, the hourly %+v and %v", day.Kubecost, day.Total, hour.Kubecost, hour.Total)
	}
	ids := map[string]bool{}
	for _, item := range hourly {
		if item.Start.Month() != item.Month.Month() || !item.End.After(item.Start) {
			t.Fatalf("an item from %s to %s", item.Start, item.End)
		}
		ids[item.ID] = true
	}
	if len(ids) != len(hourly) {
		t.Errorf("%d items have %d IDs", len(hourly), len(ids))
	}
}
