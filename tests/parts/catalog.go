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
	enginePart = goProgram("engine", "pulumi",
		// Without a version the Automation API refuses the program.
		linkerFlags+" -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v"+engineVersion+
			" -X github.com/pulumi/pulumi/pkg/v3/version.Version=v"+engineVersion,
		"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")
	// What the benchmarks compare with.
	tofuPart = goProgram("tofu", "tofu", linkerFlags+" -X github.com/opentofu/opentofu/version.dev=no",
		"github.com/opentofu/opentofu/cmd/tofu")
	awsPluginPart        = goProgram("awsplugin", "pulumi-resource-aws", linkerFlags, ".")
	kubernetesPluginPart = goProgram("kubeplugin", "pulumi-resource-kubernetes", linkerFlags, ".")
	kubePart             = goProgram("kube", "kube", linkerFlags, ".")
	awsProviderPart      = part{name: "awsprovider", timed: true, dir: "tests/parts/awsprovider", recipe: awsProviderBuild, build: buildAWSProvider}
	iamSimulatePart      = part{
		name: "iam-simulate", dir: "tests/simaws/iam-simulate", recipe: npmInstall, build: buildNodePackage,
	}
	motoPart = part{name: "moto", recipe: []string{motoVersion, motoScript}, build: buildMoto}
)

// goEnv keeps a user's Go settings from changing what is built.
var goEnv = []string{"GOFLAGS=", "GOWORK=off"}

const (
	// linkerFlags leave out symbols that nobody reads: linking keeps all but one core idle.
	linkerFlags = "-s -w"
	// unoptimised saves a third of the compiler's time, and what is built here starts as fast.
	// All parts have it, and the tests' scripts, so that packages that they share are compiled once.
	unoptimised = "-gcflags=all=-N -l"
	// asReleased and asReleasedEnv take the place of unoptimised in what is optimised: .goreleaser.yaml has them too, so that what a
	// release shares with it is compiled once.
	asReleased    = "-trimpath"
	asReleasedEnv = "CGO_ENABLED=0"
)

// goBuild returns the command that builds a Go package, without its output's name.
func goBuild(linkerFlags string, args ...string) []string {
	return append([]string{"go", "build", "-buildvcs=false", unoptimised, "-ldflags=" + linkerFlags}, args...)
}

// goProgram is the part whose module lies in the folder tests/parts/<name> and which is
// built as program, with further arguments of go build, the last of which is the package.
func goProgram(name, program, linkerFlags string, args ...string) part {
	args = goBuild(linkerFlags, args...)
	return part{
		name: name, dir: filepath.Join("tests", "parts", name), recipe: args, timed: name != "kube",
		build: func(ctx context.Context, s site) error {
			return s.goBuild(ctx, s.src, args, program)
		},
	}
}

var awsProviderBuild = goBuild(linkerFlags, ".")

// buildAWSProvider writes the provider's reduced sources below the site, builds them,
// and leaves only the program.
func buildAWSProvider(ctx context.Context, s site) error {
	src := filepath.Join(s.out, "src")
	err := command{dir: s.src, env: goEnv, args: []string{"go", "run", ".", src}, log: s.log}.run(ctx)
	if err != nil {
		return err
	}
	if err := s.goBuild(ctx, src, awsProviderBuild, "terraform-provider-aws"); err != nil {
		return err
	}
	return os.RemoveAll(src)
}

// npmInstall installs what a lock file names, and nothing else.
var npmInstall = []string{"npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"}

// buildNodePackage copies the files of a folder and installs the packages that they need.
func buildNodePackage(ctx context.Context, s site) error {
	entries, err := os.ReadDir(s.src)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(s.src, entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.out, entry.Name()), content, 0o644); err != nil {
			return err
		}
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
