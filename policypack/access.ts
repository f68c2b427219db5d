import { statements, unreadable } from "./document";
import { is, Resource, texts, wild } from "./resource";

export function wildcardPrincipals(r: Resource): string[] {
    const seen: string[] = [];
    for (const s of statements(r).filter(one => one.allows)) {
        if (s.has("NotPrincipal")) {
            seen.push(`${s.where}: NotPrincipal allows all others`);
        }
        for (const { kind, name } of s.principals) {
            if (kind === "*") {
                seen.push(`${s.where}: Principal ${name}`);
            } else if (wild(name)) {
                seen.push(`${s.where}: Principal ${kind} ${name}`);
            }
        }
    }
    return seen;
}

export function wildcardActions(r: Resource): string[] {
    let seen: string[] = [];
    if (is(r, "iam", "Role")) {
        seen = unreadable(r, "assumeRolePolicy");
    }
    if (is(r, "iam", "RolePolicy", "Policy") || is(r, "s3", "BucketPolicy")) {
        seen = unreadable(r, "policy");
    }
    for (const s of statements(r).filter(one => one.allows)) {
        if (s.has("NotAction")) {
            seen.push(`${s.where}: NotAction allows all others`);
        }
        seen.push(...texts(s.body.Action).filter(wild).map(action => `${s.where}: Action ${action}`));
    }
    return seen;
}

// The actions for which AWS has nothing narrower than *, that the program needs.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
const onAnything = [
    "organizations:listaccounts", // names of the accounts among the costs
    "organizations:listtagsforresource", // their tags, of accounts that are not known before
    "lakeformation:getdataaccess", // its grants decide what is handed out

    // and CI's roles
    "cur:describereportdefinitions", // which reports there are
    "cur:putreportdefinition", // asked for with an export too, for which AWS's own policies have it so
    "ce:listcostallocationtags", // tags of the bill have no ARNs
    "ce:updatecostallocationtagsstatus", // nor for being activated
    "lakeformation:listpermissions", // nor have grants
    "lakeformation:grantpermissions", // of which its administrators alone give any
    "lakeformation:revokepermissions", // or take one
    "iam:listopenidconnectproviders", // which OIDC providers there are
];

/** Looks at identity policies. A policy that is attached to a resource reaches no other. */
export function wildcardResources(r: Resource): string[] {
    const seen: string[] = [];
    for (const s of statements(r).filter(one => one.allows && !one.attached)) {
        if (s.has("NotResource")) {
            seen.push(`${s.where}: NotResource allows all others`);
        }
        for (const resource of texts(s.body.Resource)) {
            if (resource === "*") {
                const wide = texts(s.body.Action).filter(action => !onAnything.includes(action.toLowerCase()));
                seen.push(...wide.map(action => `${s.where}: ${action} on *`));
            } else if (wideARN(resource)) {
                seen.push(`${s.where}: Resource ${resource}`);
            }
        }
    }
    return seen;
}

/**
 * Says whether an ARN's wildcards reach further than below one named resource: its objects, streams or tables. To the name of an export
 * AWS adds an ID.
 */
export function wideARN(resource: string): boolean {
    if (!wild(resource)) {
        return false;
    }
    const parts = resource.split(":");
    if (parts.length < 6 || wild(parts.slice(0, 5).join(""))) {
        return true;
    }
    if (parts[2] === "bcm-data-exports") {
        const named = /^export\/(.+)-\*$/s.exec(parts.slice(5).join(":"));
        return !named || wild(named[1]);
    }
    const below = /^(.*)[/:]\*$/s.exec(parts.slice(5).join(":"));
    if (!below) {
        return true;
    }
    const named = below[1];
    // But for a bucket, a resource's ARN begins with its type, which names none: role/*.
    const typeAlone = parts[2] !== "s3" && !/[/:]/.test(named);
    return named === "" || wild(named) || typeAlone;
}

// The policies of AWS that parts of EKS need.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/security-iam-awsmanpol.html
const ofEKS = [
    "AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy", "service-role/AmazonEBSCSIDriverPolicy",
];

export function broadManagedPolicies(r: Resource): string[] {
    let attached: string[] = [];
    if (is(r, "iam", "RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment")) {
        attached = texts(r.properties.policyArn);
    } else if (is(r, "iam", "Role")) {
        attached = texts(r.properties.managedPolicyArns);
    }
    const marker = ":iam::aws:policy/";
    return attached
        .filter(policy => policy.includes(marker) && !ofEKS.includes(policy.slice(policy.indexOf(marker) + marker.length)))
        .map(policy => `${policy} is attached`);
}

export function accessKeys(r: Resource): string[] {
    if (is(r, "iam", "User", "AccessKey")) {
        return [`it is a ${r.type}`];
    }
    if (r.type !== "pulumi:providers:aws") {
        return [];
    }
    return ["accessKey", "secretKey", "token"].filter(key => texts(r.properties[key]).length > 0).map(key => `${key} is set`);
}
