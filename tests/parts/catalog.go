package parts

import (
	"context"
	"os"
	"path/filepath"
)

// Versions of the programs that the project is written for.
const (
	engineVersion           = "3.230.0"
	awsPluginVersion        = "6.83.2"
	kubernetesPluginVersion = "4.24.0"
	motoVersion             = "5.2.1"
)

// The parts that are built, each from a module of its own.
var (
	enginePart = goProgram("engine", "pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
		// Without a version the Automation API refuses the program.
		"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v"+engineVersion+
			" -X github.com/pulumi/pulumi/pkg/v3/version.Version=v"+engineVersion)
	awsPluginPart        = goProgram("awsplugin", "pulumi-resource-aws", ".", "")
	kubernetesPluginPart = goProgram("kubeplugin", "pulumi-resource-kubernetes", ".", "")
	kubePart             = goProgram("kube", "kube", ".", "")
	awsProviderPart      = part{
		name: "awsprovider", dir: "tests/parts/awsprovider", recipe: goBuild("."), build: buildAWSProvider,
	}
	iamSimulatePart = part{
		name: "iam-simulate", dir: "tests/simaws/iam-simulate", recipe: npmInstall, build: buildIAMSimulate,
	}
	motoPart = part{name: "moto", recipe: []string{motoVersion, motoScript}, build: buildMoto}
)

// goEnv keeps a user's Go settings from changing what is built.
var goEnv = []string{"GOFLAGS=", "GOWORK=off"}

// goBuild returns the command that builds a Go package, without its output's name.
func goBuild(pkg string, linkerFlags ...string) []string {
	flags := "-s -w" // symbols nobody reads: linking takes a core for itself
	for _, f := range linkerFlags {
		flags += " " + f
	}
	return []string{"go", "build", "-buildvcs=false", "-ldflags=" + flags, pkg}
}

// goProgram is the part whose module lies in the folder tests/parts/<name> and whose
// package pkg is built as program.
func goProgram(name, program, pkg, linkerFlags string) part {
	args := goBuild(pkg, linkerFlags)
	return part{
		name: name, dir: filepath.Join("tests/parts", name), recipe: args,
		build: func(ctx context.Context, s site) error {
			return command{dir: s.src, env: goEnv, args: withOutput(args, filepath.Join(s.out, program)), log: s.log}.run(ctx)
		},
	}
}

// withOutput adds the output's name to a go build command.
func withOutput(args []string, name string) []string {
	return append([]string{args[0], args[1], "-o", name}, args[2:]...)
}

// buildAWSProvider writes the provider's reduced sources below the site, builds them,
// and leaves only the program.
func buildAWSProvider(ctx context.Context, s site) error {
	src := filepath.Join(s.out, "src")
	err := command{dir: s.src, env: goEnv, args: []string{"go", "run", ".", src}, log: s.log}.run(ctx)
	if err != nil {
		return err
	}
	args := withOutput(goBuild("."), filepath.Join(s.out, "terraform-provider-aws"))
	if err := (command{dir: src, env: goEnv, args: args, log: s.log}).run(ctx); err != nil {
		return err
	}
	return os.RemoveAll(src)
}

// npmInstall installs what a lock file names, and nothing else.
var npmInstall = []string{"npm", "ci", "--no-audit", "--no-fund"}

// buildIAMSimulate copies the folder of the policy simulator and installs its packages.
func buildIAMSimulate(ctx context.Context, s site) error {
	if err := os.CopyFS(s.out, os.DirFS(s.src)); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.out, "node_modules")); err != nil {
		return err
	}
	return command{dir: s.out, args: npmInstall, log: s.log}.run(ctx)
}

// motoScript starts the server of the virtual environment that it lies in, wherever
// that has been moved: the scripts that pip writes hold the path at installation.
const motoScript = `#!/bin/sh
exec "$(dirname "$0")/bin/python" -m moto.server "$@"
`

// buildMoto installs moto in a virtual environment.
func buildMoto(ctx context.Context, s site) error {
	for _, args := range [][]string{
		{"python3", "-m", "venv", s.out},
		{filepath.Join(s.out, "bin", "python"), "-m", "pip", "install", "--quiet", "moto[server]==" + motoVersion},
	} {
		if err := (command{dir: s.out, args: args, log: s.log}).run(ctx); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(s.out, "moto_server"), []byte(motoScript), 0o755)
}
