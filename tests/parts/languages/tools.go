//go:build tools

package main

// Names the language host of YAML in the module's imports, so that its dependencies stay pinned. It is built from its own import path.
import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
