import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { plain } from "./plain";
import { Resource, unknown } from "./resource";
import { check, Rule, rules, Violation } from "./rules";

interface Cases {
    rules: Rule[];
    safe: Resource[];
    cases: { name: string; changed?: Resource[]; gone?: string[]; violations: Violation[] }[];
}

// Written by the tests of internal/guardrails, with what the rules in Go say.
const file: Cases = JSON.parse(readFileSync(process.env.CASES ?? "testdata/cases.json", "utf8"));

test("the rules are those of internal/guardrails", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(rules)), file.rules);
});

for (const c of file.cases) {
    test(c.name, () => {
        const changed = new Map((c.changed ?? []).map(r => [r.urn, r]));
        const resources = file.safe.filter(r => !c.gone?.includes(r.urn)).map(r => changed.get(r.urn) ?? r);
        assert.deepEqual(check(resources), c.violations);
    });
}

test("a value that is not known before an update is no error", () => {
    const hidden = new Proxy({ a: "", b: ["x", { c: 1 }] } as Record<string, unknown>, {
        get: (target, key) => {
            if (key === "a") {
                throw Object.assign(new Error("unknown"), { unknownTypeSentinel: "" });
            }
            return Reflect.get(target, key);
        },
    });
    assert.deepEqual(plain(hidden), { a: unknown, b: ["x", { c: 1 }] });
});

test("another error stays one", () => {
    const broken = new Proxy({ a: "" } as Record<string, unknown>, { get: () => { throw new Error("broken"); } });
    assert.throws(() => plain(broken), /broken/);
});
