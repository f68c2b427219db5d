package simaws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// podTrust is the trust policy of a role for the pods of the service account in one cluster.
const podTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},
	"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"ArnEquals":{"aws:SourceArn":"%s"},"StringEquals":{
	"aws:SourceAccount":"%s","aws:RequestTag/kubernetes-namespace":"kubecost","aws:RequestTag/kubernetes-service-account":"%s"}}}]}`

// podToken signs the token of a pod of the service account.
func (i issuer) podToken(t *testing.T, change func(*jwt.Claims)) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.Claims{Issuer: i.url, Subject: subject, Audience: jwt.Audience{podIdentityService}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	if change != nil {
		change(&claims)
	}
	pod := map[string]any{"kubernetes.io": map[string]any{"pod": map[string]string{"name": "kubecost-0", "uid": "7f3c"}}}
	text, err := jwt.Signed(signer).Claims(claims).Claims(pod).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// assumeForPod asks as the agent on a node does.
func assumeForPod(t *testing.T, node aws.Config, cluster, token string) (aws.Config, error) {
	t.Helper()
	address := "https://eks-auth." + region + ".api.aws/clusters/" + cluster + "/assume-role-for-pod-identity"
	res, text, err := signedCall(t, node, "eks-auth", region, address, nil, map[string]string{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Type, Message string
		Credentials   struct{ AccessKeyID, SecretAccessKey, SessionToken string }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		return aws.Config{}, &smithy.GenericAPIError{Code: res.Header.Get("X-Amzn-Errortype"), Message: answer.Message}
	}
	c := answer.Credentials
	return configFor(t, Credentials{c.AccessKeyID, c.SecretAccessKey, c.SessionToken}), nil
}

func TestPodIdentityGivesASessionWithTagsThatTheNextRoleMustTake(t *testing.T) {
	account, config := newAccount(t)
	payer, payerConfig := newAccount(t)
	cluster := newCluster(t, account)
	name := "kubecost-" + account
	clusterARN := "arn:aws:eks:" + region + ":" + account + ":cluster/" + name
	next := "arn:aws:iam::" + payer + ":role/next"
	policy := func(actions string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"` + next + `"}]}`
	}
	reader := newRole(t, config, "reader", fmt.Sprintf(podTrust, clusterARN, account, "kubecost-serviceaccount"), policy(`"sts:AssumeRole"`))
	client := eks.NewFromConfig(config)
	associate := func(role, serviceAccount string) (*eks.CreatePodIdentityAssociationOutput, error) {
		return client.CreatePodIdentityAssociation(t.Context(), &eks.CreatePodIdentityAssociationInput{
			ClusterName: &name, Namespace: aws.String("kubecost"), ServiceAccount: &serviceAccount, RoleArn: &role,
		})
	}
	if _, err := assumeForPod(t, config, name, cluster.podToken(t, nil)); err == nil {
		t.Fatal("a pod without an association got a role")
	}
	if _, err := associate(reader, "kubecost-serviceaccount"); err != nil {
		t.Fatal(err)
	}
	session, err := assumeForPod(t, config, name, cluster.podToken(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	who, err := sts.NewFromConfig(session).GetCallerIdentity(t.Context(), nil)
	if err != nil || *who.Arn != "arn:aws:sts::"+account+":assumed-role/reader/eks-"+name+"-kubecost-0" {
		t.Errorf("the pod is %v, %v", who, err)
	}

	// Either side without sts:TagSession refuses the session's tags.
	trust := func(actions string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":` + actions + `}]}`
	}
	newRole(t, payerConfig, "next", trust(`["sts:AssumeRole","sts:TagSession"]`), "")
	hop := func() error {
		_, err := sts.NewFromConfig(session).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &next, RoleSessionName: aws.String("kubecost")})
		return err
	}
	wantError(t, hop(), "AccessDenied", "sts:TagSession")
	both := policy(`["sts:AssumeRole","sts:TagSession"]`)
	if _, err := iam.NewFromConfig(config).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("reader"), PolicyName: aws.String("access"), PolicyDocument: &both,
	}); err != nil {
		t.Fatal(err)
	}
	if err := hop(); err != nil {
		t.Error(err)
	}
	narrow := trust(`"sts:AssumeRole"`)
	if _, err := iam.NewFromConfig(payerConfig).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("next"), PolicyDocument: &narrow,
	}); err != nil {
		t.Fatal(err)
	}
	wantError(t, hop(), "AccessDenied", "sts:TagSession")

	for what, token := range map[string]string{
		"InvalidTokenException":     cluster.podToken(t, func(c *jwt.Claims) { c.Audience = jwt.Audience{"sts.amazonaws.com"} }),
		"ExpiredTokenException":     cluster.podToken(t, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour)) }),
		"ResourceNotFoundException": cluster.podToken(t, func(c *jwt.Claims) { c.Subject = "system:serviceaccount:kubecost:other" }),
	} {
		_, err := assumeForPod(t, config, name, token)
		wantError(t, err, what, "")
	}
	_, other := newAccount(t)
	_, err = assumeForPod(t, other, name, cluster.podToken(t, nil))
	wantError(t, err, "ResourceNotFoundException", name)
	_, err = assumeForPod(t, config, name, newCluster(t, payer).podToken(t, nil))
	wantError(t, err, "InvalidTokenException", name)
	_, err = assumeForPod(t, config, name, cluster.token(t, func(c *jwt.Claims) { c.Audience = jwt.Audience{podIdentityService} }))
	wantError(t, err, "InvalidTokenException", "pod")

	// The trust policy is that of one service account of one cluster.
	if _, err := associate(reader, "other"); err != nil {
		t.Fatal(err)
	}
	_, err = assumeForPod(t, config, name, cluster.podToken(t, func(c *jwt.Claims) { c.Subject = "system:serviceaccount:kubecost:other" }))
	wantError(t, err, "AccessDeniedException", "does not have permissions")
	elsewhere := newRole(t, config, "elsewhere", fmt.Sprintf(podTrust, clusterARN+"2", account, "third"), "")
	if _, err := associate(elsewhere, "third"); err != nil {
		t.Fatal(err)
	}
	_, err = assumeForPod(t, config, name, cluster.podToken(t, func(c *jwt.Claims) { c.Subject = "system:serviceaccount:kubecost:third" }))
	wantError(t, err, "AccessDeniedException", "does not have permissions")
}

