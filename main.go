// The kubecost-cur program: gives Kubecost the AWS bill across accounts.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

func main() {
	pulumi.Run(stacks.Run)
}
