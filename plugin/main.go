// Command pulumi-resource-kubecost-cur serves the components to every Pulumi language. The Pulumi engine starts it: built from here by
// `pulumi package add <repository>/plugin@<version>`, or as a prebuilt binary of that name.
//
// Its version is that of the git tag it was built from, as Go's build information has it; the engine takes the tag that it was asked
// for. A build without git sets it by `-ldflags "-X main.version=1.2.3"`.
package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/blang/semver"

	"github.com/kubecost-cur/kubecost-cur/plugin/serve"
)

// packageSchema is what plugin/schema makes of the components; committed, so that a change of it is seen.
//
//go:embed schema.json
var packageSchema []byte

// version is set by the linker; empty for that of the build information.
var version string

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := serve.New(packageSchema, packageVersion())
	if err != nil {
		return err
	}
	return provider.Main(os.Args[1:], os.Stdout)
}

// packageVersion is the package's version, without a leading v.
func packageVersion() string {
	built := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		built = info.Main.Version
	}
	v, err := semver.Parse(strings.TrimPrefix(cmp.Or(version, built), "v"))
	if err != nil {
		return "0.0.0-dev"
	}
	v.Build = nil // +dirty: another build of the same version
	return v.String()
}
