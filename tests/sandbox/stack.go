package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

// project is the name in Pulumi.yaml.
const project = "kubecost-cur"

// StackOptions say how a stack differs from the repository's.
type StackOptions struct {
	// Account is whose credentials the stack has; empty takes the account of the example settings.
	Account string
	// Settings is the file below the repository's root that its settings start from; empty takes Pulumi.<name>.yaml.
	Settings string
	// Edit changes the text of the stack's settings file.
	Edit func(string) string
	// State is the folder of the state backend below the sandbox's; stacks of one State see each other.
	State string
	// Program is the program; nil runs the project's own.
	Program pulumi.RunFunc
	// Env are further environment variables.
	Env map[string]string
	// Passphrase has the state's secrets encrypted by a key from a passphrase, not by the sandbox's KMS key, which not everybody may use.
	Passphrase bool
}

// Stack returns a stack of the project, made if it is not there: the repository's own Pulumi.yaml and Pulumi.<name>.yaml, run
// by the real engine. They are copied before each use, since the engine writes into a stack's file how its secrets are encrypted.
func (e Env) Stack(ctx context.Context, name string, o StackOptions) (auto.Stack, error) {
	if o.Account == "" {
		o.Account = map[string]string{"payer": PayerAccount, "primary": PrimaryAccount}[name]
	}
	if o.Program == nil {
		o.Program = stacks.Run
	}
	workDir := filepath.Join(e.Dir, "work", o.State)
	if err := e.copyProject(workDir, name, cmp.Or(o.Settings, "Pulumi."+name+".yaml"), o.Edit); err != nil {
		return auto.Stack{}, err
	}
	variables, state, err := e.backend(o)
	if err != nil {
		return auto.Stack{}, err
	}
	command, err := e.newCommand(state, o.State == "")
	if err != nil {
		return auto.Stack{}, err
	}
	get := auto.NewStackInlineSource
	if command.has(name) {
		get = auto.SelectStackInlineSource
	}
	stack, err := get(ctx, name, project, o.Program, append(e.workspace(command, variables, o), auto.WorkDir(workDir))...)
	if err != nil {
		return auto.Stack{}, fmt.Errorf("making stack %s: %w", name, err)
	}
	return stack, nil
}

// workspace is how the Automation API reaches an engine, and how that encrypts the state's secrets.
func (e Env) workspace(engine auto.PulumiCommand, variables map[string]string, o StackOptions) []auto.LocalWorkspaceOption {
	options := []auto.LocalWorkspaceOption{auto.Pulumi(engine), auto.PulumiHome(e.home()), auto.EnvVars(variables)}
	if !o.Passphrase {
		options = append(options, auto.SecretsProvider(e.secretsProvider()))
	}
	return options
}

// backend is the folder of a stack's state, which is made, and the environment of an engine that keeps it there.
func (e Env) backend(o StackOptions) (variables map[string]string, folder string, err error) {
	variables, folder = e.Variables(o.Account), filepath.Join(e.state(), o.State)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", fmt.Errorf("making the state's folder: %w", err)
	}
	variables["PULUMI_BACKEND_URL"] = "file://" + folder
	maps.Copy(variables, o.Env)
	return variables, folder, nil
}

// copyProject copies the project's file, and the settings of a stack from a file, with what the engine has written kept.
func (e Env) copyProject(dir, stack, settings string, edit func(string) string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the work folder: %w", err)
	}
	stackFile := "Pulumi." + stack + ".yaml"
	for name, source := range map[string]string{"Pulumi.yaml": "Pulumi.yaml", stackFile: settings} {
		b, err := os.ReadFile(filepath.Join(e.Root, source))
		if err != nil {
			return fmt.Errorf("reading the project: %w", err)
		}
		text := string(b)
		if name == stackFile {
			if edit != nil {
				text = edit(text)
			}
			text = encryption(filepath.Join(dir, name)) + text
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("copying the project: %w", err)
		}
	}
	return nil
}

// encryption are the lines of a stack's file by which the engine knows how the stack's secrets are encrypted, or nothing.
func encryption(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	var kept strings.Builder
	for line := range strings.Lines(string(b)) {
		switch key, _, _ := strings.Cut(line, ":"); key {
		case "secretsprovider", "encryptedkey", "encryptionsalt":
			kept.WriteString(strings.TrimRight(line, "\n") + "\n")
		}
	}
	return kept.String()
}
