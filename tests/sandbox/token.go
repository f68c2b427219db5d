package sandbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The life of an EKS token: the URL in it is good for 15 minutes, and clients get a new one a minute before.
// Source: https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
const tokenLife = 14 * time.Minute

// GetToken is the one command of the AWS command line that Kubernetes clients call, `aws eks get-token`: it writes an
// ExecCredential with a presigned URL that says who the caller is. The sandbox puts it on the path of the engine, so that
// nobody needs the AWS command line to try the program.
func GetToken(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "eks" || args[1] != "get-token" {
		return fmt.Errorf("the sandbox's aws knows only `aws eks get-token`, not %q", args)
	}
	flags := flag.NewFlagSet("aws eks get-token", flag.ContinueOnError)
	cluster := flags.String("cluster-name", "", "the cluster")
	region := flags.String("region", "", "its region")
	_ = flags.String("output", "json", "json")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	if *cluster == "" || *region == "" {
		return errors.New("aws eks get-token needs --cluster-name and --region")
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(*region))
	if err != nil {
		return fmt.Errorf("loading the AWS configuration: %w", err)
	}
	presigned, err := sts.NewPresignClient(sts.NewFromConfig(cfg)).PresignGetCallerIdentity(ctx, &sts.GetCallerIdentityInput{},
		func(o *sts.PresignOptions) {
			o.ClientOptions = append(o.ClientOptions, func(o *sts.Options) {
				o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("x-k8s-aws-id", *cluster), expiresIn(60))
			})
		})
	if err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	return json.NewEncoder(out).Encode(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1beta1",
		"kind":       "ExecCredential",
		"spec":       map[string]any{},
		"status": map[string]any{
			"expirationTimestamp": time.Now().Add(tokenLife).UTC().Format(time.RFC3339),
			"token":               "k8s-aws-v1." + base64.RawURLEncoding.EncodeToString([]byte(presigned.URL)),
		},
	})
}

// expiresIn sets how many seconds a presigned URL is good for.
func expiresIn(seconds int) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("ExpiresIn", func(
			ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
		) (middleware.BuildOutput, middleware.Metadata, error) {
			if request, ok := in.Request.(*smithyhttp.Request); ok {
				query := request.URL.Query()
				query.Set("X-Amz-Expires", fmt.Sprint(seconds))
				request.URL.RawQuery = query.Encode()
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	}
}
