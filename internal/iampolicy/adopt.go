package iampolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// AccessTestObject is what the billing service writes into a bucket's root before it takes a report.
const AccessTestObject = "aws-programmatic-access-test-object"

// CheckDelivery returns an error for each statement of want, a Delivery or ExportDelivery, whose requests a bucket's policy does
// not allow, with the statement to add. policy is empty for a bucket without one, dataPrefix is where the report goes.
func CheckDelivery(policy string, want Document, account, dataPrefix string) []error {
	found := Found{}
	if policy != "" {
		var err error
		if found, err = ParseFound(policy); err != nil {
			return []error{fmt.Errorf("its policy is %q: %w", policy, err)}
		}
	}
	var faults []error
	for _, s := range want.Statement {
		if s.Effect != Allow {
			continue
		}
		for _, action := range s.Action {
			if !deliveryAllowed(found.attached(), s, action, account, dataPrefix) {
				faults = append(faults, fmt.Errorf("its policy does not let %s call %s: add this statement to it, and look for one that "+
					"denies it: %s", s.Principal.Service[0], action, statementText(s)))
				break
			}
		}
	}
	return faults
}

// deliveryAllowed asks for what a statement of a delivery is for, as the first service that it names. In the policy that AWS's console writes, the source ARN is
// compared by equality with one that ends in a star; so it may be either.
func deliveryAllowed(found Found, s Statement, action, account, dataPrefix string) bool {
	resources := []string{s.Resource[0]}
	if root, ok := strings.CutSuffix(s.Resource[0], "*"); ok {
		resources = []string{root + AccessTestObject, root + dataPrefix + "/year=2026/month=1/x.snappy.parquet"}
	}
	service, pattern := s.Principal.Service[0], s.Condition[ArnLike]["aws:SourceArn"][0]
	for _, resource := range resources {
		q := Request{Service: service, Action: action, Resource: resource, Context: map[string]string{
			"aws:sourcearn": pattern, "aws:sourceaccount": account, "aws:securetransport": "true",
			"aws:principalisawsservice": "true", "aws:principalservicename": service,
		}}
		if !found.Allows(q) {
			return false
		}
	}
	return true
}

// CheckTrust returns an error for a trust policy that does not let a reader assume the role, and bring session tags if it does,
// with the statement to add. What the reader's organization is, is not known here; a policy that asks for one is taken to let it in.
func CheckTrust(policy string, reader arn.ARN, sessionTags bool) error {
	add := TrustReaders(ReaderTrust{Readers: []arn.ARN{reader}, SessionTags: sessionTags}).Statement[0]
	found, err := ParseFound(policy)
	for _, action := range add.Action {
		if err == nil && !found.attached().Allows(Request{
			Names:  []string{reader.String(), arn.Root(reader.Partition, reader.Account).String(), reader.Account},
			Action: action,
			Context: map[string]string{
				"aws:principalarn": reader.String(), "aws:principalaccount": reader.Account, "aws:securetransport": "true", "aws:principaltype": "AssumedRole",
			},
			Unknown: []string{"aws:principalorgid", "aws:principalorgpaths"},
		}) {
			err = fmt.Errorf("it does not let %s %s the role; Kubecost sends no external ID and has no MFA", reader, purposes[action])
		}
	}
	if err != nil {
		return fmt.Errorf("its trust policy is %s: %w: add this statement to it: %s", shown(policy), err, statementText(add))
	}
	return nil
}

// purposes are what a trust policy lets a reader do with the role, by action.
var purposes = map[string]string{"sts:AssumeRole": "assume", tagSession: "bring session tags, as EKS Pod Identity gives, to"}

// shown is a policy in one line, escaped if it is no JSON or has what a terminal does not print.
func shown(policy string) string {
	var line bytes.Buffer
	if err := json.Compact(&line, []byte(policy)); err != nil || strings.ContainsFunc(line.String(), func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(policy)
	}
	return line.String()
}

func statementText(s Statement) string {
	b, err := json.Marshal(s)
	if err != nil { // a statement is texts only
		return err.Error()
	}
	return string(b)
}
