package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// tokenLife is when a client asks for another token: a minute before EKS stops taking the one it has.
// Source: https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
const tokenLife = 14 * time.Minute

// GetToken is the one command of the AWS command line that Kubernetes clients call, `aws eks get-token`: it writes an
// ExecCredential for the caller of a profile, or whose keys are in the environment. The sandbox puts it on the path of the engine,
// so that nobody needs the AWS command line to try the program.
func GetToken(args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "eks" || args[1] != "get-token" {
		return fmt.Errorf("the sandbox's aws knows only `aws eks get-token`, not %q", args)
	}
	flags := flag.NewFlagSet("aws eks get-token", flag.ContinueOnError)
	cluster := flags.String("cluster-name", "", "the cluster")
	region := flags.String("region", "", "its region")
	profile := flags.String("profile", "", "whose keys to take; empty for those in the environment")
	_ = flags.String("output", "json", "json")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	if *cluster == "" || *region == "" {
		return errors.New("aws eks get-token needs --cluster-name and --region")
	}
	ctx := context.Background()
	caller, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(*profile))
	if err != nil {
		return fmt.Errorf("finding the caller's keys: %w", err)
	}
	found, err := caller.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("finding the caller's keys: %w", err)
	}
	keys := simaws.Credentials{AccessKeyID: found.AccessKeyID, SecretAccessKey: found.SecretAccessKey, SessionToken: found.SessionToken}
	now := time.Now()
	return json.NewEncoder(out).Encode(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1beta1",
		"kind":       "ExecCredential",
		"spec":       map[string]any{},
		"status": map[string]any{
			"expirationTimestamp": now.Add(tokenLife).UTC().Format(time.RFC3339),
			"token":               simaws.EKSToken(keys, *region, *cluster, now),
		},
	})
}
