package charts

import (
	"github.com/blang/semver"
)

// costAnalyzer1 is Kubecost 1.x. 1.103 is the first version whose queries, logs and secret were looked at for this project; it
// is of the month of the guide to the bill.
// Source: https://github.com/kubecost/kubecost, tags v1.103.0 to v1.108.1, cost-analyzer/values.yaml and templates.
var costAnalyzer1 = Line{
	Name:           "cost-analyzer-1",
	Repository:     costAnalyzerRepository,
	Chart:          "cost-analyzer",
	DefaultVersion: "1.108.1",

	span:    "cost-analyzer 1.103 to 1.108",
	covers:  semver.MustParseRange(">=1.103.0 <2.0.0"),
	formats: flatOnly,

	clusterID: "kubecostProductConfigs.clusterName",
	defaults: func(s Settings) values {
		return merge(costAnalyzerDefaults(s), storage(s.StorageClass,
			"persistentVolume.storageClass", "persistentVolume.dbStorageClass",
			"prometheus.server.persistentVolume.storageClass", "prometheus.alertmanager.persistentVolume.storageClass",
			"kubecostAggregator.persistentConfigsStorage.storageClass", "kubecostAggregator.aggregatorStorage.storageClass",
			"kubecostAggregator.aggregatorDbStorage.storageClass", "kubecostDeployment.queryService.storageClass"))
	},
	required: costAnalyzerRequired,
	refused:  costAnalyzerRefused,
	look: func(namespace, release string) Commands {
		name := fullName(release, "cost-analyzer")
		commands := look(namespace, "deployment/"+name, "cost-model", name+":9090/proxy/model/etl/status", "deployment/"+name)
		commands.StatusPath = "" // it tells of all that Kubecost computes, not of each integration
		return commands
	},
}
