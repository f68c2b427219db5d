package charts

import (
	"errors"
	"slices"

	"github.com/blang/semver"
)

// openCost is OpenCost's own chart. Costs of the cluster, not the bill, need a Prometheus that is there, or OpenCost's own collector.
// Source: https://github.com/opencost/opencost-helm-chart, tags opencost-2.0.0 to opencost-2.5.17, charts/opencost.
var openCost = Line{
	Name:           "opencost",
	Repository:     "https://opencost.github.io/opencost-helm-chart",
	Chart:          "opencost",
	DefaultVersion: "2.5.17",

	span:    "opencost 2.0 to 2.5", // before it, the chart was numbered 1.x like OpenCost itself
	covers:  semver.MustParseRange(">=2.0.0 <2.6.0"),
	formats: bothFormats,
	cur2:    semver.MustParseRange(">=2.5.17"),

	clusterID: "opencost.exporter.defaultClusterId",
	defaults: func(s Settings) values {
		return storage(s.StorageClass, "opencost.exporter.persistence.storageClass")
	},
	required: func(s Settings) values {
		return values{
			"serviceAccount": ownServiceAccount(s),
			"opencost": values{
				"cloudIntegrationSecret": s.Secret,
				"cloudCost":              values{"enabled": true},
			},
		}
	},
	refused: slices.Concat(besideTheSecret("opencost.", "cloudIntegrationJSON"), []refusal{
		{"namespaceOverride", "takes OpenCost away from its secret and service account: remove it, and set the setting namespace"},
	}),
	demands: func(_ semver.Version, user values) []error {
		const prometheus = "opencost.prometheus."
		var faults []error
		external, amp := set(user, prometheus+"external.enabled"), set(user, prometheus+"amp.enabled")
		internal := at(user, prometheus+"internal.enabled") == nil || set(user, prometheus+"internal.enabled") // by default
		if (external || amp) && internal {
			faults = append(faults, errors.New("opencost.prometheus.internal is on by default, and the chart takes one Prometheus: set "+
				"opencost.prometheus.internal.enabled to false"))
		}
		if external && amp {
			faults = append(faults, errors.New("opencost.prometheus has both external and amp enabled: the chart takes one Prometheus"))
		}
		if amp && !set(user, prometheus+"amp.workspaceId") {
			faults = append(faults, errors.New("opencost.prometheus.amp.workspaceId is missing"))
		}
		return faults
	},
	look: func(namespace, release string) Commands {
		name := fullName(release, "opencost")
		return look(namespace, "deployment/"+name, name, name+":9003/proxy/cloudCost/status", "service/"+name)
	},
}
