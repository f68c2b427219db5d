// Command awsprovider prepares the sources of HashiCorp's AWS provider, reduced to the
// services that the project uses, so that the real provider builds in minutes: with all
// of its 260 services it takes the better part of an hour. Nothing else is changed but a
// few waits, which patch.go lists.
//
//	go run . DIR
//
// DIR is created; `go build` in it makes the provider. The sources are a copy because
// the module cache must not be changed and the go command refuses overlays on it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	upstream = "github.com/hashicorp/terraform-provider-aws"
	// upstreamVersion is that of release 6.47: releases have no module versions.
	upstreamVersion = "v1.60.1-0.20260602190131-5f2286d6d836"
)

// services are the packages below internal/service that are kept, and the packages of
// the AWS SDK where these are called otherwise.
var services = []string{
	"athena",
	"bcmdataexports",
	"ce", "costexplorer",
	"costandusagereportservice", "cur",
	"eks",
	"eventbridge", "events",
	"glue",
	"iam",
	"lakeformation",
	"s3",
	"s3control", // tags of buckets
	"sts",
}

// generated are the files that name every service.
var generated = []string{
	"internal/conns/awsclient_gen.go",                 // a client's constructor for each
	"internal/provider/sdkv2/service_packages_gen.go", // the list of those registered
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: awsprovider DIR")
		os.Exit(2)
	}
	if err := prepare(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// prepare writes the reduced sources to dir.
func prepare(dir string) error {
	src, err := download(upstream + "@" + upstreamVersion)
	if err != nil {
		return err
	}
	if err := copySources(dir, src, services); err != nil {
		return fmt.Errorf("copying the provider's sources: %w", err)
	}
	for _, name := range generated {
		if err := trimFile(filepath.Join(dir, name), services); err != nil {
			return fmt.Errorf("reducing %s: %w", name, err)
		}
	}
	for _, p := range patches {
		if err := p.apply(dir); err != nil {
			return err
		}
	}
	return nil
}

// download returns the folder of a module in the module cache.
func download(module string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Stderr = os.Stderr
	out, runErr := cmd.Output()
	var got struct{ Dir, Error string }
	if err := json.Unmarshal(out, &got); err != nil || got.Error != "" || got.Dir == "" {
		return "", fmt.Errorf("downloading %s: %v %s", module, runErr, got.Error)
	}
	return got.Dir, nil
}
