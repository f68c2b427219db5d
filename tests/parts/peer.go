package parts

import (
	"context"
	"io"
)

// PeerSet holds the absolute paths of what the benchmarks compare the program with.
type PeerSet struct {
	Tofu        string // OpenTofu's command line
	ProviderAWS string // the AWS provider that it runs: the one below the sandbox's plugin
}

// Peer returns the programs that the benchmarks compare with, and builds those that are missing, as Ensure does.
func Peer(ctx context.Context, repoRoot, cacheDir string, out io.Writer) (*PeerSet, error) {
	c, err := newCache(repoRoot, cacheDir, out)
	if err != nil {
		return nil, err
	}
	c.optimise = true
	set := &PeerSet{}
	err = inLanes(ctx, []step{
		c.program(awsProviderPart, "terraform-provider-aws", &set.ProviderAWS),
		c.program(tofuPart, "tofu", &set.Tofu),
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}
