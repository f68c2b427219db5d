package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// inputs say where what the two stacks made is learnt from: the stacks, files of the same shape, or single values. Later ones win.
type inputs struct {
	payerStack, primaryStack   string
	payerFile, primaryFile     string
	payerValues, primaryValues []string
	projectDir                 string
}

// read is what is known of both sides. It returns an error that names the flag at fault.
func (in inputs) read(ctx context.Context) (payer doctor.Payer, primary doctor.Primary, err error) {
	payerOutputs, err := in.side(ctx, "payer", in.payerStack, in.payerFile, in.payerValues)
	if err != nil {
		return payer, primary, err
	}
	primaryOutputs, err := in.side(ctx, "primary", in.primaryStack, in.primaryFile, in.primaryValues)
	if err != nil {
		return payer, primary, err
	}
	if len(payerOutputs) == 0 && len(primaryOutputs) == 0 {
		return payer, primary, errors.New("nothing to look at: give --payer-stack and --primary-stack, or a file or values of either")
	}
	// One stack may hold both sides.
	if len(primaryOutputs) == 0 {
		primaryOutputs = payerOutputs
	}
	if len(payerOutputs) == 0 {
		payerOutputs = primaryOutputs
	}
	payer, err = decode[doctor.Payer](payerOutputs)
	if err == nil {
		primary, err = decode[doctor.Primary](primaryOutputs)
	}
	return payer, primary, err
}

func decode[T doctor.Payer | doctor.Primary](outputs map[string]any) (T, error) {
	b, err := json.Marshal(outputs)
	if err != nil {
		var none T
		return none, fmt.Errorf("reading the outputs: %w", err)
	}
	return doctor.DecodeOutputs[T](b)
}

func (in inputs) side(ctx context.Context, side, stack, file string, values []string) (map[string]any, error) {
	outputs := map[string]any{}
	if stack != "" {
		b, err := in.stackOutputs(ctx, stack)
		if err != nil {
			return nil, fmt.Errorf("--%s-stack %s: %w", side, stack, err)
		}
		if err := json.Unmarshal(b, &outputs); err != nil {
			return nil, fmt.Errorf("--%s-stack %s: reading its outputs: %w", side, stack, err)
		}
		if len(outputs) == 0 {
			return nil, fmt.Errorf("--%s-stack %s: it has no outputs, so it has never been up: run pulumi up for it first", side, stack)
		}
	}
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--%s-outputs: %w", side, err)
		}
		if err := json.Unmarshal(b, &outputs); err != nil {
			return nil, fmt.Errorf("--%s-outputs %s: it is a JSON object, as pulumi stack output --json writes it: %w", side, file, err)
		}
	}
	for _, value := range values {
		key, text, ok := strings.Cut(value, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--%s %s: it is an output and its value, as in athenaRegion=us-east-2", side, value)
		}
		outputs[key] = text
	}
	return outputs, nil
}

// stackOutputs asks pulumi, which reads every backend, for a stack's outputs. Secrets among them stay hidden.
func (in inputs) stackOutputs(ctx context.Context, stack string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "pulumi", "stack", "output", "--json", "--non-interactive", "--stack", stack)
	cmd.Dir = in.projectDir
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("pulumi is not on the path: install it, or write the outputs to a file with pulumi stack output --json elsewhere")
	}
	if err != nil {
		return nil, fmt.Errorf("pulumi stack output: %s", strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(said.String()), "error:")))
	}
	return out, nil
}
