import { wideARN } from "./access";
import { Statement, statements } from "./document";
import { is, Resource, texts, wild } from "./resource";

// Services that assume a role for whoever it is handed to, and name no source to its trust policy.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
const withoutSource = ["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "eks.amazonaws.com"];

// An account's ID, or its root: all of the account that may do it.
const wholeAccount = /^(\d{12}|arn:[a-z-]+:iam::\d{12}:root)$/;

/** Looks at trust and bucket policies. A key's policy has to name its own account. */
export function looseTrust(r: Resource): string[] {
    if (!is(r, "iam", "Role") && !is(r, "s3", "BucketPolicy")) {
        return [];
    }
    const seen: string[] = [];
    for (const s of statements(r).filter(one => one.allows && one.attached)) {
        for (const { kind, name } of s.principals) {
            const anySource = !exactly(s, "aws:sourcearn") && !exactly(s, "aws:sourceaccount");
            if (kind === "Service" && !withoutSource.includes(name) && anySource) {
                seen.push(`${s.where}: ${name} for whatever source`);
            } else if (kind === "AWS" && wholeAccount.test(name) && !exactly(s, "aws:principalarn")) {
                seen.push(`${s.where}: all of ${name}`);
            }
        }
        seen.push(...looseTokens(s));
    }
    return seen;
}

/** Says what lets other tokens in than those of one subject for one audience. */
function looseTokens(s: Statement): string[] {
    const web = texts(s.body.Action).some(action => action.toLowerCase() === "sts:assumerolewithwebidentity");
    return ["aud", "sub"].filter(claim => web && !exactly(s, `:${claim}`)).map(claim => `${s.where}: whatever ${claim} the token has`);
}

/**
 * Says whether the statement asks for exact values of a condition key, given by its end. aws:SourceArn may end in a wildcard: its
 * account is exact, and so is what kind of resource it is.
 */
function exactly(s: Statement, key: string): boolean {
    return s.conditions.some(({ operator, key: full, values }) => {
        if (!full.endsWith(key) || values.length === 0) {
            return false;
        }
        switch (operator) {
            case "stringequals":
                return !values.some(wild);
            case "arnequals": // both take wildcards
            case "arnlike":
                return !values.some(key === "aws:sourcearn" ? wideARN : wild);
            default:
                return false;
        }
    });
}
