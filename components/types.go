package components

import (
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// What arguments are made of, by names that programs outside this module can use.
type (
	// ARN is an Amazon Resource Name in its parts.
	ARN = arn.ARN
	// BillQuery names what a query of the bill touches in the payer account, for PayerRoleArgs.
	BillQuery = iampolicy.BillQuery
	// CloudIntegrationFormat is a format of cloud-integration.json: flat or athena.
	CloudIntegrationFormat = cloudintegration.Format
	// CIStack is what CIRoles may look at and change: CIPayer, CIPrimary, or policies of your own as Document.
	CIStack = iampolicy.CIStack
	// CIPayer and CIPrimary are what the payer and the primary stack make, each in a CIPlace.
	CIPayer   = iampolicy.CIPayer
	CIPrimary = iampolicy.CIPrimary
	// CIPlace is the partition, region and account of a stack, and the boundary of the roles that it makes.
	CIPlace = iampolicy.CIPlace
	// Document and Statement are an IAM policy.
	Document  = iampolicy.Document
	Statement = iampolicy.Statement
)
