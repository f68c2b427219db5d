package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/charts"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// hopTime is how long the two hops may take together.
const hopTime = 15 * time.Second

// hops are the two sessions that Kubecost's pod goes through to the bill. They are made once, for all checks that need them.
type hops struct {
	once          sync.Once
	pod           *pod
	reader, payer Session
	failed        Finding // of the hop that did not succeed, if reader or payer is nil
}

// sessions makes the two hops with a token of Kubecost's pod, or of its service account while there is no pod.
func (s *Subject) sessions(ctx context.Context) *hops {
	s.chain.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hopTime)
		defer cancel()
		s.chain.failed = s.hop(ctx)
	})
	return &s.chain
}

// hop makes both hops. The finding is that of the one which did not succeed.
func (s *Subject) hop(ctx context.Context) Finding {
	p := s.Primary
	audience := iampolicy.TokenAudience
	if p.usesPodIdentity() {
		audience = iampolicy.PodIdentityService
	}
	name, account := "", p.ServiceAccountName
	found, err := s.pods(ctx)
	if err == nil && len(found) > 0 {
		s.chain.pod = &found[0]
		name, account = found[0].Metadata.Name, found[0].Spec.ServiceAccountName
	}
	token, err := s.Cluster.Token(ctx, p.Namespace, account, name, audience)
	if isMissing(err) {
		return failed(Shorten(err), "the service account was deleted", mendPrimary)
	} else if err != nil {
		return unasked(err, "create serviceaccounts/token in namespace "+p.Namespace)
	}
	if p.usesPodIdentity() {
		s.chain.reader, err = s.Sessions.PodIdentity(ctx, p.ClusterRegion, p.ClusterName, token)
	} else {
		s.chain.reader, err = s.Sessions.WebIdentity(ctx, s.Payer.AthenaRegion, p.ReaderRoleArn, token)
	}
	if err != nil {
		return s.recognised(err, firstHop)
	}
	s.chain.payer, err = s.chain.reader.Assume(ctx, s.Payer.AthenaRegion, s.Payer.MasterPayerARN)
	if err != nil {
		return s.recognised(err, secondHop)
	}
	return Finding{}
}

// PayerSession is what Kubecost's pod can do in the payer account, after both hops; nil, with what was found, if one of them fails.
func (s *Subject) PayerSession(ctx context.Context) (Session, Finding) {
	h := s.sessions(ctx)
	return h.payer, h.failed
}

// readerSession is the first hop, made for real.
var readerSession = Check{
	Name:  "reader-session",
	Title: func(s *Subject) string { return "first hop: a pod's token for the reader role" },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		h := s.sessions(ctx)
		if h.reader == nil {
			return h.failed
		}
		if role := roleOf(h.reader.ARN()); !strings.HasSuffix(s.Primary.ReaderRoleArn, "/"+role) {
			return failed("the pod's session is "+h.reader.ARN(), "the pod has another role than "+s.Primary.ReaderRoleArn, mendPrimary)
		}
		return ok(h.reader.ARN())
	},
}

// payerSession is the second hop, made for real.
var payerSession = Check{
	Name:  "payer-session",
	Title: func(s *Subject) string { return "second hop: the reader role for the payer role" },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		h := s.sessions(ctx)
		switch {
		case h.reader == nil:
			return notChecked("needs the first hop")
		case h.payer == nil:
			return h.failed
		}
		return ok(h.payer.ARN())
	},
}

// roleOf is the name of the role of a session's ARN, arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
func roleOf(sessionARN string) string {
	parts := strings.Split(sessionARN, "/")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// pod is what the doctor reads of a pod.
type pod struct {
	Metadata struct {
		Name              string
		CreationTimestamp time.Time
		OwnerReferences   []struct{ Kind, Name string }
	}
	Spec struct {
		ServiceAccountName string
		NodeName           string
		Containers         []container
		Volumes            []volume
	}
	Status struct {
		Phase             string
		Conditions        []condition
		ContainerStatuses []containerStatus
	}
}

type container struct {
	Name         string
	VolumeMounts []struct{ Name, MountPath, SubPath string }
}

type volume struct {
	Name   string
	Secret *struct{ SecretName string }
}

type condition struct{ Type, Status, Reason, Message string }

type containerStatus struct {
	Name         string
	Ready        bool
	RestartCount int
	State        struct {
		Waiting *struct{ Reason, Message string }
	}
}

// pods are the pods of the namespace that mount the secret, the newest first.
func (s *Subject) pods(ctx context.Context) ([]pod, error) {
	var list struct{ Items []pod }
	if err := s.Cluster.Get(ctx, fmt.Sprintf("/api/v1/namespaces/%s/pods", s.Primary.Namespace), &list); err != nil {
		return nil, err
	}
	var mounting []pod
	for _, p := range list.Items {
		if p.secretVolume(s.Primary.SecretName) != "" {
			mounting = append(mounting, p)
		}
	}
	slices.SortStableFunc(mounting, func(a, b pod) int { return b.Metadata.CreationTimestamp.Compare(a.Metadata.CreationTimestamp) })
	return mounting, nil
}

// secretVolume is the name of the pod's volume with a secret; empty if it has none.
func (p pod) secretVolume(secret string) string {
	for _, v := range p.Spec.Volumes {
		if v.Secret != nil && v.Secret.SecretName == secret {
			return v.Name
		}
	}
	return ""
}

// reader is the container that mounts the secret; of several, the one of the given name.
func (p pod) reader(secret, name string) (found container, there bool) {
	volume := p.secretVolume(secret)
	for _, c := range p.Spec.Containers {
		for _, m := range c.VolumeMounts {
			if volume != "" && m.Name == volume && (!there || c.Name == name) {
				found, there = c, true
			}
		}
	}
	return found, there
}

// container is the name of the container that reads the bill in the chart line; empty for a line that is not known.
func (p Primary) container() string {
	line, err := charts.Named(p.ChartLine)
	if err != nil {
		return ""
	}
	return line.Look(p.Namespace, p.ReleaseName).Container
}
