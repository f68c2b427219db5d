package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// sdkFolder is where `pulumi package add` puts the package's SDK, below a program's folder.
const sdkFolder = "sdks/kubecost-cur-kubecost-cur"

// InstallNPM gives the program of a folder its npm packages, and the package's own SDK as `pulumi package add` does: generated,
// compiled and linked. Then it checks the program's types.
func (e Env) InstallNPM(ctx context.Context, dir string, set *parts.LanguageSet) error {
	if err := linkAll(filepath.Join(set.NPM, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		return fmt.Errorf("linking the npm packages: %w", err)
	}
	sdk := filepath.Join(dir, filepath.FromSlash(sdkFolder))
	if err := e.GenerateSDK(ctx, set, "nodejs", sdk); err != nil {
		return err
	}
	tsc := filepath.Join(dir, "node_modules", ".bin", "tsc")
	if err := runIn(ctx, sdk, tsc, "--skipLibCheck", "--types", "node"); err != nil {
		return fmt.Errorf("compiling the SDK: %w", err)
	}
	content, err := os.ReadFile(filepath.Join(sdk, "package.json"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(sdk, "bin", "package.json"), content, 0o644); err != nil {
		return err
	}
	scope := filepath.Join(dir, "node_modules", "@kubecost-cur")
	if err := os.MkdirAll(scope, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(sdk, filepath.Join(scope, "kubecost-cur")); err != nil {
		return err
	}
	if err := runIn(ctx, dir, tsc, "-p", "."); err != nil {
		return fmt.Errorf("checking the program's types: %w", err)
	}
	return nil
}

// GenerateSDK writes the package's SDK for a language into a folder.
func (e Env) GenerateSDK(ctx context.Context, set *parts.LanguageSet, language, dir string) error {
	schema := filepath.Join(e.Root, "plugin", "schema.json")
	if err := runIn(ctx, e.Root, set.SDKGen, schema, language, parts.PackageVersion, dir); err != nil {
		return fmt.Errorf("generating the SDK for %s: %w", language, err)
	}
	return nil
}

// linkAll makes a folder with links to all that is in another one.
func linkAll(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// runIn runs a program in a folder. Its error has what the program said.
func runIn(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, said)
	}
	return nil
}
