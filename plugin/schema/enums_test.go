package schema

import (
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

func TestTheValuesOfAnEnumerationAreThoseThatTheComponentsTake(t *testing.T) {
	checks := map[string]func(string) error{
		"ReportVersion":          billing.CheckVersion,
		"ReportTimeUnit":         billing.CheckTimeUnit,
		"ReportSchemaElement":    func(v string) error { return billing.CheckSchemaElements([]string{v}) },
		"CatalogMode":            billing.CheckCatalogMode,
		"CrawlerTrigger":         billing.CheckCrawlerTrigger,
		"CloudIntegrationFormat": func(v string) error { return cloudintegration.CheckFormat(cloudintegration.Format(v)) },
		"ChartLine": func(v string) error {
			_, err := charts.Named(v)
			return err
		},
		"AzureCloud": func(v string) error {
			return cloudintegration.Entries{Azure: []cloudintegration.Azure{{
				SubscriptionID: "01234567-89ab-cdef-0123-456789abcdef", StorageAccount: "costexports", Container: "exports", Cloud: v,
			}}}.Check(cloudintegration.Athena)
		},
	}
	for name, spec := range enums {
		check := checks[name]
		if check == nil {
			t.Errorf("there is no check of %s", name)
			continue
		}
		for _, value := range spec.Enum {
			if err := check(value.Value); err != nil {
				t.Errorf("%s has %q, and the components say: %v", name, value.Value, err)
			}
		}
		err := check("something else")
		if err == nil {
			t.Errorf("the components take %s of any value", name)
			continue
		}
		// What is wrong with another value tells those that there are.
		for _, value := range spec.Enum {
			if !strings.Contains(err.Error(), value.Value) {
				t.Errorf("%s: %q is not among those that the components tell of: %v", name, value.Value, err)
			}
		}
	}
}
