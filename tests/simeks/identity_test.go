package simeks_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

const roleARN = "arn:aws:iam::222222222222:role/kubecost-cur-reader"

func TestPodHasTheRoleOfItsServiceAccount(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	serviceAccount(t, ns, "kubecost", object{"eks.amazonaws.com/role-arn": roleARN})
	deploy(t, ns, object{
		"serviceAccountName": "kubecost",
		"containers": []any{
			object{"name": "main", "image": "example", "ports": []any{object{"containerPort": 9090}}},
			object{"name": "own", "image": "example", "env": []any{object{"name": "AWS_REGION", "value": "eu-west-1"}}},
		},
	})
	p := readyPod(t, ns)
	env := func(c simeks.Container) map[string]string {
		values := map[string]string{}
		for _, v := range c.Env {
			values[v.Name] = v.Value
		}
		return values
	}
	main, own := env(p.Spec.Containers[0]), env(p.Spec.Containers[1])
	if main["AWS_ROLE_ARN"] != roleARN || main["AWS_REGION"] != "us-east-2" || main["AWS_STS_REGIONAL_ENDPOINTS"] != "regional" {
		t.Errorf("environment: %v", main)
	}
	if own["AWS_REGION"] != "eu-west-1" {
		t.Errorf("a container's own AWS_REGION was replaced: %v", own)
	}

	id, err := cluster.PodIdentity(t.Context(), ns, "app=app")
	must(t, err)
	if id.RoleARN != roleARN || id.TokenAudience != "sts.amazonaws.com" || id.ServiceAccount != "kubecost" {
		t.Errorf("identity: %+v", id)
	}
	claims := verify(t, id.Token)
	if claims.Issuer != issuer || claims.Subject != "system:serviceaccount:"+ns+":kubecost" ||
		!slices.Equal(claims.Audience, []string{"sts.amazonaws.com"}) || claims.Kubernetes.Pod.Name != id.Pod {
		t.Errorf("claims: %+v", claims)
	}
}

func TestAnAssociationGivesAPodItsRoleByTheAgent(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	serviceAccount(t, ns, associated, object{"eks.amazonaws.com/role-arn": roleARN}) // the association wins
	deploy(t, ns, object{"serviceAccountName": associated, "containers": []any{object{"name": "main", "image": "example"}}})
	p := readyPod(t, ns)
	env := map[string]string{}
	for _, v := range p.Spec.Containers[0].Env {
		env[v.Name] = v.Value
	}
	if env["AWS_ROLE_ARN"] != "" || env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != "http://169.254.170.23/v1/credentials" || env["AWS_REGION"] != "us-east-2" {
		t.Errorf("environment: %v", env)
	}
	id, err := cluster.PodIdentity(t.Context(), ns, "app=app")
	must(t, err)
	if id.RoleARN != "" || id.TokenAudience != "pods.eks.amazonaws.com" || id.ServiceAccount != associated {
		t.Errorf("identity: %+v", id)
	}
	claims := verify(t, id.Token)
	if claims.Subject != "system:serviceaccount:"+ns+":"+associated || !slices.Equal(claims.Audience, []string{"pods.eks.amazonaws.com"}) {
		t.Errorf("claims: %+v", claims)
	}
}

func TestPodWithoutARoleHasNoIdentity(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	deploy(t, ns, object{})
	readyPod(t, ns)
	_, err := cluster.PodIdentity(t.Context(), ns, "app=app")
	if err == nil || !strings.Contains(err.Error(), "eks.amazonaws.com/role-arn") {
		t.Errorf("error %v does not name the annotation that is missing", err)
	}
	_, err = cluster.PodIdentity(t.Context(), ns, "app=other")
	if err == nil || !strings.Contains(err.Error(), "app=other") {
		t.Errorf("error %v does not name the labels that no pod has", err)
	}
}

func TestServiceAccountTokenIsForItsAudience(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	token, err := cluster.ServiceAccountToken(t.Context(), ns, "default", "example.com")
	must(t, err)
	if claims := verify(t, token); !slices.Equal(claims.Audience, []string{"example.com"}) {
		t.Errorf("audience %v", claims.Audience)
	}
	if code := call(t, token); code != http.StatusUnauthorized {
		t.Errorf("the API server answers %d to a token for somebody else", code)
	}
}

func TestCallersKnownToAWSAreLetIn(t *testing.T) {
	t.Parallel()
	if code := call(t, awsToken); code != http.StatusOK {
		t.Errorf("an administrator gets %d", code)
	}
	if code := call(t, "k8s-aws-v1.of-a-stranger"); code != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d", code)
	}
}

// call lists namespaces with a bearer token and returns the HTTP status.
func call(t *testing.T, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cluster.Endpoint+"/api/v1/namespaces", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := (&http.Client{Transport: trusting(cluster.CA)}).Do(req)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

func serviceAccount(t *testing.T, namespace, name string, annotations object) {
	t.Helper()
	must(t, cluster.Create(t.Context(), "/api/v1/namespaces/"+namespace+"/serviceaccounts", object{
		"metadata": object{"name": name, "annotations": annotations},
	}))
}

type claims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   []string `json:"aud"`
	Kubernetes struct {
		Pod struct {
			Name string `json:"name"`
		} `json:"pod"`
	} `json:"kubernetes.io"`
}

// verify checks a token's signature against the published keys and returns its claims.
func verify(t *testing.T, token string) claims {
	t.Helper()
	var header struct {
		Key string `json:"kid"`
	}
	sections := strings.Split(token, ".")
	if len(sections) != 3 {
		t.Fatalf("not a token: %q", token)
	}
	must(t, json.Unmarshal(raw(t, sections[0]), &header))
	digest := sha256.Sum256([]byte(sections[0] + "." + sections[1]))
	must(t, rsa.VerifyPKCS1v15(publicKey(t, header.Key), crypto.SHA256, digest[:], raw(t, sections[2])))
	var c claims
	must(t, json.Unmarshal(raw(t, sections[1]), &c))
	return c
}

// publicKey returns a key of the cluster's key set.
func publicKey(t *testing.T, id string) *rsa.PublicKey {
	t.Helper()
	content, err := cluster.JWKS(t.Context())
	must(t, err)
	var set struct {
		Keys []struct {
			ID       string `json:"kid"`
			Modulus  string `json:"n"`
			Exponent string `json:"e"`
		} `json:"keys"`
	}
	must(t, json.Unmarshal(content, &set))
	for _, k := range set.Keys {
		if k.ID == id {
			exponent := new(big.Int).SetBytes(raw(t, k.Exponent))
			return &rsa.PublicKey{N: new(big.Int).SetBytes(raw(t, k.Modulus)), E: int(exponent.Int64())}
		}
	}
	t.Fatalf("key %q is not among %s", id, content)
	return nil
}

func raw(t *testing.T, encoded string) []byte {
	t.Helper()
	content, err := base64.RawURLEncoding.DecodeString(encoded)
	must(t, err)
	return content
}
