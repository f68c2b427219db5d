package sandbox

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

//go:embed checkpython.py
var checkPython []byte

// CheckPython compiles the package's SDK for Python, and checks what a program calls of it against its signatures. Pulumi's own SDK for
// Python cannot be had here, so neither runs. dir is a folder for what is generated.
func (e Env) CheckPython(ctx context.Context, set *parts.LanguageSet, program, dir string) error {
	sdk, check := filepath.Join(dir, "sdk"), filepath.Join(dir, "check.py")
	if err := e.GenerateSDK(ctx, set, "python", sdk); err != nil {
		return err
	}
	if err := os.WriteFile(check, checkPython, 0o644); err != nil {
		return err
	}
	if err := runIn(ctx, dir, "python3", "-m", "compileall", "-q", sdk); err != nil {
		return fmt.Errorf("compiling the SDK: %w", err)
	}
	module := filepath.Join(sdk, "kubecost_cur_kubecost_cur")
	if err := runIn(ctx, dir, "python3", check, module, program, "kubecost"); err != nil {
		return fmt.Errorf("checking %s: %w", program, err)
	}
	return nil
}
