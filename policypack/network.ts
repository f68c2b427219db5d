import { at, is, list, Resource, texts } from "./resource";

/**
 * Looks at what is given, not at the defaults of AWS: an EKS cluster's public endpoint answers to everybody unless it is told to whom.
 */
export function openNetwork(r: Resource): string[] {
    let given: string[] = [];
    if (is(r, "ec2", "SecurityGroup")) {
        given = list(r.properties.ingress).flatMap(networks);
    } else if (is(r, "ec2", "SecurityGroupRule") && r.properties.type === "ingress" || is(r, "vpc", "SecurityGroupIngressRule")) {
        given = networks(r.properties);
    } else if (r.type === "eks:index:Cluster") {
        given = texts(r.properties.publicAccessCidrs);
    } else if (is(r, "eks", "Cluster")) {
        given = texts(at(r.properties, "vpcConfig", "publicAccessCidrs"));
    }
    return given.filter(network => network.endsWith("/0")).map(network => `it lets ${network} in`);
}

/** The networks of a rule of a security group. */
function networks(rule: unknown): string[] {
    return ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"].flatMap(property => texts(at(rule, property)));
}
