import { PolicyPack, PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { plain } from "./plain";
import { Resource } from "./resource";
import { Rule, rules } from "./rules";

/** Looks at single resources, before one is made. */
function resourcePolicy(rule: Rule, check: NonNullable<Rule["resource"]>): ResourceValidationPolicy {
    return {
        name: rule.name,
        description: rule.description,
        enforcementLevel: rule.advisory ? "advisory" : "mandatory",
        validateResource: (args, report) => {
            const r: Resource = { type: args.type, urn: args.urn, properties: plain(args.props), protect: args.opts.protect };
            check(r).forEach(seen => report(`${seen}. ${rule.do}`));
        },
    };
}

/** Looks at the whole stack, at the end of a preview and of an update. */
function stackPolicy(rule: Rule, check: NonNullable<Rule["stack"]>): StackValidationPolicy {
    return {
        name: rule.resource ? `${rule.name}-everywhere` : rule.name,
        description: rule.description,
        enforcementLevel: rule.advisory ? "advisory" : "mandatory",
        validateStack: (args, report) => {
            check(args.resources.map(planned)).forEach((seen, urn) => report(`${seen}. ${rule.do}`, urn));
        },
    };
}

function planned(r: PolicyResource): Resource {
    const from: Record<string, string[]> = {};
    for (const [property, sources] of Object.entries(r.propertyDependencies)) {
        from[property] = sources.map(source => source.urn);
    }
    return { type: r.type, urn: r.urn, properties: plain(r.props), protect: r.opts.protect, from };
}

new PolicyPack("kubecost-cur", {
    policies: rules.flatMap(rule => [
        ...rule.resource ? [resourcePolicy(rule, rule.resource)] : [],
        ...rule.stack ? [stackPolicy(rule, rule.stack)] : [],
    ]),
});
