import { accessKeys, broadManagedPolicies, wildcardActions, wildcardPrincipals, wildcardResources } from "./access";
import { aclsOn, lacking, openBlock, unencrypted, withoutTLS } from "./bucket";
import { openNetwork } from "./network";
import { expiringReport, keptResults, unprotectedReport } from "./report";
import { Resource } from "./resource";
import { looseTrust } from "./trust";

export interface Rule {
    name: string;
    description: string;
    /** What to do about a violation. */
    do: string;
    /** A warning, which stops nothing. */
    advisory?: boolean;
    /** What is wrong with a resource. */
    resource?: (r: Resource) => string[];
    /** What is wrong in a stack, by URN. */
    stack?: (resources: Resource[]) => Map<string, string>;
}

/** All guard rails. */
export const rules: Rule[] = [
    {
        name: "no-wildcard-principals",
        description: "No policy allows anything to a principal with a wildcard, or to all but some.",
        do: "Name the account, role, service or identity provider.",
        resource: wildcardPrincipals,
    },
    {
        name: "no-wildcard-actions",
        description: "No policy allows an action with a wildcard, or all but some.",
        do: "List the actions that are needed.",
        resource: wildcardActions,
    },
    {
        name: "no-wildcard-resources",
        description: "A role's rights are on named resources; below one of them all may be meant. Resource * is for the actions alone for which AWS has nothing narrower.",
        do: "Name the resources, with region and account.",
        resource: wildcardResources,
    },
    {
        name: "no-broad-managed-policies",
        description: "Of AWS's own policies only those are attached that a part of EKS needs.",
        do: "Attach a policy with the actions and resources that are needed.",
        resource: broadManagedPolicies,
    },
    {
        name: "no-access-keys",
        description: "There are no users with keys, and no keys in a provider, which would be in the state.",
        do: "Use a role, a profile or OIDC.",
        resource: accessKeys,
    },
    {
        name: "exact-trust",
        description: "Who is trusted is one role, one service account with audience and subject, or a service for one source.",
        do: "Add the condition, with exact values.",
        resource: looseTrust,
    },
    {
        name: "public-access-blocked",
        description: "Every bucket blocks public access in all four ways.",
        do: "Give the bucket a public access block with all four set to true.",
        resource: openBlock,
        stack: lacking("BucketPublicAccessBlock"),
    },
    {
        name: "acls-off",
        description: "Every bucket has its access control lists turned off.",
        do: "Give the bucket ownership controls with BucketOwnerEnforced.",
        resource: aclsOn,
        stack: lacking("BucketOwnershipControls"),
    },
    {
        name: "encrypted",
        description: "Every bucket, the results of every work group and every EBS storage class is encrypted.",
        do: "Set the encryption: AES256 or a KMS key.",
        resource: unencrypted,
        stack: lacking("BucketServerSideEncryptionConfiguration"),
    },
    {
        name: "tls-only",
        description: "Every bucket has a policy that denies everything to everybody without TLS.",
        do: "Deny s3:* on the bucket and its objects to everybody where aws:SecureTransport is false.",
        resource: withoutTLS,
        stack: lacking("BucketPolicy"),
    },
    {
        name: "results-expire",
        description: "Query results expire, and uploads of them that are given up do.",
        do: "Give the results bucket a lifecycle with an expiration and an end of incomplete uploads.",
        stack: keptResults,
    },
    {
        name: "report-kept",
        description: "The report's data is kept for good, or for 100 days at least: a new Kubecost reads back 91.",
        do: "Set reportExpirationDays to 0, or to 100 or more.",
        advisory: true,
        resource: expiringReport,
    },
    {
        name: "report-protected",
        description: "The report and its bucket are protected: made again in the same place, a report can corrupt its data.",
        do: "Take reportProtect: false and forceDestroy: true out of the settings.",
        resource: unprotectedReport,
    },
    {
        name: "no-open-network",
        description: "Nothing lets the whole internet in: no security group, no endpoint of a cluster's API server.",
        do: "Name the networks that need it.",
        resource: openNetwork,
    },
];

export interface Violation {
    rule: string;
    resource: string;
    seen: string;
    do: string;
    advisory?: boolean;
}

/** What of the resources breaks which rule, in the order of the rules and of the resources. */
export function check(resources: Resource[]): Violation[] {
    return rules.flatMap(rule => {
        const whole = rule.stack?.(resources);
        return resources.flatMap(r => {
            const seen = rule.resource?.(r) ?? [];
            const lacks = whole?.get(r.urn);
            return (lacks === undefined ? seen : [...seen, lacks]).map(one => violation(rule, r.urn, one));
        });
    });
}

function violation(rule: Rule, resource: string, seen: string): Violation {
    const v: Violation = { rule: rule.name, resource, seen, do: rule.do };
    return rule.advisory ? { ...v, advisory: true } : v;
}
