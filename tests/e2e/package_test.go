package e2e

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// languages make the package known to the sandbox's engine, once.
var languages = sync.OnceValues(func() (*parts.LanguageSet, error) { return box.AddPackage(os.Stderr) })

// inGo is what the Go program makes of both sides, once.
var inGo struct {
	sync.Once
	resources map[string]string
}

// foreign is a stack of a program in another language, of which the files that name accounts are edited.
func (w *world) foreign(language string, edited ...string) auto.Stack {
	w.t.Helper()
	set, err := languages()
	if err != nil {
		w.t.Fatal(err)
	}
	stack, err := box.Env.Example(w.t.Context(), filepath.Join(box.Env.Root, "examples", language), "example", edited, sandbox.StackOptions{
		Account: w.primary, State: w.name,
		Edit: strings.NewReplacer(sandbox.PayerAccount, w.payer, sandbox.PrimaryAccount, w.primary,
			"namespace: kubecost\n", "namespace: "+cmp.Or(w.settings["namespace"], w.name)+"\n").Replace,
		Env: map[string]string{"AWS_SHARED_CREDENTIALS_FILE": w.profiles(), "KUBECONFIG": box.Env.Kubeconfig},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if language == "typescript" {
		if err := box.Env.InstallNPM(w.t.Context(), stack.Workspace().WorkDir(), set); err != nil {
			w.t.Fatal(err)
		}
	}
	return stack
}

// comparable are the resources of a stack's state that are not Pulumi's own, by their types and names below the stack, each with its
// inputs and with how it hangs together with others; without what differs from one world, or project, to another.
func (w *world) comparable(stack auto.Stack) map[string]string {
	w.t.Helper()
	deployment, err := sandbox.Deployment(w.t.Context(), stack)
	if err != nil {
		w.t.Fatal(err)
	}
	named := strings.NewReplacer(w.payer, sandbox.PayerAccount, w.primary, sandbox.PrimaryAccount, w.name, "NAMESPACE")
	hash := regexp.MustCompile(`cloud-integration-[0-9a-f]{8,}`) // of a content that has the accounts in it
	same := func(text string) string { return hash.ReplaceAllString(named.Replace(text), "cloud-integration-HASH") }
	short := func(urn resource.URN) string {
		if urn == "" || urn.Type() == "pulumi:pulumi:Stack" {
			return ""
		}
		return string(urn.QualifiedType()) + " " + urn.Name()
	}
	all := map[string]string{}
	for _, r := range deployment.Resources {
		if strings.HasPrefix(string(r.Type), "pulumi:") {
			continue
		}
		var after []string
		for _, urn := range r.Dependencies {
			after = append(after, short(urn))
		}
		slices.Sort(after)
		of := map[string][]string{}
		for property, urns := range r.PropertyDependencies {
			for _, urn := range urns {
				of[string(property)] = append(of[string(property)], short(urn))
			}
			slices.Sort(of[string(property)])
		}
		text, err := json.MarshalIndent(map[string]any{
			"parent": short(r.Parent), "inputs": r.Inputs, "protect": r.Protect, "retain": r.RetainOnDelete, "after": after, "of": of,
			"provider": providerOf(r), "outputs of the component": component(r.Custom, r.Outputs),
		}, "", "  ")
		if err != nil {
			w.t.Fatal(err)
		}
		all[short(r.URN)] = same(decoded(string(text)))
	}
	return all
}

// providerOf is a resource's provider by its name, without the version of a default one. A cluster's may be the default one or not.
func providerOf(r apitype.ResourceV3) string {
	if r.Provider == "" || strings.HasPrefix(string(r.Type), "kubernetes:") {
		return ""
	}
	urn := resource.URN(r.Provider[:strings.LastIndex(r.Provider, "::")])
	name, _, _ := strings.Cut(urn.Name(), "_")
	return string(urn.Type()) + " " + name
}

// base64Text is what Kubernetes writes for a secret's text that is as long as a file.
var base64Text = regexp.MustCompile(`[A-Za-z0-9+/]{80,}={0,2}`)

// decoded is a string with what is in base64 in it in plain.
func decoded(text string) string {
	return base64Text.ReplaceAllStringFunc(text, func(found string) string {
		plain, err := base64.StdEncoding.DecodeString(found)
		if err != nil {
			return found
		}
		return string(plain)
	})
}

// component are the outputs of a component; a provider's resources have more of them, which are made up.
func component(custom bool, outputs map[string]any) map[string]any {
	if custom {
		return nil
	}
	return outputs
}

// bothInGo are the resources of the Go program with both sides.
func bothInGo(t *testing.T) map[string]string {
	t.Helper()
	inGo.Do(func() {
		w := newWorld(t)
		stack := w.stack("both")
		if _, err := stack.Up(t.Context(), optup.Color("never"), optup.SuppressProgress()); err != nil {
			t.Fatal(err)
		}
		inGo.resources = w.comparable(stack)
	})
	if len(inGo.resources) < 30 {
		t.Fatalf("the Go program makes %d resources", len(inGo.resources))
	}
	return inGo.resources
}

// yamlFiles are those of the example that name accounts.
var yamlFiles = []string{"Pulumi.yaml", "Pulumi.example.yaml"}

func TestAYAMLProgramMakesWhatTheGoProgramMakes(t *testing.T) { sameAsInGo(t, "yaml", yamlFiles...) }

func TestATypeScriptProgramMakesWhatTheGoProgramMakes(t *testing.T) {
	sameAsInGo(t, "typescript", "Pulumi.example.yaml")
}

// sameAsInGo brings a language's example up and compares what it made, resource by resource.
func sameAsInGo(t *testing.T, language string, edited ...string) {
	t.Helper()
	w := newWorld(t)
	stack := w.foreign(language, edited...)
	preview, err := stack.Preview(t.Context(), optpreview.Color("never"), optpreview.SuppressProgress())
	if err != nil {
		t.Fatal(err)
	}
	result, err := stack.Up(t.Context(), optup.Color("never"), optup.SuppressProgress())
	if err != nil {
		t.Fatal(err)
	}
	if shown, made := preview.ChangeSummary["create"], (*result.Summary.ResourceChanges)["create"]; shown != made {
		t.Errorf("the preview shows %d resources, and %d were made", shown, made)
	}
	if got, want := result.Outputs["masterPayerARN"].Value, "arn:aws:iam::"+w.payer+":role/kubecost-cur-access"; got != want {
		t.Errorf("the payer role is %v, want %s", got, want)
	}
	delivered, ask := w.bill()
	w.reads(delivered, ask)
	want, got := bothInGo(t), w.comparable(stack)
	for key, one := range want {
		if made, ok := got[key]; !ok {
			t.Errorf("%s is not made", key)
		} else if made != one {
			t.Errorf("%s is\n%s\nand in Go\n%s", key, made, one)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s is made, and not in Go", key)
		}
	}
	if _, err := stack.Preview(t.Context(), optpreview.Refresh(), optpreview.ExpectNoChanges(), optpreview.SuppressProgress()); err != nil {
		t.Errorf("a preview after the update: %v", err)
	}
	if _, err := stack.Destroy(t.Context(), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.empty()
}

func TestAFaultInAYAMLProgramIsToldBeforeAnythingIsMade(t *testing.T) {
	w := newWorld(t)
	w.settings["namespace"] = "Kube Cost"
	stack := w.foreign("yaml", yamlFiles...)
	said := w.refuse(stack, `namespace is "Kube Cost"`)
	if strings.Contains(said, "rpc error") {
		t.Errorf("it tells of the plugin's calls: %s", said)
	}
	w.empty()
}

func TestThePythonProgramCallsTheSDKAsItIs(t *testing.T) {
	t.Parallel()
	set, err := languages()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(box.Env.Root, "examples", "python", "__main__.py")
	if err := box.Env.CheckPython(t.Context(), set, program, t.TempDir()); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.py")
	spoiled := strings.NewReplacer("reader_role_arns=", "reader_roles=", "integration.release_status", "integration.status").Replace(string(text))
	if err := os.WriteFile(wrong, []byte(spoiled), 0o644); err != nil {
		t.Fatal(err)
	}
	err = box.Env.CheckPython(t.Context(), set, wrong, t.TempDir())
	for _, want := range []string{"PayerArgs takes no reader_roles", "PayerArgs needs reader_role_arns", "CurIntegration has no status"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("of a wrong program it does not say %q: %v", want, err)
		}
	}
}
