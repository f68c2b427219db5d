package guardrails

import (
	"slices"
	"strings"
)

// openNetwork looks at what is given, not at the defaults of AWS: an EKS cluster's public endpoint answers to everybody unless it is
// told to whom.
func openNetwork(r Resource) []string {
	var given []string
	switch {
	case r.is("ec2", "SecurityGroup"):
		for _, rule := range list(r.Properties["ingress"]) {
			given = append(given, networks(rule)...)
		}
	case r.is("ec2", "SecurityGroupRule") && r.Properties["type"] == "ingress", r.is("vpc", "SecurityGroupIngressRule"):
		given = networks(r.Properties)
	case r.Type == "eks:index:Cluster":
		given = texts(r.Properties["publicAccessCidrs"])
	case r.is("eks", "Cluster"):
		given = texts(at(r.Properties, "vpcConfig", "publicAccessCidrs"))
	}
	var seen []string
	for _, network := range given {
		if strings.HasSuffix(network, "/0") {
			seen = append(seen, "it lets "+network+" in")
		}
	}
	return seen
}

// networks are those of a rule of a security group.
func networks(rule any) []string {
	return slices.Concat(texts(at(rule, "cidrBlocks")), texts(at(rule, "ipv6CidrBlocks")), texts(at(rule, "cidrIpv4")), texts(at(rule, "cidrIpv6")))
}
