package main

import "encoding/json"

// A program in YAML is checked against its packages' schemas before it runs; one in a compiled language was checked when it was
// compiled. The schema here is only of what programs in YAML use in the sandbox: the provider's settings and some look-ups.
type (
	packageSchema struct {
		Name      string                `json:"name"`
		Version   string                `json:"version"`
		Provider  settingsOf            `json:"provider"`
		Functions map[string]functionOf `json:"functions"`
	}
	settingsOf struct {
		InputProperties map[string]any `json:"inputProperties"`
	}
	functionOf struct {
		Inputs  properties `json:"inputs"`
		Outputs properties `json:"outputs"`
	}
	properties struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
	}
)

var (
	aText    = map[string]any{"type": "string"}
	someOf   = map[string]any{"type": "array", "items": aText}
	whatever = map[string]any{"$ref": "pulumi.json#/Any"}
)

func propertiesOf(named map[string]any) properties {
	return properties{Type: "object", Properties: named}
}

// schemaJSON returns the schema.
func schemaJSON() ([]byte, error) {
	return json.Marshal(packageSchema{
		Name: "aws", Version: version,
		Provider: settingsOf{InputProperties: map[string]any{
			"region": aText, "profile": aText, "allowedAccountIds": someOf, "assumeRole": whatever, "defaultTags": whatever,
		}},
		Functions: map[string]functionOf{
			"aws:eks/getCluster:getCluster": {
				Inputs: propertiesOf(map[string]any{"name": aText}),
				Outputs: propertiesOf(map[string]any{
					"arn": aText, "endpoint": aText, "certificateAuthorities": whatever, "identities": whatever,
				}),
			},
			"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": {
				Inputs: propertiesOf(map[string]any{"url": aText, "arn": aText}), Outputs: propertiesOf(map[string]any{"arn": aText, "url": aText}),
			},
		},
	})
}
