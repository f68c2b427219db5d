package stacks

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

//go:embed tofu
var modules embed.FS

// peer is the same resources written for OpenTofu, with the same provider binary.
type peer struct {
	pair      *pair
	box       *sandbox.Sandbox
	dir       string
	tofu      string
	encrypted bool // its state and plans, by the KMS key that encrypts what is secret in a state of Pulumi
}

// encryption is OpenTofu's configuration for that, with the key's ARN and region.
const encryption = `
key_provider "aws_kms" "state" {
  kms_key_id = %q
  region     = %q
  key_spec   = "AES_256"
}
method "aes_gcm" "state" { keys = key_provider.aws_kms.state }
state { method = method.aes_gcm.state }
plan { method = method.aes_gcm.state }
remote_state_data_sources {
  default { method = method.aes_gcm.state }
}
`

// provider is where OpenTofu looks for a provider in a mirror on disk.
const provider = "mirror.example/hashicorp/aws/6.47.0"

// tags are those of the example settings.
var tags = []string{
	"aws:eks:cluster-name", "eks:cluster-name", "alpha.eksctl.io/cluster-name", "kubernetes.io/service-name",
	"kubernetes.io/created-for/pvc/name", "kubernetes.io/created-for/pv/name", "team", "environment",
}

func newPeer(b *testing.B, encrypted bool) *peer {
	b.Helper()
	t := &peer{pair: newPair(b), box: box(b), tofu: built(b, "BENCH_TOFU"), encrypted: encrypted}
	t.dir = filepath.Join(t.box.Env.Dir, "tofu", t.pair.name)
	if err := t.write(built(b, "BENCH_TERRAFORM_PROVIDER_AWS")); err != nil {
		b.Fatal(err)
	}
	for _, stack := range []string{"payer", "primary"} {
		if _, said, err := try(b, t, stack, []string{t.tofu, "init", "-input=false", "-no-color"}); err != nil {
			b.Fatalf("tofu init: %v\n%s", err, said)
		}
	}
	return t
}

// write writes the modules, their variables, and a mirror with the one provider.
func (t *peer) write(binary string) error {
	if err := os.MkdirAll(t.dir, 0o755); err != nil {
		return err
	}
	if err := os.CopyFS(t.dir, modules); err != nil {
		return err
	}
	columns, err := billing.Columns(tags)
	if err != nil {
		return err
	}
	table, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	accounts := map[string]string{"payer_account": t.pair.payer, "primary_account": t.pair.primary}
	payer, err := json.Marshal(accounts)
	if err != nil {
		return err
	}
	accounts["namespace"], accounts["payer_state"] = t.pair.name, filepath.Join(t.module("payer"), "terraform.tfstate")
	primary, err := json.Marshal(accounts)
	if err != nil {
		return err
	}
	mirror := filepath.Join(t.dir, "mirror")
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	for name, content := range map[string][]byte{
		filepath.Join(t.module("payer"), "columns.json"):            table,
		filepath.Join(t.module("payer"), "terraform.tfvars.json"):   payer,
		filepath.Join(t.module("primary"), "terraform.tfvars.json"): primary,
		filepath.Join(t.dir, "tofu.rc"):                             []byte(config),
	} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	folder := filepath.Join(mirror, provider, "linux_amd64")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.Link(binary, filepath.Join(folder, "terraform-provider-aws_v6.47.0"))
}

func (t *peer) module(stack string) string { return filepath.Join(t.dir, "tofu", stack) }
func (t *peer) accounts() *pair            { return t.pair }

func (t *peer) name() string {
	if t.encrypted {
		return "tofu, encrypted"
	}
	return "tofu"
}

func (t *peer) command(_, operation string) []string {
	if operation == "looked-at up" { // pulumi's up shows a preview first; this is what does as much
		plan := t.tofu + " plan -input=false -no-color -out=plan && " + t.tofu + " apply -input=false -no-color plan"
		return []string{"sh", "-c", plan}
	}
	args := map[string][]string{
		"preview new": {"plan"}, "preview": {"plan"},
		"first up": {"apply", "-auto-approve"}, "unchanged up": {"apply", "-auto-approve"},
		"refresh": {"apply", "-refresh-only", "-auto-approve"}, "destroy": {"destroy", "-auto-approve"},
	}[operation]
	return append([]string{t.tofu}, append(args, "-input=false", "-no-color")...)
}

func (t *peer) place(stack string) (dir string, env map[string]string) {
	env = t.box.Env.Variables(t.pair.of(stack))
	env["TF_CLI_CONFIG_FILE"] = filepath.Join(t.dir, "tofu.rc")
	env["CHECKPOINT_DISABLE"] = "1"
	if t.encrypted {
		env["TF_ENCRYPTION"] = fmt.Sprintf(encryption, t.box.Env.StateKey, sandbox.Region)
	}
	return t.module(stack), env
}
