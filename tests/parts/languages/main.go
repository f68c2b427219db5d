// Command sdkgen writes the SDK of a package for a language, as `pulumi package gen-sdk` does: by the same generators of Pulumi's, but
// without the language's host, which is not needed for it.
//
//	sdkgen SCHEMA nodejs|python VERSION FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: sdkgen SCHEMA nodejs|python VERSION FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write generates the SDK. The package's schema refers to no other package's, so none is loaded.
func write(file, language, version, dir string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(content, &spec); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	spec.Version = version
	pkg, diagnostics, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return fmt.Errorf("%s is no schema: %w", file, err)
	}
	if len(diagnostics) > 0 {
		return fmt.Errorf("%s is no sound schema: %w", file, diagnostics)
	}
	const tool = "the Pulumi SDK Generator"
	var files map[string][]byte
	switch language {
	case "nodejs":
		files, err = nodejs.GeneratePackage(tool, pkg, nil, nil, true, nil)
	case "python":
		files, err = python.GeneratePackage(tool, pkg, nil, nil)
	default:
		err = fmt.Errorf("there is no generator for %s here", language)
	}
	if err != nil {
		return fmt.Errorf("generating the SDK for %s: %w", language, err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
