// Package components holds the ComponentResources that give Kubecost the AWS bill. CurIntegration puts them together; each
// can be used alone.
//
// A component takes its providers from its options, as Pulumi's components do, and hands them to its children. It validates
// its arguments before it registers anything.
package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The type tokens of the components. They are constants, because the token that the SDK can work out is empty when a
// component is used in a plain program.
const (
	CurIntegrationType         = "kubecost-cur:index:CurIntegration"
	BillingReportType          = "kubecost-cur:index:BillingReport"
	BillingCatalogType         = "kubecost-cur:index:BillingCatalog"
	QueryWorkspaceType         = "kubecost-cur:index:QueryWorkspace"
	PayerRoleType              = "kubecost-cur:index:PayerRole"
	LakeFormationGrantsType    = "kubecost-cur:index:LakeFormationGrants"
	ClusterIdentityType        = "kubecost-cur:index:ClusterIdentity"
	CloudIntegrationSecretType = "kubecost-cur:index:CloudIntegrationSecret"
	KubecostReleaseType        = "kubecost-cur:index:KubecostRelease"
	KubecostClusterType        = "kubecost-cur:index:KubecostCluster"
	CIRolesType                = "kubecost-cur:index:CIRoles"
)

// faults collects what is wrong with a component's arguments.
type faults []error

func (f *faults) check(argument, value string, err error) {
	if err != nil {
		*f = append(*f, fmt.Errorf("%s is %q: %w", argument, value, err))
	}
}

func (f *faults) require(argument string, given bool) {
	if !given {
		*f = append(*f, fmt.Errorf("%s is missing", argument))
	}
}

// of returns the collected faults as one error that names the component, or nil if there are none.
func (f *faults) of(component, name string) error {
	if err := errors.Join(*f...); err != nil {
		return fmt.Errorf("the arguments of %s %q: %w", component, name, err)
	}
	return nil
}

// tags are the given tags and one that says which project made a resource.
func tags(given map[string]string) pulumi.StringMap {
	all := pulumi.StringMap{"pulumi-project": pulumi.String("kubecost-cur")}
	for key, value := range given {
		all[key] = pulumi.String(value)
	}
	return all
}

// protect protects a resource if it is to be, and else leaves it as its parent is, which Protect(false) would not.
func protect(is bool) pulumi.ResourceOption {
	if is {
		return pulumi.Protect(true)
	}
	return pulumi.Composite()
}

// optional is a string input that is left out when it is empty.
func optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
