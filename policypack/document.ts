// Policy documents that anybody wrote.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
import { isObject, list, Resource, texts, unknown } from "./resource";

export interface Principal {
    /** AWS, Service or Federated; * for the principal *. */
    kind: string;
    name: string;
}

/** One key of a statement's condition. Operator and key are in small letters, since case does not count in them. */
export interface Condition {
    operator: string;
    key: string;
    values: string[];
}

export class Statement {
    /** where is the property and the statement. */
    constructor(readonly where: string, readonly body: Record<string, unknown>) {}

    get allows(): boolean {
        return this.body.Effect !== "Deny";
    }

    has(element: string): boolean {
        return this.body[element] !== undefined && this.body[element] !== null;
    }

    /** Says whether the statement says whom it is for, as those do that are attached to a resource or a role's trust. */
    get attached(): boolean {
        return this.has("Principal") || this.has("NotPrincipal");
    }

    get principals(): Principal[] {
        const kinds = this.body.Principal;
        if (!isObject(kinds)) {
            return texts(kinds).map(name => ({ kind: "*", name }));
        }
        return Object.keys(kinds).sort().flatMap(kind => texts(kinds[kind]).map(name => ({ kind, name })));
    }

    get conditions(): Condition[] {
        const operators = isObject(this.body.Condition) ? this.body.Condition : {};
        return Object.keys(operators).sort().flatMap(operator => {
            const keys = isObject(operators[operator]) ? operators[operator] as Record<string, unknown> : {};
            return Object.keys(keys).sort().map(key => ({ operator: operator.toLowerCase(), key: key.toLowerCase(), values: texts(keys[key]) }));
        });
    }
}

/** The statements of all policies of an AWS resource, in whatever property they are, as text or as object. */
export function statements(r: Resource): Statement[] {
    return r.type.startsWith("aws:") ? statementsIn("", r.properties) : [];
}

function statementsIn(where: string, v: unknown): Statement[] {
    if (typeof v === "string") {
        const document = parse(v);
        return document ? statementsIn(where, document) : [];
    }
    if (Array.isArray(v)) {
        return v.flatMap((one, i) => statementsIn(`${where}[${i}]`, one));
    }
    if (!isObject(v)) {
        return [];
    }
    if ("Statement" in v) {
        return statementsOf(where, v.Statement);
    }
    return Object.keys(v).sort().flatMap(key => statementsIn(where === "" ? key : `${where}.${key}`, v[key]));
}

/** The document that a text is, or undefined. */
function parse(v: string): Record<string, unknown> | undefined {
    if (!v.trim().startsWith("{")) {
        return undefined;
    }
    try {
        const document: unknown = JSON.parse(v);
        return isObject(document) && document.Statement !== undefined && document.Statement !== null ? document : undefined;
    } catch {
        return undefined;
    }
}

function statementsOf(where: string, v: unknown): Statement[] {
    return list(isObject(v) ? [v] : v).map((one, i) => {
        const body = isObject(one) ? one : {};
        const named = typeof body.Sid === "string" && body.Sid !== "";
        return new Statement(`${where}, ${named ? body.Sid : `statement ${i + 1}`}`, body);
    });
}

/** Says of a policy's property that it is no policy document; nothing could be said of it otherwise. */
export function unreadable(r: Resource, property: string): string[] {
    const policy = r.properties[property];
    if (typeof policy !== "string" || policy === unknown || statementsIn(property, policy).length > 0) {
        return [];
    }
    return [`${property} is no policy document`];
}
