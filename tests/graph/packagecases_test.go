package graph

import (
	"maps"
	"strings"
)

// packaged are stacks' settings, and what a program in another language says for the same.
var packaged = map[string]struct {
	settings, changes map[string]string
	// properties are those of CurIntegration.
	properties func(m *monitor) object
	// outputs of the payer stack that the primary one reads.
	outputs map[string]any
}{
	"a payer's side with its defaults": {
		settings: payerSettings,
		properties: func(m *monitor) object {
			return object{"payer": object{
				"accountId": payerAccount, "region": "us-east-2", "reportProvider": providerOf(m, "aws", "us-east-1"),
				"readerRoleArns": []any{"arn:aws:iam::222222222222:role/kubecost-cur-reader"},
			}}
		},
	},
	"a payer's side with everything": {
		settings: payerSettings,
		changes: map[string]string{
			"kubecost-cur:reportName": "bill", "kubecost-cur:reportTimeUnit": "HOURLY", "kubecost-cur:reportPrefix": "a/b",
			"kubecost-cur:reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA"]`, "kubecost-cur:reportBucketName": "the-report",
			"kubecost-cur:reportExpirationDays": "120", "kubecost-cur:reportProtect": "false", "kubecost-cur:forceDestroy": "true",
			"kubecost-cur:costAllocationTags": `["team"]`, "kubecost-cur:activatedCostAllocationTags": `["team"]`,
			"kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event", "kubecost-cur:crawlerRoleName": "crawls",
			"kubecost-cur:resultsBucketName": "the-results", "kubecost-cur:resultsPrefix": "r", "kubecost-cur:resultsExpirationDays": "3",
			"kubecost-cur:workGroupName": "group", "kubecost-cur:bytesScannedCutoff": "10485760",
			"kubecost-cur:kmsKeyArn":     "arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
			"kubecost-cur:lakeFormation": "true", "kubecost-cur:payerRoleName": "pays", "kubecost-cur:payerRolePath": "/p/",
			"kubecost-cur:furtherReaderRoleArns": `["arn:aws:iam::333333333333:role/r"]`, "kubecost-cur:organizationId": "o-abcdefghij",
			"kubecost-cur:strictTrust": "true", "kubecost-cur:listAccounts": "false", "kubecost-cur:identity": "pod-identity",
			"kubecost-cur:permissionsBoundary": "arn:aws:iam::111111111111:policy/b", "kubecost-cur:resourceTags": `["owner=finops"]`,
		},
		properties: func(m *monitor) object {
			return object{"payer": object{
				"accountId": payerAccount, "region": "us-east-2", "reportProvider": providerOf(m, "aws", "us-east-1"),
				"reportName": "bill", "reportTimeUnit": "HOURLY", "reportPrefix": "a/b",
				"reportSchemaElements": []any{"SPLIT_COST_ALLOCATION_DATA"}, "reportBucketName": "the-report",
				"reportExpirationDays": 120, "reportProtect": false, "forceDestroy": true,
				"costAllocationTags": []any{"team"}, "activatedCostAllocationTags": []any{"team"},
				"catalogMode": "crawler", "crawlerTrigger": "event", "crawlerRoleName": "crawls",
				"resultsBucketName": "the-results", "resultsPrefix": "r", "resultsExpirationDays": 3,
				"workGroupName": "group", "bytesScannedCutoff": 10485760,
				"kmsKeyArn":     "arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
				"lakeFormation": true, "roleName": "pays", "rolePath": "/p/",
				"readerRoleArns": []any{"arn:aws:iam::222222222222:role/kubecost-cur-reader", "arn:aws:iam::333333333333:role/r"},
				"organizationId": "o-abcdefghij", "strictTrust": true, "listAccounts": false, "readerSessionTags": true,
				"permissionsBoundary": "arn:aws:iam::111111111111:policy/b", "tags": object{"owner": "finops"},
			}}
		},
	},
	"a payer's side with CUR 2.0": {
		settings: payerSettings,
		changes: map[string]string{
			"kubecost-cur:reportVersion": "2", "kubecost-cur:workGroupName": "primary",
		},
		properties: func(m *monitor) object {
			return object{"payer": object{
				"accountId": payerAccount, "region": "us-east-2", "reportProvider": providerOf(m, "aws", "us-east-1"),
				"reportVersion": "2", "workGroupName": "primary",
				"readerRoleArns": []any{"arn:aws:iam::222222222222:role/kubecost-cur-reader"},
			}}
		},
	},
	"a primary's side with its defaults": {
		settings: primarySettings, outputs: payerOutputs(),
		properties: func(m *monitor) object { return object{"primary": primaryProperties(m)} },
	},
	"a primary's side with other clouds and values": {
		settings: primarySettings, outputs: payerOutputsWith("trustedRoleArn", "arn:aws:iam::222222222222:role/platform/reads"),
		changes: map[string]string{
			"kubecost-cur:cloudIntegrationFormat": "athena", "kubecost-cur:readerRolePath": "/platform/", "kubecost-cur:namespace": "costs",
			"kubecost-cur:azure":        `[{"subscriptionId":"01234567-89ab-cdef-0123-456789abcdef","storageAccount":"costexports","container":"exports","path":"daily","cloud":"gov"}]`,
			"kubecost-cur:gcp":          `[{"projectId":"billing-project","dataset":"billing","table":"gcp_billing_export"}]`,
			"kubecost-cur:values":       `{"kubecostProductConfigs":{"clusterName":"prod"},"prometheus":{"server":{"replicas":2,"retention":"30d"}},"list":[1,"a",true,null]}`,
			"kubecost-cur:chartVersion": "2.8.6", "kubecost-cur:timeoutSeconds": "60", "kubecost-cur:storageClass": "gp3",
			"kubecost-cur:releaseName": "costs", "kubecost-cur:serviceAccountName": "reader", "kubecost-cur:readerRoleName": "reads",
			"kubecost-cur:resourceTags": `["owner=finops"]`,
		},
		properties: func(m *monitor) object {
			p := primaryProperties(m)
			maps.Copy(p, object{
				"fileFormat": "athena", "readerRolePath": "/platform/", "namespace": "costs",
				"otherClouds": object{
					"azure": []any{object{"subscriptionId": "01234567-89ab-cdef-0123-456789abcdef", "storageAccount": "costexports", "container": "exports", "path": "daily", "cloud": "gov"}},
					"gcp":   []any{object{"projectId": "billing-project", "dataset": "billing", "table": "gcp_billing_export"}},
				},
				"values": object{
					"kubecostProductConfigs": object{"clusterName": "prod"},
					"prometheus":             object{"server": object{"replicas": 2, "retention": "30d"}}, "list": []any{1, "a", true, nil},
				},
				"chartVersion": "2.8.6", "timeoutSeconds": 60, "storageClass": "gp3", "releaseName": "costs", "serviceAccountName": "reader",
				"readerRoleName": "reads", "tags": object{"owner": "finops"},
			})
			return object{"primary": p}
		},
	},
	"a primary's side with EKS Pod Identity": {
		settings: primarySettings, outputs: payerOutputsWith("readerIdentity", "pod-identity"),
		changes: map[string]string{"kubecost-cur:identity": "pod-identity"},
		properties: func(m *monitor) object {
			p := primaryProperties(m)
			delete(p, "issuer")
			delete(p, "oidcProviderArn")
			p["podIdentity"], p["clusterName"] = true, "primary"
			p["clusterArn"] = "arn:aws:eks:us-east-2:222222222222:cluster/primary"
			return object{"primary": p}
		},
	},
	"both sides": {
		settings: bothSettings,
		properties: func(m *monitor) object {
			primary := primaryProperties(m)
			delete(primary, "payers")
			return object{
				"payer": object{
					"accountId": payerAccount, "region": "us-east-2", "provider": providerOf(m, "aws", "payer"),
					"reportProvider": providerOf(m, "aws", "us-east-1"),
					"readerRoleArns": []any{"arn:aws:iam::222222222222:role/kubecost-cur-reader"},
				},
				"primary": primary,
			}
		},
	},
}

func payerOutputsWith(output, value string) map[string]any {
	outputs := payerOutputs()
	outputs[output] = value
	return outputs
}

func primaryProperties(m *monitor) object {
	connection := object{}
	for _, key := range []string{
		"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN",
	} {
		connection[key] = payerOutputs()[key]
	}
	return object{
		"accountId": primaryAccount, "payers": []any{connection}, "kubernetesProvider": providerOf(m, "kubernetes", "cluster"),
		"issuer":          strings.TrimPrefix(issuer, "https://"),
		"oidcProviderArn": "arn:aws:iam::222222222222:oidc-provider/" + strings.TrimPrefix(issuer, "https://"),
	}
}
