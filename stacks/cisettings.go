package stacks

import (
	"errors"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// forCISuffix, after a side, is a stack that makes what CI needs to bring up one of that side. It takes all of that side's settings,
// so that its file is a copy of the other's.
const forCISuffix = "-ci"

// ciSettings are those of a stack for CI, checked.
type ciSettings struct {
	Repository          string
	Branch              string
	Environment         string
	RoleName            string
	CreateProvider      bool
	PermissionsBoundary string // of CI's own roles
}

// ci reads the settings of a stack for CI.
func (r *reader) ci(s settings) ciSettings {
	c := ciSettings{
		Repository:          r.required("ciRepository"),
		Branch:              r.text("ciBranch"),
		Environment:         r.text("ciEnvironment"),
		RoleName:            r.text("ciRoleName"),
		PermissionsBoundary: r.text("ciPermissionsBoundary"),
	}
	if c.Repository != "" {
		r.fault("ciRepository", c.Repository, components.CheckRepository(c.Repository))
	}
	r.fault("ciBranch", c.Branch, components.CheckBranch(c.Branch))
	r.fault("ciEnvironment", c.Environment, components.CheckEnvironment(c.Environment))
	r.fault("ciRoleName", c.RoleName, components.CheckCIRoleName(c.RoleName))
	switch provider := r.text("ciOidcProvider"); provider {
	case createProvider:
		c.CreateProvider = true
	case lookupProvider:
	default:
		r.fault("ciOidcProvider", provider, fmt.Errorf("it is %s or %s", lookupProvider, createProvider))
	}
	if account := s.ownAccount(); c.PermissionsBoundary != "" {
		r.fault("ciPermissionsBoundary", c.PermissionsBoundary, arn.CheckPolicy(c.PermissionsBoundary, account, s.Partition))
	}
	if s.Side == primary && r.flag("createCluster") {
		r.fault("createCluster", "true", errors.New("a role that may make clusters may do nearly anything, so CI gets none: bring that stack up by hand"))
	}
	return c
}
