import { Statement, statements } from "./document";
import { at, is, list, Resource, text, texts, unknown } from "./resource";

/** Says which buckets have none of what makes them safe, which is a resource of its own. */
export function lacking(kind: string): (resources: Resource[]) => Map<string, string> {
    return resources => new Map(resources
        .filter(b => is(b, "s3", "Bucket") && beside(b, resources, kind).length === 0)
        .map(b => [b.urn, `it has no ${kind}`]));
}

/** The resources of a kind that are about a bucket: they have its name, or take it from there. */
export function beside(bucket: Resource, resources: Resource[], kind: string): Resource[] {
    const name = bucket.properties.bucket;
    const named = typeof name === "string" && name !== unknown;
    return resources.filter(r => is(r, "s3", kind) &&
        ((r.from?.bucket ?? []).includes(bucket.urn) || named && r.properties.bucket === name));
}

export function openBlock(r: Resource): string[] {
    const seen: string[] = [];
    if (is(r, "s3", "BucketPublicAccessBlock")) {
        for (const property of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]) {
            const v = r.properties[property];
            if (v !== true && v !== unknown) {
                seen.push(`${property} is ${text(v)}`);
            }
        }
    }
    const acl = text(r.properties.acl);
    if (is(r, "s3", "Bucket", "BucketAcl") && acl.startsWith("public-")) {
        seen.push(`acl is ${acl}`);
    }
    return seen;
}

export function aclsOn(r: Resource): string[] {
    const v = at(r.properties, "rule", "objectOwnership");
    const on = is(r, "s3", "BucketOwnershipControls") && v !== "BucketOwnerEnforced" && v !== unknown;
    return on ? [`objectOwnership is ${text(v)}`] : [];
}

export function unencrypted(r: Resource): string[] {
    if (is(r, "s3", "BucketServerSideEncryptionConfiguration")) {
        return unencryptedBucket(r);
    }
    if (is(r, "athena", "Workgroup")) {
        return unencryptedResults(r);
    }
    if (r.type === "kubernetes:storage.k8s.io/v1:StorageClass" && r.properties.provisioner === "ebs.csi.aws.com") {
        const v = at(r.properties, "parameters", "encrypted");
        return v !== "true" && v !== unknown ? [`encrypted is ${text(v)}`] : [];
    }
    return [];
}

function unencryptedBucket(r: Resource): string[] {
    if (r.properties.rules === unknown) {
        return [];
    }
    const rules = list(r.properties.rules);
    const seen = rules.length === 0 ? ["it has no rules"] : [];
    rules.forEach((rule, i) => {
        const algorithm = at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm");
        if (!["AES256", "aws:kms", "aws:kms:dsse", unknown].includes(algorithm as string)) {
            seen.push(`rules[${i}]: sseAlgorithm is ${text(algorithm)}`);
        }
    });
    return seen;
}

/** Looks at a work group. Unless it enforces its configuration, the client says how results are encrypted. */
function unencryptedResults(workGroup: Resource): string[] {
    const seen: string[] = [];
    const configuration = at(workGroup.properties, "configuration");
    if (at(configuration, "enforceWorkgroupConfiguration") === false) {
        seen.push("enforceWorkgroupConfiguration is false");
    }
    if (at(configuration, "resultConfiguration", "encryptionConfiguration", "encryptionOption") === undefined) {
        seen.push("its results have no encryptionConfiguration");
    }
    return seen;
}

export function withoutTLS(r: Resource): string[] {
    if (!is(r, "s3", "BucketPolicy") || r.properties.policy === unknown || statements(r).some(deniesWithoutTLS)) {
        return [];
    }
    return ["its policy does not deny access without TLS"];
}

/** Says whether a statement denies everybody everything, on a bucket and its objects, and on no further condition. */
function deniesWithoutTLS(s: Statement): boolean {
    const [condition, ...further] = s.conditions;
    const resources = texts(s.body.Resource);
    const everybody = s.principals.some(({ kind, name }) => name === "*" && (kind === "*" || kind === "AWS"));
    const everything = texts(s.body.Action).some(action => action === "*" || action === "s3:*");
    const both = resources.some(bucket => bucket === "*" || !bucket.endsWith("/*") && resources.includes(`${bucket}/*`));
    const plain = condition !== undefined && further.length === 0 && condition.operator.startsWith("bool") &&
        condition.key === "aws:securetransport" && condition.values.length === 1 && condition.values[0] === "false";
    return !s.allows && everybody && everything && both && plain;
}
