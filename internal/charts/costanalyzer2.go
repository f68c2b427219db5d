package charts

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/blang/semver"
)

// costAnalyzer2 is Kubecost 2.8, and 2.9, which only prepares a cluster for Kubecost 3.
// Source: https://github.com/kubecost/kubecost, tags v2.8.7 and v2.9.7, cost-analyzer/values.yaml and templates.
var costAnalyzer2 = Line{
	Name:           "cost-analyzer-2",
	Repository:     costAnalyzerRepository,
	Chart:          "cost-analyzer",
	DefaultVersion: "2.8.7", // not the repository's newest: that is 2.9

	span:    "cost-analyzer 2.8 and 2.9",
	covers:  semver.MustParseRange(">=2.8.0 <3.0.0"),
	formats: bothFormats,

	clusterID: "kubecostProductConfigs.clusterName",
	defaults: func(s Settings) values {
		return merge(costAnalyzerDefaults(s), storage(s.StorageClass, "persistentVolume.storageClass",
			"prometheus.server.persistentVolume.storageClass", "kubecostAggregator.aggregatorDbStorage.storageClass"))
	},
	required: costAnalyzerRequired,
	refused:  costAnalyzerRefused,
	demands:  bridgeDemands,
	look: func(namespace, release string) Commands {
		name := fullName(release, "cost-analyzer")
		return look(namespace, "deployment/"+name, "cloud-cost", name+":9090/proxy/model/cloudCost/status", "deployment/"+name)
	},
}

// bridge is Kubecost 2.9, which renders only with what Kubecost 3 will need.
var bridge = semver.MustParseRange(">=2.9.0")

// bridgeDemands are what 2.9 lacks in the user's values.
// Source: cost-analyzer 2.9.7, templates/_helpers.tpl.
func bridgeDemands(version semver.Version, user values) []error {
	if !bridge(version) {
		return nil
	}
	var faults []string
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, text)
		}
	}
	secret, config := set(user, "global.federatedStorage.existingSecret"), set(user, "global.federatedStorage.config")
	fault(!secret && !config, "a federated store is missing: set global.federatedStorage.existingSecret or global.federatedStorage.config")
	fault(secret && config, "global.federatedStorage has both existingSecret and config: remove one")
	fault(at(user, "finopsagent.enabled") != nil && !set(user, "finopsagent.enabled"), "finopsagent.enabled must be true")

	const here, there = "global.clusterId", "prometheus.server.global.external_labels.cluster_id"
	given := set(user, here) && set(user, there)
	fault(!given, "the cluster's ID is missing: set both "+here+" and "+there+" to it")
	fault(given && !reflect.DeepEqual(at(user, here), at(user, there)), here+" and "+there+" must be the same")
	for _, path := range []string{
		"kubecostModel.federatedStorageConfigSecret", "kubecostModel.federatedStorageConfig", "prometheus.server.clusterIDConfigmap",
	} {
		fault(set(user, path), path+" is no longer used: remove it")
	}
	if len(faults) == 0 {
		return nil
	}
	return []error{fmt.Errorf("2.9 only prepares a cluster for Kubecost 3, and does not render so (for Kubecost 2 take 2.8): %s",
		strings.Join(faults, "; "))}
}
