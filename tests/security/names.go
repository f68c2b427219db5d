package security

import (
	"encoding/json"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// The accounts of the example settings, a stranger's, and the names that the settings' defaults give.
const (
	payer    = "111111111111"
	primary  = "222222222222"
	stranger = "333333333333"
	region   = "us-east-2"
	another  = "eu-west-1" // region in which nothing is

	// Organization is the one of both accounts where organizationId is set.
	Organization = "o-exampleorg"

	reportBucket  = "kubecost-cur-" + payer + "-" + region
	resultsBucket = "kubecost-athena-" + payer + "-" + region
	dataPrefix    = "cur/kubecost/kubecost"
	database      = "athenacurcfn_kubecost"
	workGroup     = "kubecost-cur"

	issuer  = "oidc.eks." + region + ".amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	subject = "system:serviceaccount:kubecost:kubecost-serviceaccount"

	parquet = "/" + dataPrefix + "/year=2026/month=1/kubecost-00001.snappy.parquet"
)

// caller is who asks.
type caller struct {
	name          string
	arn           string // as the request has it: a session, a user, an OIDC provider, or a service's name
	role          string // ARN of the session's role; empty for all others
	account       string
	organization  string
	identity      []Name // its policies of this program
	administrator bool   // its own account lets it do everything, so that only the other side can refuse
	service       bool
}

// keys are the condition keys that AWS fills in.
func (c caller) keys() map[string]string {
	keys := map[string]string{"aws:SecureTransport": "true"}
	switch {
	case c.service:
		keys["aws:PrincipalIsAWSService"], keys["aws:PrincipalServiceName"] = "true", c.arn
	case c.account != "":
		keys["aws:PrincipalAccount"], keys["aws:PrincipalArn"] = c.account, c.arn
		if c.role != "" {
			keys["aws:PrincipalArn"] = c.role
		}
		if c.organization != "" {
			keys["aws:PrincipalOrgID"] = c.organization
		}
	default:
		keys["aws:FederatedProvider"] = c.arn
	}
	return keys
}

var (
	reader    = policed("reader role", primary, "kubecost-cur-reader", AssumePayer)
	payerRole = policed("payer role", payer, "kubecost-cur-access", QueryBill, ListAccounts)
	token     = provider("token of the cluster", primary, issuer)
	billing   = service(iampolicy.BillingService)

	payerAdministrator   = user("payer account: user administrator", payer, "administrator")
	primaryAdministrator = user("primary account: user administrator", primary, "administrator")
	strangersRole        = role("other account: role kubecost-cur-reader", stranger, "kubecost-cur-reader")
)

// role is a session of a role that its own account lets do everything; name may have a path.
func role(label, account, name string) caller {
	full := arn.Role("aws", account, "/", name).String()
	c := caller{name: label, account: account, role: full, administrator: true, organization: organizationOf(account)}
	c.arn = "arn:aws:sts::" + account + ":assumed-role/" + lastPart(name) + "/session"
	return c
}

func policed(label, account, name string, policies ...Name) caller {
	c := role(label, account, name)
	c.administrator, c.identity = false, policies
	return c
}

func user(label, account, name string) caller {
	return caller{name: label, account: account, arn: "arn:aws:iam::" + account + ":user/" + name, administrator: true, organization: organizationOf(account)}
}

func root(label, account string) caller {
	c := user(label, account, "")
	c.arn = arn.Root("aws", account).String()
	return c
}

func service(name string) caller { return caller{name: name, arn: name, service: true} }

// provider is whoever has a token of an issuer that an account knows.
func provider(label, account, of string) caller {
	return caller{name: label, arn: "arn:aws:iam::" + account + ":oidc-provider/" + of}
}

func organizationOf(account string) string {
	if account == stranger {
		return "o-anotherone"
	}
	return Organization
}

func lastPart(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}

// target is what is asked for.
type target struct {
	name    string
	arn     string
	account string
	policy  Name // its policy, if it is one of this program's
	open    bool // its own policy opens it to all three accounts, so that only the caller's policies can refuse
}

var (
	payerRoleItself  = target{"payer role", arn.Role("aws", payer, "/", "kubecost-cur-access").String(), payer, PayerTrust, false}
	payerRoleWithOrg = target{"payer role", payerRoleItself.arn, payer, OrgTrust, false}
	readerRole       = target{"reader role", arn.Role("aws", primary, "/", "kubecost-cur-reader").String(), primary, ReaderTrust, false}
)

// report and results are a bucket, or an object in it by its key with a slash before it.
func report(name, key string) target {
	return target{name, "arn:aws:s3:::" + reportBucket + key, payer, ReportBucket, false}
}

func results(name, key string) target {
	return target{name, "arn:aws:s3:::" + resultsBucket + key, payer, ResultsBucket, false}
}

// foreign is something that the program has nothing to do with, and that is open to all.
func foreign(name, account, full string) target { return target{name, full, account, "", true} }

// in is a resource of a service in an account and a region. Those of another account are open to all, or that account would refuse.
func in(name, service, account, region, resource string) target {
	return target{name, "arn:aws:" + service + ":" + region + ":" + account + ":" + resource, account, "", account == stranger}
}

// opened is a resource as if it had a policy that opens it to all three accounts.
func opened(t target) target {
	t.open = true
	return t
}

// any is what actions have that know no resources.
func anything(account string) target { return target{"*", "*", account, "", false} }

var (
	everything   = policy(iampolicy.Statement{Effect: iampolicy.Allow, Action: []string{"*"}, Resource: []string{"*"}})
	openRole     = policy(iampolicy.Statement{Effect: iampolicy.Allow, Principal: everybody(), Action: []string{"sts:*"}})
	openResource = policy(iampolicy.Statement{Effect: iampolicy.Allow, Principal: everybody(), Action: []string{"*"}, Resource: []string{"*"}})
)

func everybody() *iampolicy.Principal {
	var roots []string
	for _, account := range []string{payer, primary, stranger} {
		roots = append(roots, arn.Root("aws", account).String())
	}
	return &iampolicy.Principal{AWS: roots}
}

func policy(statements ...iampolicy.Statement) json.RawMessage {
	text, err := document(statements...).JSON()
	if err != nil { // a document is texts only
		panic(err)
	}
	return json.RawMessage(text)
}

func document(statements ...iampolicy.Statement) iampolicy.Document {
	return iampolicy.Document{Version: "2012-10-17", Statement: statements}
}
