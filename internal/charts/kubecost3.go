package charts

import (
	"errors"
	"slices"

	"github.com/blang/semver"
)

// kubecost3 is Kubecost 3.x. Before 3.0.3 the agent's values had another name.
// Source: https://github.com/kubecost/kubecost, tags v3.0.3 to v3.2.1, kubecost/values.yaml and templates.
var kubecost3 = Line{
	Name:           "kubecost-3",
	Repository:     "https://kubecost.github.io/kubecost/",
	Chart:          "kubecost",
	DefaultVersion: "3.2.1",

	span:    "kubecost 3, from 3.0.3",
	covers:  semver.MustParseRange(">=3.0.3 <4.0.0"),
	formats: bothFormats,

	clusterID: "global.clusterId",
	asksID:    true, // the chart's own, cluster-one, is every cluster's
	defaults: func(s Settings) values {
		// The account of the cluster, not of the payer, and the ID of this one.
		d := merge(put(s.Account, "finopsagent.agent.kubecost.projectID"), put(s.ClusterID, "global.clusterId"))
		// Before 3.1 no volume follows the global class.
		return merge(d, storage(s.StorageClass, "global.defaultStorageClass",
			"aggregator.aggregatorDbStorage.storageClass", "aggregator.persistentConfigsStorage.storageClass",
			"cloudCost.persistentConfigsStorage.storageClass", "finopsagent.persistence.storageClass",
			"localStore.persistentVolume.storageClass"))
	},
	required: func(s Settings) values {
		return values{
			"serviceAccount": ownServiceAccount(s),
			"cloudCost": values{
				"enabled":                true,
				"cloudIntegrationSecret": s.Secret,
				"serviceAccountName":     s.ServiceAccount,
			},
		}
	},
	refused: slices.Concat(besideTheSecret("cloudCost.", "cloudIntegrationJSON"), leftOver),
	demands: func(_ semver.Version, user values) []error {
		if set(user, "kubecostProductConfigs.productKey.enabled") && !set(user, "global.acknowledged") {
			return []error{errors.New("with kubecostProductConfigs.productKey.enabled, Kubecost 3 wants its release notes read: set " +
				"global.acknowledged to true")}
		}
		return nil
	},
	look: func(namespace, release string) Commands {
		return look(namespace, "deployment/"+release+"-cloud-cost", "cloud-cost",
			release+"-frontend:9090/proxy/model/cloudCost/status", "service/"+release+"-frontend")
	},
}

const (
	gone    = "is of Kubecost 2; Kubecost 3 has no such part: remove it"
	inFile  = "is of Kubecost 2; Kubecost 3 reads bills only from the secret that this program makes: remove it"
	respelt = "is spelt finopsagent since 3.0.3"
)

// leftOver are values of Kubecost 2, each with where it went. Those that the chart does not refuse itself, it passes over.
// Source: kubecost 3.2.1, templates/_helpers.tpl and templates/NOTES.txt.
var leftOver = []refusal{
	{"kubecostProductConfigs.cloudIntegrationSecret", "is of Kubecost 2; this program sets cloudCost.cloudIntegrationSecret: remove it"},
	{"kubecostProductConfigs.cloudIntegrationJSON", inFile},
	{"kubecostProductConfigs.athenaBucketName", inFile},
	{"kubecostProductConfigs.athenaDatabase", inFile},
	{"kubecostProductConfigs.athenaProjectID", inFile},
	{"kubecostProductConfigs.athenaRegion", inFile},
	{"kubecostProductConfigs.athenaTable", inFile},
	{"kubecostProductConfigs.athenaWorkgroup", inFile},
	{"kubecostProductConfigs.masterPayerARN", inFile},
	{"kubecostProductConfigs.azureStorageContainer", inFile},
	{"kubecostProductConfigs.bigQueryBillingDataDataset", inFile},
	{"kubecostProductConfigs.clusterName", "went to the setting clusterId"},
	{"kubecostProductConfigs.projectID", "went to finopsagent.agent.kubecost.projectID, which this program sets: remove it"},
	{"kubecostAggregator", "went to aggregator and, what is below cloudCost in it, to cloudCost"},
	{"kubecostFrontend", "went to frontend"},
	{"service", "went to frontend.service"},
	{"pricingCsv", "went to enterpriseCustomPricing"},
	{"persistentVolume", "went to localStore.persistentVolume and aggregator.persistentConfigsStorage"},
	{"federatedETL.agentOnly", "went to aggregator.enabled, as its opposite"},
	{"federatedETL.federatedCluster", "went to finopsagent.enabled"},
	{"federatedETL.readOnlyPrimary", "went to finopsagent.enabled, as its opposite"},
	{"federatedETL", "is of Kubecost 2: remove it"},
	{"kubecostModel.federatedStorageConfigSecret", "went to global.federatedStorage.existingSecret"},
	{"kubecostModel.federatedStorageConfig", "went to global.federatedStorage.config"},
	{"kubecostModel", gone},
	{"prometheus.server.global.external_labels.cluster_id", "went to the setting clusterId"},
	{"prometheus", gone},
	{"grafana", gone},
	{"etlUtils", gone},
	{"kubecostMetrics", gone},
	{"sigV4Proxy", gone},
	{"awsstore", gone},
	{"kubecostToken", gone},
	{"global.prometheus", gone},
	{"global.grafana", gone},
	{"global.amp", gone},
	{"global.gmp", gone},
	{"global.ammsp", gone},
	{"global.mimirProxy", gone},
	{"finops-agent", respelt},
}
