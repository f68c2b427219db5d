// Resources as the rules see them, and values in their properties. The rules are those of internal/guardrails, in Go: both say the same
// of the same resources, which the tests of both compare.

/** Stands for a value that only an update knows. The rules say nothing of it. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Resource {
    type: string;
    urn: string;
    properties: Record<string, unknown>;
    protect?: boolean;
    /** URNs of the resources that a property's value comes from, by the property. */
    from?: Record<string, string[]>;
}

/** Says whether a resource is of a type of pulumi-aws; BucketV2 of its version 6 is Bucket of version 7. */
export function is(r: Resource, module: string, ...names: string[]): boolean {
    const prefix = `aws:${module}/`;
    const name = r.type.slice(r.type.lastIndexOf(":") + 1).replace(/V2$/, "");
    return r.type.startsWith(prefix) && names.includes(name);
}

/** Says whether a resource is part of a component of kubecost-cur. */
export function below(r: Resource, component: string): boolean {
    return r.urn.includes(`kubecost-cur:index:${component}$`);
}

export function isObject(v: unknown): v is Record<string, unknown> {
    return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** The value at a path of properties: undefined if there is none, unknown if all or a part of the path is not known. */
export function at(v: unknown, ...path: string[]): unknown {
    for (const key of path) {
        if (v === unknown) {
            return v;
        }
        v = isObject(v) ? (v[key] ?? undefined) : undefined;
    }
    return v;
}

export function list(v: unknown): unknown[] {
    return Array.isArray(v) ? v : [];
}

/** A value as it is told. */
export function text(v: unknown): string {
    switch (typeof v) {
        case "undefined":
            return "missing";
        case "string":
            return v;
        case "boolean":
        case "number":
            return String(v);
        default:
            return v === null ? "missing" : "something else";
    }
}

/** The values of what may be one value or a list of them. */
export function texts(v: unknown): string[] {
    if (v === undefined || v === null) {
        return [];
    }
    return Array.isArray(v) ? v.flatMap(texts) : [text(v)];
}

export function wild(pattern: string): boolean {
    return /[*?]/.test(pattern);
}
