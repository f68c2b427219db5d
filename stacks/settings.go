package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// settings are a stack's settings, checked. Those of the other side are zero.
type settings struct {
	Side                side
	ForCI               bool // the stack makes what CI needs to bring up one of that side
	PayerAccountID      string
	PrimaryAccountID    string
	ReaderRoleName      string
	ReaderRolePath      string
	Identity            identity
	PermissionsBoundary string // of the roles of this side
	Region              string // aws:region
	Partition           string // of Region
	Tags                map[string]string
	AWS                 awsConfig

	Payer   payerSettings
	Primary primarySettings
	Both    bothSettings
	CI      ciSettings
}

// bothSettings say, for a stack that holds both sides, as whom the payer account is called.
type bothSettings struct {
	PayerProfile       string
	PayerAssumeRoleARN string
}

// readerRoleARN is the role that the primary side makes, whether it is there yet or not.
func (s settings) readerRoleARN() string {
	return arn.Role(s.Partition, s.PrimaryAccountID, s.ReaderRolePath, s.ReaderRoleName).String()
}

// ownAccount is the account of the stack's own caller.
func (s settings) ownAccount() string {
	if s.Side == primary || s.Side == both {
		return s.PrimaryAccountID
	}
	return s.PayerAccountID
}

// readSettings reads and checks the stack's settings. Its error names every fault with the key, the value and the rule.
func readSettings(ctx *pulumi.Context) (settings, error) {
	r := newReader(ctx)
	given := r.required("side")
	own, forCI := strings.CutSuffix(given, forCISuffix)
	s := settings{
		Side:                side(own),
		ForCI:               forCI,
		PayerAccountID:      r.text("payerAccountId"),
		PrimaryAccountID:    r.required("primaryAccountId"),
		ReaderRoleName:      r.text("readerRoleName"),
		ReaderRolePath:      r.text("readerRolePath"),
		Identity:            identity(r.text("identity")),
		PermissionsBoundary: r.text("permissionsBoundary"),
		Region:              r.aws.Get("region"),
		Tags:                r.tags(),
		AWS:                 r.awsSettings(),
	}
	if s.Region == "" {
		r.faults = append(r.faults, errors.New("aws:region is missing: the region of this stack's resources, such as us-east-2"))
	} else {
		var err error
		s.Partition, err = arn.Partition(s.Region)
		r.fault("aws:region", s.Region, err)
	}
	r.accounts(s)
	r.fault("readerRoleName", s.ReaderRoleName, arn.CheckRoleName(s.ReaderRoleName))
	r.fault("readerRolePath", s.ReaderRolePath, arn.CheckRolePath(s.ReaderRolePath))
	r.fault("identity", string(s.Identity), s.Identity.check())

	if s.ForCI {
		s.CI = r.ci(s)
	}
	switch {
	case s.Side == payer:
		r.required("payerAccountId")
		s.Payer = r.payer(s)
		r.strangers(s)
	case s.Side == primary:
		s.Primary = r.primary(ctx, s)
		r.strangers(s)
	case s.Side == both && !s.ForCI:
		r.required("payerAccountId")
		s.Both = r.both(s)
		s.Payer, s.Primary = r.payer(s), r.primary(ctx, s)
		r.cur2Readers(s.Payer, s.Primary)
		r.strangers(s)
	case given == "":
	default:
		r.fault("side", given, errors.New("it is payer, primary or both, or payer-ci or primary-ci"))
	}
	if err := r.err(ctx.Stack()); err != nil {
		return settings{}, err
	}
	return s, nil
}

// both is who the payer's caller is, in a stack that holds both sides.
func (r *reader) both(s settings) bothSettings {
	b := bothSettings{PayerProfile: r.text("payerProfile"), PayerAssumeRoleARN: r.text("payerAssumeRoleArn")}
	if b.PayerProfile == "" && b.PayerAssumeRoleARN == "" {
		r.faults = append(r.faults, fmt.Errorf("%s and %s are missing: one of them says how the payer account is reached from this stack",
			r.full("payerProfile"), r.full("payerAssumeRoleArn")))
	}
	if role := b.PayerAssumeRoleARN; role != "" && s.Partition != "" {
		if err := arn.CheckRole(role, s.Partition); err != nil {
			r.fault("payerAssumeRoleArn", role, err)
		} else if parsed, _ := arn.Parse(role); parsed.Account != s.PayerAccountID {
			r.fault("payerAssumeRoleArn", role, fmt.Errorf("it is not a role of the payer account, %s", s.PayerAccountID))
		}
	}
	if region := r.text("payerRegion"); region != "" {
		partition, err := arn.Partition(region)
		if err == nil && s.Partition != "" && partition != s.Partition {
			err = fmt.Errorf("it is in partition %s, and aws:region is in %s", partition, s.Partition)
		}
		r.fault("payerRegion", region, err)
	}
	if r.text("permissionsBoundary") != "" {
		r.fault("permissionsBoundary", r.text("permissionsBoundary"), errors.New("a boundary is of one account, and this stack makes "+
			"roles in two: use a stack for each side"))
	}
	return b
}

// accounts checks the two accounts, and that AWS credentials of another account than this side's are refused at once.
func (r *reader) accounts(s settings) {
	if s.PayerAccountID != "" {
		r.fault("payerAccountId", s.PayerAccountID, arn.CheckAccountID(s.PayerAccountID))
	}
	if s.PrimaryAccountID != "" {
		r.fault("primaryAccountId", s.PrimaryAccountID, arn.CheckAccountID(s.PrimaryAccountID))
	}
	if s.PayerAccountID != "" && s.PayerAccountID == s.PrimaryAccountID {
		r.fault("primaryAccountId", s.PrimaryAccountID, fmt.Errorf("it is the same account as %s; the bill's account and "+
			"Kubecost's are two", r.full("payerAccountId")))
	}
	own, key := s.ownAccount(), "payerAccountId"
	if s.Side == primary || s.Side == both {
		key = "primaryAccountId"
	}
	if s.PermissionsBoundary != "" {
		r.fault("permissionsBoundary", s.PermissionsBoundary, arn.CheckPolicy(s.PermissionsBoundary, own, s.Partition))
	}
	var allowed []string
	if err := r.aws.TryObject("allowedAccountIds", &allowed); err != nil || !slices.Equal(allowed, []string{own}) {
		r.fault("aws:allowedAccountIds", r.raw("aws:allowedAccountIds"), fmt.Errorf("it is a list of this side's account, [%q] (%s), so "+
			"that credentials of another account are refused", own, r.full(key)))
	}
}

func (r *reader) tags() map[string]string {
	tags := map[string]string{}
	for _, tag := range r.list("resourceTags") {
		key, value, _ := strings.Cut(tag, "=")
		if _, twice := tags[key]; twice {
			r.fault("resourceTags", tag, fmt.Errorf("the key %q is there twice: keep one", key))
		}
		if !strings.Contains(tag, "=") {
			key = "" // an AWS tag without a value is key=
		}
		r.fault("resourceTags", tag, cmp.Or(arn.CheckTag(key, value), reserved(key)))
		tags[key] = value
	}
	return tags
}
