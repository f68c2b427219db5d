package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// shape returns an error for each output that is not of its shape. The payer stack may be another team's: what is not used here
// is checked too, since a person may copy it.
func shape(c contract[string], partition string) []error {
	var faults []error
	if err := entry(c).Check(); err != nil {
		for _, fault := range each(err) {
			faults = append(faults, fmt.Errorf("output %w", fault))
		}
	}
	readers := func(text string) error {
		for _, role := range readerRoles(text) {
			if err := arn.CheckRole(role, partition); err != nil {
				return fmt.Errorf("of these, separated by commas, %q is no reader role: %w", role, err)
			}
		}
		return nil
	}
	for _, o := range []struct {
		name, value string
		check       func(string) error
	}{
		{"curBucketName", c.CurBucketName, arn.CheckBucketName},
		{"curPrefix", c.CurPrefix, billing.CheckPrefix},
		{"reportName", c.ReportName, billing.CheckExistingReportName}, // it may be adopted
		{"trustedRoleArn", c.TrustedRoleArn, readers},
		{"readerIdentity", c.ReaderIdentity, func(text string) error { return cmp.Or(identity(text), irsa).check() }},
	} {
		if err := o.check(o.value); err != nil {
			faults = append(faults, fmt.Errorf("output %s is %q: %w", o.name, o.value, err))
		}
	}
	return faults
}

// readerRoles are the ARNs of a trustedRoleArn. A comma may be in a role's name too, but never before "arn:".
func readerRoles(text string) []string {
	roles := strings.Split(text, ",arn:")
	for i := range roles[1:] {
		roles[i+1] = "arn:" + roles[i+1]
	}
	return roles
}

// each returns the errors that were joined to one.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}
