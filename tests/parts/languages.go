package parts

import (
	"context"
	"io"
	"path/filepath"
)

// LanguageSet holds the absolute paths of what programs in other languages than Go need.
type LanguageSet struct {
	YAML   string // the language host of YAML, pulumi-language-yaml
	SDKGen string // writes SDKs of the package: see its source in the folder languages
	NPM    string // folder of the example in TypeScript, with its node_modules, but for the package's own SDK
}

var (
	yamlHostPart = languages("yamlhost", "pulumi-language-yaml", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml")
	sdkGenPart   = languages("sdkgen", "sdkgen", ".")
	npmPart      = part{name: "typescript", dir: "examples/typescript", recipe: npmInstall, build: buildNodePackage}
)

// languages is a part of the module in the folder languages.
func languages(name, program, pkg string) part {
	p := goProgram("languages", program, linkerFlags, pkg)
	p.name = name
	return p
}

// Languages returns what programs in other languages need, and builds what is missing, as Ensure does.
func Languages(ctx context.Context, repoRoot, cacheDir string, out io.Writer) (*LanguageSet, error) {
	c, err := newCache(repoRoot, cacheDir, out)
	if err != nil {
		return nil, err
	}
	set := &LanguageSet{}
	err = inLanes(ctx,
		[]step{ // one after the other: they share most of their packages
			c.program(sdkGenPart, "sdkgen", &set.SDKGen),
			c.program(yamlHostPart, "pulumi-language-yaml", &set.YAML),
		},
		[]step{c.program(npmPart, "", &set.NPM)},
	)
	if err != nil {
		return nil, err
	}
	return set, nil
}

// PackageVersion is the version of the package that the sandbox has.
const PackageVersion = "1.2.3"

// Package builds the plugin of the project's package, and says how long it takes, as Ensure does.
func Package(ctx context.Context, repoRoot, file string, out io.Writer) error {
	return programIn(ctx, filepath.Clean(repoRoot), file, out, "build", "-ldflags=-X main.version="+PackageVersion, "./plugin")
}
