package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestOutputsAreReadFromTheStateUnlessOneIsASecret(t *testing.T) {
	const stack = `{"urn": "urn:pulumi:payer::kubecost-cur::pulumi:pulumi:Stack::kubecost-cur-payer", "type": "pulumi:pulumi:Stack", "custom": false, "outputs": %s}`
	for name, c := range map[string]struct{ resources, want string }{
		"plain":          {`{"athenaTable": "kubecost", "list": [1, true]}`, `{"athenaTable":"kubecost","list":[1,true]}`},
		"with a secret":  {`{"athenaTable": "kubecost", "key": {"` + resource.SigKey + `": "` + resource.SecretSig + `", "ciphertext": "v1:x"}}`, ""},
		"without any":    {`{}`, ""},
		"never been up":  {"", ""},
		"no state there": {"none", ""},
	} {
		backend := t.TempDir()
		file := stateFile(backend, "payer")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		resources := "[]"
		if c.resources != "" {
			resources = "[" + fmt.Sprintf(stack, c.resources) + "]"
		}
		if c.resources != "none" {
			if err := os.WriteFile(file, []byte(`{"version": 3, "checkpoint": {"latest": {"resources": `+resources+`}}}`), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := plainOutputs(backend, "payer"); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}
