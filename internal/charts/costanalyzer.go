package charts

// What Kubecost 1 and 2 share: both are versions of the cost-analyzer chart.

const costAnalyzerRepository = "https://kubecost.github.io/cost-analyzer/"

// costAnalyzerDefaults are values that a user may change.
func costAnalyzerDefaults(s Settings) values {
	// Of the cluster, not of the payer: else the cluster's assets show "No Account".
	return put(s.Account, "kubecostProductConfigs.projectID")
}

// costAnalyzerRequired are the values without which the bill is not read.
func costAnalyzerRequired(s Settings) values {
	return values{
		"serviceAccount":         ownServiceAccount(s),
		"kubecostProductConfigs": values{"cloudIntegrationSecret": s.Secret},
	}
}

// costAnalyzerRefused are the chart's other ways to say where the bill is. It refuses to render two of them, or reads the wrong one.
// Source: cost-analyzer 2.8.7, templates/_helpers.tpl.
var costAnalyzerRefused = besideTheSecret("kubecostProductConfigs.",
	"athenaBucketName", "athenaDatabase", "athenaProjectID", "athenaRegion", "athenaTable", "athenaWorkgroup",
	"awsServiceKeyName", "awsServiceKeyPassword", "cloudIntegrationJSON", "masterPayerARN")

// besideTheSecret refuses values that say, as the secret does, where the bill is.
func besideTheSecret(prefix string, keys ...string) []refusal {
	var refused []refusal
	for _, key := range keys {
		refused = append(refused, refusal{prefix + key, "cannot stand beside the secret that this program makes: remove it"})
	}
	return refused
}
