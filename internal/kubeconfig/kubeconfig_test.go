package kubeconfig

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

var certificate = base64.StdEncoding.EncodeToString([]byte("-----BEGIN CERTIFICATE-----\nQ0E=\n-----END CERTIFICATE-----\n"))

var plain = `
apiVersion: v1
kind: Config
current-context: staging
clusters:
- name: one
  cluster: {server: "https://one.example", certificate-authority-data: "` + certificate + `"}
- name: two
  cluster: {server: "https://two.example:6443", tls-server-name: api.two, proxy-url: "http://proxy:3128"}
contexts:
- name: staging
  context: {cluster: one, user: deployer}
- name: production
  context: {cluster: two, user: deployer, namespace: other}
users:
- name: deployer
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token], env: [{name: AWS_PROFILE, value: p}]}
`

func TestAContextLeadsToItsCluster(t *testing.T) {
	one, err := Read(plain, "")
	if err != nil || one.Name != "one" || one.Server != "https://one.example" || !strings.Contains(string(one.CA), "CERTIFICATE") {
		t.Errorf("the current context leads to %+v, %v", one, err)
	}
	two, err := Read(plain, "production")
	want := Cluster{Name: "two", Server: "https://two.example:6443", ServerName: "api.two", Proxy: "http://proxy:3128"}
	if err != nil || two.Name != want.Name || two.Server != want.Server || two.ServerName != want.ServerName || two.Proxy != want.Proxy || two.CA != nil {
		t.Errorf("the other context leads to %+v, %v", two, err)
	}
	if secrets := Secrets(plain); len(secrets) > 0 {
		t.Errorf("a kubeconfig without secrets has %v", secrets)
	}
}

func TestWhatIsWrongWithAKubeconfigIsSaidWithoutQuotingIt(t *testing.T) {
	const planted = "planted-token"
	for name, c := range map[string]struct{ from, to, context, want string }{
		"no YAML":                  {plain, "{" + planted, "", "text of a kubeconfig"},
		"a list":                   {plain, "- " + planted, "", "text of a kubeconfig"},
		"a text":                   {plain, planted, "", "text of a kubeconfig"},
		"nothing":                  {plain, "", "", "text of a kubeconfig"},
		"no current context":       {"current-context: staging", "", "", "staging, production"},
		"an unknown context":       {"", "", "testing", "staging, production"},
		"an unknown cluster":       {"cluster: one", "cluster: gone", "", `"gone"`},
		"an unknown user":          {"user: deployer}", "user: gone}", "", `"gone"`},
		"a server without TLS":     {"https://one.example", "http://one.example", "", "https://"},
		"a CA that is none":        {certificate, planted, "", "certificate-authority-data"},
		"a CA in a file":           {"certificate-authority-data: \"" + certificate, "certificate-authority: \"/home/a/ca.pem", "", "--flatten"},
		"a key in a file":          {"exec:", "client-key: /home/a/key\n    exec:", "", "users[deployer].client-key"},
		"a token in a file":        {"exec:", "tokenFile: /var/token\n    exec:", "", "users[deployer].tokenFile"},
		"a number for the cluster": {"cluster: one", "cluster: [1]", "", "text of a kubeconfig"},
	} {
		text := strings.Replace(plain, c.from, c.to, 1)
		_, err := Read(text, c.context)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), planted) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
	}
}

func TestTheSecretsOfAKubeconfigAreNamed(t *testing.T) {
	for to, want := range map[string]string{
		"token: t":                            "users[deployer].token",
		"client-key-data: k":                  "users[deployer].client-key-data",
		"username: a\n    password: p":        "users[deployer].password",
		"auth-provider: {config: {token: t}}": "users[deployer].auth-provider",
		"exec: {command: aws, env: [{name: AWS_SECRET_ACCESS_KEY, value: s}]}": "users[deployer].exec.env[AWS_SECRET_ACCESS_KEY]",
	} {
		text := plain[:strings.Index(plain, "    exec:")] + "    " + to + "\n"
		if got := Secrets(text); !slices.Equal(got, []string{want}) {
			t.Errorf("with %q the secrets are %v", to, got)
		}
	}
	proxy := strings.Replace(plain, "http://proxy", "http://me:pw@proxy", 1)
	if got := Secrets(proxy); !slices.Equal(got, []string{"clusters[two].proxy-url"}) {
		t.Errorf("with a proxy's password the secrets are %v", got)
	}
	if got := Secrets("no kubeconfig"); len(got) != 1 {
		t.Errorf("of what is no kubeconfig the secrets are %v", got)
	}
}
