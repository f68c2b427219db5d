package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// benchmarks are the packages below tests/bench, and how often each of their benchmarks runs. To add one: a package with a Go
// benchmark, whose figures are b.ReportMetric's, and a line here.
var benchmarks = []struct{ name, times string }{
	{"scan", "1x"},

	{"stacks", "10x"},
}

// bench runs the benchmarks, with further flags of go test: -test.bench=Scan runs one of them.
func bench(ctx context.Context, root string, flags []string) error {
	bin := filepath.Join(root, ".sandbox", "bin")
	program, cache := filepath.Join(bin, "program"), filepath.Join(root, ".sandbox", "parts")
	fmt.Println("getting what is measured, compiled as for a release; for the first time it takes some ten minutes on two cores")
	if _, err := parts.EnsureOptimised(ctx, root, cache, os.Stdout); err != nil {
		return err
	}
	if err := parts.Release(ctx, root, program, os.Stdout); err != nil {
		return err
	}
	part := filepath.Join(bin, "bench-awspart")
	if err := parts.ReleaseTest(ctx, root, part, os.Stdout, "./bench/stacks/awspart"); err != nil {
		return err
	}
	peer, err := parts.Peer(ctx, root, cache, os.Stdout)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"BENCH_PROGRAM": program, "BENCH_AWS_PART": part, "BENCH_TOFU": peer.Tofu, "BENCH_TERRAFORM_PROVIDER_AWS": peer.ProviderAWS,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	for _, b := range benchmarks {
		dir, test := filepath.Join(root, "tests", "bench", b.name), filepath.Join(bin, "bench-"+b.name+".test")
		if err := parts.Program(ctx, root, test, os.Stdout, "test", "-c", "./bench/"+b.name); err != nil {
			return err
		}
		fmt.Printf("benchmarks of tests/bench/%s\n", b.name)
		given := append([]string{"-test.run=^$", "-test.bench=.", "-test.benchtime=" + b.times, "-test.timeout=2h"}, flags...)
		if err := start(ctx, dir, test, given...); err != nil {
			return err
		}
	}
	return nil
}
