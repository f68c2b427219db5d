package schema

import (
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// enums are the arguments that have only some values. A field's tag enum names its own.
var enums = map[string]enumSpec{
	"ReportVersion": enum("What kind of bill AWS delivers.",
		enumValue{"Legacy", billing.Version1, "A legacy Cost and Usage Report, which every Kubecost reads."},
		enumValue{"CUR2", billing.Version2, "CUR 2.0, a data export, which OpenCost reads."}),
	"ReportTimeUnit": enum("How fine the bill is.",
		enumValue{"Daily", billing.Daily, "A line a day."},
		enumValue{"Hourly", billing.Hourly, "A line an hour."}),
	"ReportSchemaElement": enum("What a report holds besides resource IDs.",
		enumValue{"SplitCostAllocationData", billing.SplitCostAllocationData, "Lines for ECS tasks and Kubernetes pods."},
		enumValue{"ManualDiscountCompatibility", billing.ManualDiscountCompatibility, "Discounts as lines of their own."}),
	"CatalogMode": enum("How the report's table gets its partitions.",
		enumValue{"Projection", billing.Projection, "Athena works them out by itself."},
		enumValue{"Crawler", billing.Crawler, "A Glue crawler registers them, and adds the columns that a bill has."}),
	"CrawlerTrigger": enum("What starts the crawler.",
		enumValue{"Schedule", billing.OnSchedule, "The time."},
		enumValue{"Event", billing.OnEvent, "A delivery of the bill."}),
	"CloudIntegrationFormat": enum("The format of cloud-integration.json.",
		enumValue{"Flat", string(cloudintegration.Flat), "The guide's, which every Kubecost reads."},
		enumValue{"Athena", string(cloudintegration.Athena), "The newer one."}),
	"ChartLine": enum("The line of charts to install one of.",
		enumValue{"CostAnalyzer2", "cost-analyzer-2", "Kubecost 2."},
		enumValue{"CostAnalyzer1", "cost-analyzer-1", "Kubecost 1."},
		enumValue{"Kubecost3", "kubecost-3", "Kubecost 3."},
		enumValue{"OpenCost", "opencost", "OpenCost."}),
	"AzureCloud": enum("The cloud that an Azure subscription is in.",
		enumValue{"Public", "public", "Azure."},
		enumValue{"Gov", "gov", "Azure Government."},
		enumValue{"China", "china", "Azure operated by 21Vianet in China."}),
}

func enum(description string, values ...enumValue) enumSpec {
	return enumSpec{Description: description, Type: "string", Enum: values}
}
