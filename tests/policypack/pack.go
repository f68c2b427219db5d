// Package policypack runs the policy pack as Pulumi's engine does: a process of its own, which is asked over gRPC.
package policypack

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/kubecost-cur/kubecost-cur/internal/guardrails"
	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// everywhere ends the name of the policy that looks at the whole stack, of a rule that also looks at single resources.
const everywhere = "-everywhere"

// Install returns the folder of the pack, with what it needs from npm. root is the repository's.
func Install(ctx context.Context, root string, out io.Writer) (string, error) {
	return parts.NodePackage(ctx, root, filepath.Join(root, ".sandbox", "parts"), "policypack", out)
}

// Pack is the policy pack's process.
type Pack struct {
	process    *exec.Cmd
	connection *grpc.ClientConn
	analyzer   plugin.Analyzer
}

// Start starts the pack in a folder that Install returned. It is compiled as it starts, which takes some seconds.
func Start(ctx context.Context, dir string, log io.Writer) (*Pack, error) {
	p := &Pack{process: exec.CommandContext(ctx, "node", RunPolicyPack(dir), "127.0.0.1:0", dir)}
	p.process.Dir, p.process.Stderr = dir, log
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the policy pack: %w", err)
	}
	if err := p.process.Start(); err != nil {
		return nil, fmt.Errorf("starting the policy pack: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	port, numberErr := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || numberErr != nil {
		p.Stop()
		return nil, fmt.Errorf("the policy pack did not start: it said %q", line)
	}
	p.connection, err = grpc.NewClient("127.0.0.1:"+strconv.Itoa(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("connecting to the policy pack: %w", err)
	}
	p.analyzer = plugin.NewAnalyzerWithClient(nil, "kubecost-cur", pulumirpc.NewAnalyzerClient(p.connection))
	return p, nil
}

// RunPolicyPack is the program of Pulumi's SDK for Node that serves the pack in a folder.
func RunPolicyPack(dir string) string {
	return filepath.Join(dir, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack")
}

// Stop ends the process.
func (p *Pack) Stop() {
	if p.connection != nil {
		_ = p.connection.Close()
	}
	_ = p.process.Process.Signal(os.Interrupt)
	_ = p.process.Wait() // by a signal
}

// Check asks the pack as an update does: of each resource, and then of all.
func (p *Pack) Check(resources []guardrails.Resource) ([]guardrails.Violation, error) {
	var violations []guardrails.Violation
	var stack []plugin.AnalyzerStackResource
	for _, r := range resources {
		one := analyzed(r)
		answer, err := p.analyzer.Analyze(one.AnalyzerResource)
		if err != nil {
			return nil, fmt.Errorf("asking the policy pack of %s: %w", r.URN, err)
		}
		for _, d := range answer.Diagnostics {
			d.URN = one.URN
			violations = append(violations, violation(d))
		}
		stack = append(stack, one)
	}
	answer, err := p.analyzer.AnalyzeStack(stack)
	if err != nil {
		return nil, fmt.Errorf("asking the policy pack of a stack: %w", err)
	}
	for _, d := range answer.Diagnostics {
		violations = append(violations, violation(d))
	}
	return violations, nil
}

func analyzed(r guardrails.Resource) plugin.AnalyzerStackResource {
	u := urn.URN(r.URN)
	one := plugin.AnalyzerStackResource{
		AnalyzerResource: plugin.AnalyzerResource{
			URN: u, Type: tokens.Type(r.Type), Name: u.Name(),
			Properties: resource.NewPropertyMapFromMap(r.Properties),
			Options:    plugin.AnalyzerResourceOptions{Protect: r.Protect},
		},
		PropertyDependencies: map[resource.PropertyKey][]resource.URN{},
	}
	for property, sources := range r.From {
		for _, source := range sources {
			key := resource.PropertyKey(property)
			one.PropertyDependencies[key] = append(one.PropertyDependencies[key], resource.URN(source))
		}
	}
	return one
}

// violation is what the pack found. Its message is the rule's description, and below it what was seen and what to do.
func violation(d plugin.AnalyzeDiagnostic) guardrails.Violation {
	name := strings.TrimSuffix(d.PolicyName, everywhere)
	v := guardrails.Violation{Rule: name, Resource: string(d.URN), Seen: d.Message, Advisory: d.EnforcementLevel == apitype.Advisory}
	for _, rule := range guardrails.Rules() {
		_, told, _ := strings.Cut(d.Message, rule.Description+"\n")
		if seen, found := strings.CutSuffix(told, ". "+rule.Do); rule.Name == name && found {
			v.Seen, v.Do = seen, rule.Do
		}
	}
	return v
}

// Sorted are violations in an order that does not depend on when they were found.
func Sorted(violations []guardrails.Violation) []guardrails.Violation {
	return slices.SortedFunc(slices.Values(violations), func(a, b guardrails.Violation) int { return strings.Compare(a.String(), b.String()) })
}
