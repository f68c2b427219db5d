// Package iampolicy builds IAM policy documents from typed values, so that no name or ARN can change a document's
// structure.
package iampolicy

import (
	"encoding/json"
	"fmt"
)

// Document is an IAM policy document.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Document struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement is one statement of a Document. Principal is nil in identity policies; Resource is empty in trust policies.
type Statement struct {
	Sid       string     `json:"Sid,omitempty"`
	Effect    Effect     `json:"Effect"`
	Principal *Principal `json:"Principal,omitempty"`
	Action    []string   `json:"Action"`
	Resource  []string   `json:"Resource,omitempty"`
	Condition Condition  `json:"Condition,omitempty"`
}

// Effect is what a statement does to the requests that it matches.
type Effect string

// The two effects of IAM.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Principal says whom a resource or trust policy speaks of. One field is set.
type Principal struct {
	AWS       []string `json:"AWS,omitempty"`
	Service   []string `json:"Service,omitempty"`
	Federated []string `json:"Federated,omitempty"`
}

// Condition maps operators to condition keys to the values that satisfy them.
type Condition map[Operator]map[string][]string

// Operator compares a condition key with its values.
type Operator string

// The operators that the project's policies use.
const (
	ArnEquals    Operator = "ArnEquals"
	ArnLike      Operator = "ArnLike"
	Bool         Operator = "Bool"
	StringEquals Operator = "StringEquals"
	StringLike   Operator = "StringLike"
)

func document(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// JSON returns the document as IAM takes it. Equal documents give equal texts.
func (d Document) JSON() (string, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encoding a policy document: %w", err)
	}
	return string(b), nil
}
