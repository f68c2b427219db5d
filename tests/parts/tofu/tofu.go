//go:build tools

// Package tofu names the tofu command in the module's imports, so that its
// dependencies stay pinned. The command itself is built from its own import path.
package tofu

import _ "github.com/opentofu/opentofu/cmd/tofu"
