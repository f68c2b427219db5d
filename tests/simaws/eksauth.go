package simaws

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// podIdentityService is whom a role's trust policy names for EKS Pod Identity, and the audience of the pods' tokens.
	podIdentityService = "pods.eks.amazonaws.com"
	// podSession is how long a session of a pod's role is.
	podSession = 6 * time.Hour
)

// podClaims are those of a service account's token that is bound to a pod.
type podClaims struct {
	jwt.Claims
	Kubernetes struct {
		Pod struct {
			Name string `json:"name"`
			UID  string `json:"uid"`
		} `json:"pod"`
	} `json:"kubernetes.io"`
}

// serveEKSAuth answers the agent of EKS Pod Identity on a node: for a pod's token it gives a session of the role that the
// service account is associated with.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
func (c *Cloud) serveEKSAuth(w http.ResponseWriter, k *call) error {
	if k.r.Method != http.MethodPost || part(k, 3) != "assume-role-for-pod-identity" {
		return badRequest("InvalidRequestException", "no such operation: %s %s", k.r.Method, k.r.URL.Path)
	}
	var in struct{ Token string }
	if err := k.decode(&in); err != nil {
		return err
	}
	cluster, err := c.clusters.find(k.caller.Account, k.region, clusterName(k))
	if err != nil {
		return err
	}
	claims, err := c.verifyPodToken(k.r.Context(), in.Token, cluster)
	if err != nil {
		return err
	}
	namespace, account, ok := serviceAccount(claims.Subject)
	if !ok || claims.Kubernetes.Pod.UID == "" {
		return badRequest("InvalidTokenException", "The token is not that of a pod's service account")
	}
	a, err := c.clusters.associationOf(cluster, namespace, account)
	if err != nil {
		return err
	}
	session, err := c.assumeForPod(k.r.Context(), a, cluster, claims)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"subject":                map[string]string{"namespace": namespace, "serviceAccount": account},
		"audience":               podIdentityService,
		"podIdentityAssociation": map[string]string{"associationArn": a.arn, "associationId": a.id},
		"assumedRoleUser":        map[string]string{"arn": session.ARN, "assumeRoleId": session.UserID},
		"credentials": map[string]any{
			"accessKeyId": session.credentials.AccessKeyID, "secretAccessKey": session.credentials.SecretAccessKey,
			"sessionToken": session.credentials.SessionToken, "expiration": seconds(session.expires),
		},
	})
	return nil
}

// serviceAccount takes a token's subject apart.
func serviceAccount(subject string) (namespace, name string, ok bool) {
	rest, ok := strings.CutPrefix(subject, "system:serviceaccount:")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ":")
}

// verifyPodToken checks a token against the cluster that it must be of: issuer, audience, signature, expiry.
func (c *Cloud) verifyPodToken(ctx context.Context, token string, cluster EKSCluster) (*podClaims, error) {
	signed, err := jwt.ParseSigned(token, oidcAlgorithms)
	if err != nil {
		return nil, badRequest("InvalidTokenException", "The token is not a JSON Web Token")
	}
	keys, err := c.signingKeys(ctx, cluster.Issuer)
	if err != nil {
		return nil, err
	}
	var claims podClaims
	if err := signed.Claims(keys, &claims); err != nil || claims.Issuer != cluster.Issuer {
		return nil, badRequest("InvalidTokenException", "The token is not signed by cluster %s", cluster.Name)
	}
	if !slices.Contains(claims.Audience, podIdentityService) {
		return nil, badRequest("InvalidTokenException", "The token included in the request is invalid: its audience is not %s", podIdentityService)
	}
	if claims.Expiry == nil || time.Now().After(claims.Expiry.Time()) {
		return nil, badRequest("ExpiredTokenException", "The token included in the request is expired")
	}
	return &claims, nil
}

// associationOf is the association of a cluster's service account.
func (s *clusters) associationOf(cluster EKSCluster, namespace, account string) (association, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, a := range s.associations {
		if a.of(cluster) && a.Namespace == namespace && a.ServiceAccount == account {
			return *a, nil
		}
	}
	return association{}, &apiError{http.StatusNotFound, "ResourceNotFoundException", fmt.Sprintf(
		"No association for service account %s in namespace %s of cluster %s", account, namespace, cluster.Name)}
}

// assumeForPod makes a session of the role, if its trust policy lets EKS assume it with the session tags.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func (c *Cloud) assumeForPod(ctx context.Context, a association, cluster EKSCluster, claims *podClaims) (*principal, error) {
	r, err := c.moto.role(ctx, a.RoleARN)
	if err != nil {
		return nil, denied("Unauthorized Exception! EKS does not have permissions to assume the associated role.")
	}
	tags := map[string]string{
		"eks-cluster-arn": cluster.arn(), "eks-cluster-name": cluster.Name,
		"kubernetes-namespace": a.Namespace, "kubernetes-service-account": a.ServiceAccount,
		"kubernetes-pod-name": claims.Kubernetes.Pod.Name, "kubernetes-pod-uid": claims.Kubernetes.Pod.UID,
	}
	keys := map[string]string{
		"aws:SourceArn": cluster.arn(), "aws:SourceAccount": cluster.Account, "aws:SecureTransport": "true",
		"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": podIdentityService,
	}
	for key, value := range tags {
		keys["aws:RequestTag/"+key] = value
	}
	for _, action := range []string{"sts:AssumeRole", "sts:TagSession"} {
		answer, err := c.simulator.decide(Question{
			Principal: podIdentityService, Action: action, Resource: r.ARN, ResourceAccount: accountOf(r.ARN),
			ResourcePolicy: r.Trust, Context: keys,
		})
		if err != nil {
			return nil, err
		}
		if answer != allowed {
			return nil, denied("Unauthorized Exception! EKS does not have permissions to assume the associated role.")
		}
	}
	name := "eks-" + cluster.Name + "-" + claims.Kubernetes.Pod.Name
	return c.addSession(r, name[:min(len(name), 64)], podSession, tags), nil
}
