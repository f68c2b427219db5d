package simeks_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

// parentDir is the environment variable that makes the test program start a cluster of
// fake processes in the folder that it names, and wait.
const parentDir = "SIMEKS_TEST_PARENT_DIR"

func TestIssuerMustBeOfEKS(t *testing.T) {
	t.Parallel()
	_, err := simeks.Start(t.Context(), simeks.Config{Dir: t.TempDir(), Kube: "/bin/false", Issuer: "https://example.com"})
	if err == nil || !strings.Contains(err.Error(), "https://example.com") {
		t.Errorf("error %v does not name the issuer", err)
	}
}

func TestProcessThatEndsIsReportedWithItsLog(t *testing.T) {
	t.Parallel()
	dir := fakeAPIServer(t, "echo cannot listen >&2; exit 3")
	_, err := simeks.Start(t.Context(), simeks.Config{Dir: dir, Kube: shell, Issuer: issuer})
	if err == nil || !strings.Contains(err.Error(), "apiserver ended (exit status 3):\ncannot listen") {
		t.Errorf("error does not say what ended and why: %v", err)
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := fakeAPIServer(t, "echo $$ > pid; exec sleep 1000")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := simeks.Start(ctx, simeks.Config{Dir: dir, Kube: shell, Issuer: issuer})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error of a start that took too long: %v", err)
	}
	if isRunning(t, dir) {
		t.Error("a process is left")
	}
}

func TestProcessesEndWithTheirParent(t *testing.T) {
	t.Parallel()
	dir := fakeAPIServer(t, "echo $$ > pid; exec sleep 1000")
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentDir+"="+dir)
	must(t, parent.Start())
	eventually(t, "the child's start", func() bool { return isRunning(t, dir) })
	must(t, parent.Process.Kill())
	_ = parent.Wait() // it was killed
	eventually(t, "the child's end", func() bool { return !isRunning(t, dir) })
}

// startAndWait is what the parent in TestProcessesEndWithTheirParent does.
func startAndWait(dir string) {
	_, err := simeks.Start(context.Background(), simeks.Config{Dir: dir, Kube: shell, Issuer: issuer})
	fmt.Fprintln(os.Stderr, err)
}

// shell stands in for the kube program: it takes the name of the part, which is its first
// argument, for that of a script in the cluster's folder.
const shell = "/bin/sh"

// fakeAPIServer returns a cluster's folder in which shell runs commands as the API server.
func fakeAPIServer(t *testing.T, commands string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "apiserver"), []byte(commands), 0o600))
	return dir
}

// isRunning says whether the process whose number is in the file pid of a folder is running.
func isRunning(t *testing.T, dir string) bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "pid"))
	pid, malformed := strconv.Atoi(strings.TrimSpace(string(content)))
	return err == nil && malformed == nil && syscall.Kill(pid, 0) == nil
}

// trusting returns a transport that trusts one CA.
func trusting(ca []byte) http.RoundTripper {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
}