func TestPodIdentityAssociations(t *testing.T) {
	account, config := newAccount(t)
	_, stranger := newAccount(t)
	newCluster(t, account)
	name := "kubecost-" + account
	role := newRole(t, config, "reader", fmt.Sprintf(podTrust, "arn:aws:eks:x", account, "a"), "")
	client := eks.NewFromConfig(config)
	create := func(c *eks.Client, cluster, role string) (*eks.CreatePodIdentityAssociationOutput, error) {
		return c.CreatePodIdentityAssociation(t.Context(), &eks.CreatePodIdentityAssociationInput{
			ClusterName: &cluster, Namespace: aws.String("kubecost"), ServiceAccount: aws.String("a"), RoleArn: &role,
			Tags: map[string]string{"team": "finops"},
		})
	}
	_, err := create(client, "none", role)
	wantError(t, err, "ResourceNotFoundException", "none")
	_, err = create(client, name, role+"-that-is-not-there")
	wantError(t, err, "InvalidParameterException", "does not exist")
	_, err = create(client, name, "arn:aws:iam::999999999999:role/reader")
	wantError(t, err, "InvalidParameterException", "Cross-account")
	_, err = create(eks.NewFromConfig(stranger), name, role)
	wantError(t, err, "ResourceNotFoundException", name)
	made, err := create(client, name, role)
	if err != nil {
		t.Fatal(err)
	}
	id, arn := made.Association.AssociationId, *made.Association.AssociationArn
	_, err = create(client, name, role)
	wantError(t, err, "ResourceInUseException", *id)

	// Who may make associations may not give any role away.
	deploy := newRole(t, config, "deploy", fmt.Sprintf(root, account), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"eks:*","Resource":"*"}]}`)
	_, err = eks.NewFromConfig(assume(t, config, deploy)).UpdatePodIdentityAssociation(t.Context(), &eks.UpdatePodIdentityAssociationInput{
		ClusterName: &name, AssociationId: id, RoleArn: &role,
	})
	wantError(t, err, "AccessDeniedException", "iam:PassRole")

	if _, err := client.TagResource(t.Context(), &eks.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{"owner": "a"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UntagResource(t.Context(), &eks.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"team"}}); err != nil {
		t.Fatal(err)
	}
	other := newRole(t, config, "other", fmt.Sprintf(podTrust, "arn:aws:eks:x", account, "a"), "")
	if _, err := client.UpdatePodIdentityAssociation(t.Context(), &eks.UpdatePodIdentityAssociationInput{ClusterName: &name, AssociationId: id, RoleArn: &other}); err != nil {
		t.Fatal(err)
	}
	found, err := client.DescribePodIdentityAssociation(t.Context(), &eks.DescribePodIdentityAssociationInput{ClusterName: &name, AssociationId: id})
	if err != nil || *found.Association.RoleArn != other || len(found.Association.Tags) != 1 || found.Association.Tags["owner"] != "a" {
		t.Errorf("the association is %+v, %v", found, err)
	}
	for namespace, want := range map[string]int{"kubecost": 1, "other": 0} {
		listed, err := client.ListPodIdentityAssociations(t.Context(), &eks.ListPodIdentityAssociationsInput{ClusterName: &name, Namespace: &namespace})
		if err != nil || len(listed.Associations) != want {
			t.Errorf("in namespace %s are %+v, %v", namespace, listed, err)
		}
	}
	if _, err := client.DeletePodIdentityAssociation(t.Context(), &eks.DeletePodIdentityAssociationInput{ClusterName: &name, AssociationId: id}); err != nil {
		t.Fatal(err)
	}
	_, err = client.DescribePodIdentityAssociation(t.Context(), &eks.DescribePodIdentityAssociationInput{ClusterName: &name, AssociationId: id})
	wantError(t, err, "ResourceNotFoundException", *id)
}

func TestAddons(t *testing.T) {
	account, config := newAccount(t)
	err := cloud.AddCluster(t.Context(), EKSCluster{
		Account: account, Region: region, Name: "addons", Issuer: "https://oidc.eks." + region + ".amazonaws.com/id/" + randomID(20),
		Addons: []string{"coredns"}, AutoMode: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	client, name := eks.NewFromConfig(config), aws.String("addons")
	listed, err := client.ListAddons(t.Context(), &eks.ListAddonsInput{ClusterName: name})
	if err != nil || len(listed.Addons) != 1 {
		t.Errorf("the add-ons are %+v, %v", listed, err)
	}
	found, err := client.DescribeAddon(t.Context(), &eks.DescribeAddonInput{ClusterName: name, AddonName: aws.String("coredns")})
	if err != nil || found.Addon.Status != "ACTIVE" {
		t.Errorf("the add-on is %+v, %v", found, err)
	}
	_, err = client.DescribeAddon(t.Context(), &eks.DescribeAddonInput{ClusterName: name, AddonName: aws.String("eks-pod-identity-agent")})
	wantError(t, err, "ResourceNotFoundException", "No addon: eks-pod-identity-agent")
	described, err := client.DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: name})
	if err != nil || described.Cluster.ComputeConfig == nil || !*described.Cluster.ComputeConfig.Enabled {
		t.Errorf("the cluster is %+v, %v", described, err)
	}
}
