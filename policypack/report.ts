import { beside } from "./bucket";
import { at, below, is, list, Resource, unknown } from "./resource";

// Days for which a new Kubecost reads back, and some for what AWS delivers late.
const leastReportDays = 100;

/** Says which results buckets keep results, or parts of them, for good. */
export function keptResults(resources: Resource[]): Map<string, string> {
    const seen = new Map<string, string>();
    for (const b of resources.filter(r => is(r, "s3", "Bucket") && below(r, "QueryWorkspace"))) {
        const lifecycles = beside(b, resources, "BucketLifecycleConfiguration");
        if (lifecycles.some(lifecycle => lifecycle.properties.rules === unknown)) {
            continue;
        }
        const rules = lifecycles.flatMap(enabled);
        if (!rules.some(rule => positive(at(rule, "expiration", "days")))) {
            seen.set(b.urn, "its objects never expire");
        } else if (!rules.some(rule => positive(at(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation")))) {
            seen.set(b.urn, "uploads that are given up stay in it");
        }
    }
    return seen;
}

/** Looks at the lifecycle of a report's bucket: AWS's own files beside the data must stay. */
export function expiringReport(r: Resource): string[] {
    const seen: string[] = [];
    if (!is(r, "s3", "BucketLifecycleConfiguration") || !below(r, "BillingReport")) {
        return seen;
    }
    for (const rule of enabled(r)) {
        const days = at(rule, "expiration", "days");
        if (typeof days !== "number") {
            continue;
        }
        if (days < leastReportDays) {
            seen.push(`the report's data expires after ${days} days`);
        }
        if (!hasPrefix(rule)) {
            seen.push("all of the bucket expires, and not the data alone");
        }
    }
    return seen;
}

/** Says whether a rule is about what is below a prefix, in whichever of the places for it that S3 has had. */
function hasPrefix(rule: unknown): boolean {
    return [at(rule, "filter", "prefix"), at(rule, "filter", "and", "prefix"), at(rule, "prefix")].some(prefix => prefix !== undefined && prefix !== "");
}

function enabled(lifecycle: Resource): unknown[] {
    return list(lifecycle.properties.rules).filter(rule => at(rule, "status") === "Enabled");
}

function positive(days: unknown): boolean {
    return days === unknown || typeof days === "number" && days > 0;
}

export function unprotectedReport(r: Resource): string[] {
    const seen: string[] = [];
    const bucket = is(r, "s3", "Bucket") && below(r, "BillingReport");
    if ((bucket || is(r, "cur", "ReportDefinition") || is(r, "bcmdata", "Export")) && !r.protect) {
        seen.push("it is not protected");
    }
    if (bucket && r.properties.forceDestroy === true) {
        seen.push("forceDestroy is true");
    }
    return seen;
}
