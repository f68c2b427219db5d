//go:build tools

// Package engine names the pulumi command in the module's imports, so that its
// dependencies stay pinned. The command itself is built from its own import path.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
