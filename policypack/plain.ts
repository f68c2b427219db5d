import { isObject, unknown } from "./resource";

/**
 * Properties as CrossGuard hands them out, as plain values. In a preview, a look at a value that only the update knows is an error
 * there, which would end the policy; here it is the value unknown.
 */
export function plain(props: Record<string, unknown>): Record<string, unknown> {
    const all: Record<string, unknown> = {};
    for (const key of Object.keys(props)) {
        all[key] = value(props, key);
    }
    return all;
}

function value(of: Record<string, unknown> | unknown[], key: string | number): unknown {
    let v: unknown;
    try {
        v = (of as Record<string | number, unknown>)[key];
    } catch (e) {
        if (isObject(e) && "unknownTypeSentinel" in e) {
            return unknown;
        }
        throw e;
    }
    if (Array.isArray(v)) {
        return Array.from({ length: v.length }, (_, i) => value(v as unknown[], i));
    }
    return isObject(v) ? plain(v) : v;
}
