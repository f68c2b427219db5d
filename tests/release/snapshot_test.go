// Package release checks what a release consists of.
package release

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"gopkg.in/yaml.v3"
)

const root = "../.."

// programs are what a release has for each platform, by the beginning of its archives' names.
var programs = map[string]string{"pulumi-resource-kubecost-cur": "plugin", "kubecost-cur": "doctor"}

// machines are those that the binaries of each platform say they are for.
var machines = map[string]func([]byte) error{
	"linux-amd64":  elfOf(elf.EM_X86_64),
	"linux-arm64":  elfOf(elf.EM_AARCH64),
	"darwin-amd64": machoOf(macho.CpuAmd64),
	"darwin-arm64": machoOf(macho.CpuArm64),
}

func elfOf(want elf.Machine) func([]byte) error {
	return func(binary []byte) error {
		f, err := elf.NewFile(bytes.NewReader(binary))
		if err == nil && f.Machine != want {
			err = fmt.Errorf("it is for %s", f.Machine)
		}
		return err
	}
}

func machoOf(want macho.Cpu) func([]byte) error {
	return func(binary []byte) error {
		f, err := macho.NewFile(bytes.NewReader(binary))
		if err == nil && f.Cpu != want {
			err = fmt.Errorf("it is for %s", f.Cpu)
		}
		return err
	}
}

// platformsVariable set to all has the snapshot made for all platforms, which takes the compiler four times as long as for this machine's.
const platformsVariable = "RELEASE_PLATFORMS"

// A release has the plugin and the doctor for Linux and macOS on both kinds of processors, each in an archive of the name that Pulumi
// looks for (https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/), with checksums; and they know their version.
func TestASnapshotIsARelease(t *testing.T) {
	platforms := slices.Sorted(maps.Keys(machines))
	snapshot := exec.CommandContext(t.Context(), "bash", "release/release.sh", "--snapshot")
	if own := runtime.GOOS + "-" + runtime.GOARCH; os.Getenv(platformsVariable) != "all" {
		if machines[own] == nil {
			t.Skipf("no release is for %s", own)
		}
		platforms = []string{own}
		snapshot.Args = append(snapshot.Args, "--config", configOf(t, runtime.GOOS, runtime.GOARCH))
	}
	snapshot.Dir = root
	if out, err := snapshot.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	version := snapshotVersion(t)
	sums := checksums(t)
	for name, kind := range programs {
		for _, platform := range platforms {
			archive := fmt.Sprintf("%s-v%s-%s.tar.gz", name, version, platform)
			b := read(t, archive)
			sum := sha256.Sum256(b)
			if got := sums[archive]; got != hex.EncodeToString(sum[:]) {
				t.Errorf("checksums.txt has %q for %s, which is %x", got, archive, sum)
			}
			delete(sums, archive)
			files := unpack(t, archive, b)
			if err := machines[platform](files[name]); err != nil {
				t.Errorf("%s: %s, of %d bytes: %v", archive, name, len(files[name]), err)
			}
			if !bytes.Equal(files["CHANGELOG.md"], changelog(t)) || len(files) != 2 {
				t.Errorf("%s has %d files, or another changelog", archive, len(files))
			}
			if platform == runtime.GOOS+"-"+runtime.GOARCH {
				program := filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(program, files[name], 0o755); err != nil {
					t.Fatal(err)
				}
				if got := versionOf[kind](t, program); !strings.Contains(got, version) {
					t.Errorf("the %s of version %s says %s", kind, version, got)
				}
			}
		}
	}
	if len(sums) > 0 {
		t.Errorf("checksums.txt has more: %v", sums)
	}
}

// configOf writes goreleaser's configuration for one platform, after looking that it has all of them, and returns the file's name.
func configOf(t *testing.T, system, processor string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := yaml.Unmarshal(b, &config); err != nil {
		t.Fatal(err)
	}
	builds, _ := config["builds"].([]any)
	if len(builds) != len(programs) {
		t.Fatalf(".goreleaser.yaml has %d builds, want %d", len(builds), len(programs))
	}
	for _, build := range builds {
		build := build.(map[string]any)
		var all []string
		for _, system := range build["goos"].([]any) {
			for _, processor := range build["goarch"].([]any) {
				all = append(all, fmt.Sprintf("%s-%s", system, processor))
			}
		}
		slices.Sort(all)
		if want := slices.Sorted(maps.Keys(machines)); !slices.Equal(all, want) {
			t.Errorf("%s is built for %v, want %v", build["id"], all, want)
		}
		build["goos"], build["goarch"] = []string{system}, []string{processor}
	}
	if b, err = yaml.Marshal(config); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "goreleaser.yaml")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// versionOf are how the programs are asked for their version.
var versionOf = map[string]func(t *testing.T, program string) string{
	"doctor": func(t *testing.T, program string) string {
		out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	},
	"plugin": pluginVersion,
}

// pluginVersion starts the plugin as the engine does, which reads its port from its first line, and asks it for its version.
func pluginVersion(t *testing.T, program string) string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plugin := exec.CommandContext(ctx, program, "127.0.0.1:1")
	out, err := plugin.StdoutPipe()
	if err == nil {
		err = plugin.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = plugin.Wait() // it was killed
	}()
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	info, err := pulumirpc.NewResourceProviderClient(conn).GetPluginInfo(ctx, &emptypb.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	return info.GetVersion()
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "dist", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func changelog(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// snapshotVersion is the one that goreleaser has made up for the snapshot.
func snapshotVersion(t *testing.T) string {
	t.Helper()
	var m struct{ Version string }
	if err := json.Unmarshal(read(t, "metadata.json"), &m); err != nil || m.Version == "" {
		t.Fatalf("metadata.json has version %q: %v", m.Version, err)
	}
	return m.Version
}

// checksums are those of checksums.txt by the names of the files.
func checksums(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(string(read(t, "checksums.txt"))) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			sums[name] = sum
		}
	}
	return sums
}

// unpack returns the files of an archive by their names.
func unpack(t *testing.T, name string, archive []byte) map[string][]byte {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err == nil {
			files[header.Name], err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
