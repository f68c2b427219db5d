// Package guardrails checks the resources that a stack plans against what an organisation asks of all of them: nobody and nothing is
// let in by a wildcard, buckets are private, encrypted and reached by TLS only, and the report is not lost. The same rules are a policy
// pack for Pulumi's CrossGuard in the folder policypack; both say the same of the same resources.
package guardrails

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Unknown stands for a value that only an update knows. The rules say nothing of it.
// Source: UnknownStringValue in sdk/go/common/resource/plugin/rpc.go of github.com/pulumi/pulumi.
const Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// Resource is one resource as its stack plans it.
type Resource struct {
	Type       string         `json:"type"` // token: aws:s3/bucketV2:BucketV2
	URN        string         `json:"urn"`
	Properties map[string]any `json:"properties"` // as JSON has them
	Protect    bool           `json:"protect,omitempty"`
	// From are the URNs of the resources that a property's value comes from, by the property.
	From map[string][]string `json:"from,omitempty"`
}

// Violation is a rule that a resource breaks.
type Violation struct {
	Rule     string `json:"rule"`
	Resource string `json:"resource"` // URN
	Seen     string `json:"seen"`
	Do       string `json:"do"`
	Advisory bool   `json:"advisory,omitempty"` // a warning: it stops nothing
}

// String is the violation in one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s: %s: %s. %s", v.Rule, name(v.Resource), v.Seen, v.Do)
}

// Rule is one guard rail. A rule that looks at single resources can stop an update before it makes one; what a resource needs beside
// it, only the whole stack shows.
type Rule struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Do          string `json:"do"` // what to do about a violation
	Advisory    bool   `json:"advisory,omitempty"`

	resource func(Resource) []string            // what is wrong with it
	stack    func([]Resource) map[string]string // what is wrong, by URN
}

// Check returns what of the resources breaks which rule, in the order of Rules and of the resources.
func Check(resources []Resource) []Violation {
	var violations []Violation
	for _, rule := range Rules() {
		var whole map[string]string
		if rule.stack != nil {
			whole = rule.stack(resources)
		}
		for _, r := range resources {
			var seen []string
			if rule.resource != nil {
				seen = rule.resource(r)
			}
			if text, found := whole[r.URN]; found {
				seen = append(seen, text)
			}
			for _, text := range seen {
				violations = append(violations, Violation{rule.Name, r.URN, text, rule.Do, rule.Advisory})
			}
		}
	}
	return violations
}

// name is a resource's name, the last part of its URN.
func name(urn string) string {
	parts := strings.Split(urn, "::")
	return parts[len(parts)-1]
}

// is says whether a resource is of a type of pulumi-aws, by its module and name; BucketV2 of its version 6 is Bucket of version 7.
func (r Resource) is(module string, names ...string) bool {
	rest, found := strings.CutPrefix(r.Type, "aws:"+module+"/")
	if !found {
		return false
	}
	return slices.Contains(names, strings.TrimSuffix(rest[strings.LastIndex(rest, ":")+1:], "V2"))
}

// below says whether a resource is part of a component of this project.
func (r Resource) below(component string) bool {
	return strings.Contains(r.URN, "kubecost-cur:index:"+component+"$")
}

// at is the value at a path of properties: nil if there is none, Unknown if all or a part of the path is not known.
func at(v any, path ...string) any {
	for _, key := range path {
		if v == Unknown {
			return v
		}
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// text is a value as it is told.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return v
	case bool, float64:
		b, _ := json.Marshal(v)
		return string(b)
	default:
		return "something else"
	}
}
