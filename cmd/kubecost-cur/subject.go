package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/cmd/kubecost-cur/awsaccess"
	"github.com/kubecost-cur/kubecost-cur/cmd/kubecost-cur/kubeaccess"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// access says as whom the accounts and the cluster are asked.
type access struct {
	payerProfile, primaryProfile string
	payerRole, primaryRole       string
	kubeconfig, kubeContext      string
}

// subject puts together what is looked at and who can be asked. Whoever cannot be asked is no error: the checks that need them say so.
func (a access) subject(ctx context.Context, payer doctor.Payer, primary doctor.Primary) *doctor.Subject {
	s := &doctor.Subject{Payer: payer, Primary: primary, Lacking: map[doctor.Need]string{}}
	payerAWS := a.account(ctx, s, doctor.PayerAWS, payer.ProjectID, "payer",
		awsaccess.Options{Profile: a.payerProfile, RoleARN: a.payerRole, Region: payer.AthenaRegion})
	if payerAWS != nil {
		s.PayerAWS = payerAWS
	}
	reader, _ := arn.Parse(primary.ReaderRoleArn)
	primaryAWS := a.account(ctx, s, doctor.PrimaryAWS, reader.Account, "primary",
		awsaccess.Options{Profile: a.primaryProfile, RoleARN: a.primaryRole, Region: cmp.Or(primary.ClusterRegion, payer.AthenaRegion)})
	if primaryAWS != nil {
		s.PrimaryAWS = primaryAWS
	}
	if sessions, err := awsaccess.NewSessions(ctx, primaryAWS); err != nil {
		s.Lacking[doctor.Cluster] = err.Error()
	} else {
		s.Sessions = sessions
	}
	if primary.Namespace == "" {
		s.Lacking[doctor.Cluster] = "needs the primary stack's outputs: --primary-stack"
	} else if cluster, err := kubeaccess.New(a.kubeconfig, a.kubeContext); err != nil {
		s.Lacking[doctor.Cluster] = "needs a kubeconfig of the cluster (--kubeconfig, --context): " + err.Error()
	} else if s.Sessions != nil {
		s.Cluster = cluster
	}
	return s
}

// account is access to the account of a side; nil, with the reason, where the credentials are of none or of another account.
func (a access) account(ctx context.Context, s *doctor.Subject, need doctor.Need, id, side string, o awsaccess.Options) *awsaccess.Account {
	if id == "" {
		s.Lacking[need] = fmt.Sprintf("needs the %s stack's outputs: --%s-stack", side, side)
		return nil
	}
	account, err := awsaccess.New(ctx, o)
	if err != nil {
		s.Lacking[need] = fmt.Sprintf("needs credentials of the %s account %s: %v", side, id, err)
		return nil
	}
	got, err := account.Account(ctx)
	if err != nil {
		s.Lacking[need] = fmt.Sprintf("needs credentials of the %s account %s (--%s-profile, --%s-role): %s", side, id, side, side, doctor.Shorten(err))
		return nil
	}
	if got != id {
		s.Lacking[need] = fmt.Sprintf("needs credentials of the %s account %s (--%s-profile, --%s-role); those here are of account %s", side, id, side, side, got)
		return nil
	}
	return account
}
