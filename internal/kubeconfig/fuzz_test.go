package kubeconfig

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"gopkg.in/yaml.v3"
)

// planted is a secret that no error may tell.
const planted = "planted-s3cret"

// with is a kubeconfig whose only user and cluster are what is given, in YAML's flow style.
func with(cluster, user string) string {
	return `{"current-context": c, clusters: [{name: k, cluster: ` + cluster + `}], contexts: [{name: c, context: {cluster: k, user: u}}], users: [{name: u, user: ` + user + `}]}`
}

func FuzzAKubeconfigIsReadOrRefusedWithoutTellingIt(f *testing.F) {
	for _, text := range []string{
		plain, with(`{server: "https://k.example"}`, `{}`), with(`{server: "https://k.example"}`, `{token: `+planted+`}`),
		with(`{server: "https://u:`+planted+`@k.example"}`, `{}`), with(`{server: "http://`+planted+`"}`, `{}`), with(`{server: "https://k.example", "certificate-authority-data": `+planted+`}`, `{}`),
		with(`{server: "https://k.example"}`, `{exec: {1: 2, env: [{name: TOKEN, value: `+planted+`}]}}`), with(`{server: "https://k.example"}`, `{exec: {env: [{name: "A\x1b[31m_TOKEN"}]}}`),
		with(`{server: "https://k.example"}`, `{exec: {args: [--token, `+planted+`]}}`),
		with(`{server: "https://k.example", "certificate-authority": "/a\nb"}`, `{}`), strings.ReplaceAll(plain, "deployer", `"a\x1b[2Jb"`), strings.ReplaceAll(plain, "staging", `"a\nb"`),
		"a: &a [x, x]\nb: &b [*a, *a]\nclusters: *b\ncontexts: *b", "&a {<<: *a}", "<<: {clusters: []}", "clusters: [{}]\ncontexts: [{}]", "null", "[]", "\x00", "clusters: !!binary x", "? [a]\n: b",
		planted, "users: " + planted, strings.Repeat("[", 5000),
	} {
		f.Add(text, "")
		f.Add(text, "production")
		f.Add(text, "\x1b[31m")
	}
	f.Fuzz(func(t *testing.T, text, context string) {
		found, err := Read(text, context)
		names := Secrets(text)
		for _, said := range append(names, describe(err)) {
			if strings.ContainsFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("it is told as %q", said)
			}
			if strings.Contains(said, planted) && !named(text, planted) {
				t.Errorf("a secret is told: %s", said)
			}
		}
		if err == nil && (found.Server == "" || !strings.HasPrefix(strings.ToLower(found.Server), "https://")) {
			t.Errorf("the server is %q", found.Server)
		}
		if twice := Secrets(text); !slices.Equal(names, twice) {
			t.Errorf("the secrets are %q, and then %q", names, twice)
		}
		if err != nil {
			return
		}
		// A kubeconfig is YAML or JSON, and the same in both.
		var all map[string]any
		if yaml.Unmarshal([]byte(text), &all) != nil {
			return
		}
		if as, err := json.Marshal(all); err == nil {
			if again, err := Read(string(as), context); err != nil || again.Server != found.Server || again.Name != found.Name {
				t.Errorf("%q leads to %+v, and as JSON to %+v, %v", text, found, again, err)
			}
		}
	})
}

func describe(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// named says whether a string is in a name of the kubeconfig, which is told.
func named(text, part string) bool {
	f, _ := parse(text)
	for _, c := range f.Contexts {
		if strings.Contains(c.Name+c.Context.Cluster+c.Context.User, part) {
			return true
		}
	}
	for _, c := range f.Clusters {
		if strings.Contains(c.Name, part) {
			return true
		}
	}
	return slices.ContainsFunc(f.Users, func(u user) bool { return strings.Contains(u.Name, part) || strings.Contains(text, "name: "+part) })
}

func FuzzAPlantedTokenIsNamedAsASecret(f *testing.F) {
	for _, key := range []string{"token", "password", "client-key-data", "auth-provider"} {
		f.Add(key, planted)
	}
	f.Add("token", "*")
	f.Add("token", "a: b\n  c")
	f.Fuzz(func(t *testing.T, key, value string) {
		quoted, _ := json.Marshal(value)
		text := with(`{server: "https://k.example"}`, `{"`+key+`": `+string(quoted)+`}`)
		if !slices.Contains([]string{"token", "password", "client-key-data", "auth-provider"}, key) {
			return
		}
		if got := Secrets(text); !slices.Equal(got, []string{"users[u]." + key}) && !slices.Equal(got, []string{"all of it"}) {
			t.Errorf("with %s %q the secrets are %q", key, value, got)
		}
		var missing ContextError
		if _, err := Read(text, "other"); err == nil || !errors.As(err, &missing) && len(Secrets(text)) == 1 && Secrets(text)[0] != "all of it" {
			t.Errorf("a context that is not there: %v", err)
		}
	})
}

func TestSecretsInAServersAddressAndBesideKeysThatAreNoTextsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		with(`{server: "https://u:`+planted+`@k.example"}`, `{}`):                                               "clusters[k].server",
		with(`{server: "https://k.example"}`, `{exec: {1: 2, env: [{1: 2, name: TOKEN, value: `+planted+`}]}}`): "users[u].exec.env[TOKEN]",
		with(`{server: "https://k.example"}`, `{exec: {args: [--token=`+planted+`]}}`):                          "users[u].exec.args",
		with(`{server: "https://k.example"}`, `{exec: {args: [--password, `+planted+`]}}`):                      "users[u].exec.args",
	} {
		if got := Secrets(text); !slices.Equal(got, []string{want}) {
			t.Errorf("the secrets of %s are %q, want %s", text, got, want)
		}
	}
	if got := Secrets(with(`{server: "https://k.example"}`, `{exec: {args: [eks, get-token, --cluster-name, k]}}`)); len(got) > 0 {
		t.Errorf("the arguments of the AWS CLI are taken for secrets: %q", got)
	}
}
