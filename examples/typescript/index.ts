import * as aws from "@pulumi/aws";
import * as kubecost from "@kubecost-cur/kubecost-cur";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const payerAccountId = config.require("payerAccountId");
const primaryAccountId = config.require("primaryAccountId");
const payerRegion = config.require("payerRegion");

// The payer's callers: one for its buckets, Glue and Athena, one for the billing API, which is in us-east-1.
const asPayer = { profile: config.require("payerProfile"), allowedAccountIds: [payerAccountId] };
const payer = new aws.Provider("payer", { ...asPayer, region: payerRegion as aws.Region });
const usEast1 = new aws.Provider("us-east-1", { ...asPayer, region: "us-east-1" });

// The cluster's OIDC issuer, and the IAM OIDC provider that trusts it.
const cluster = aws.eks.getClusterOutput({ name: config.require("clusterName") });
const issuer = cluster.identities[0].oidcs[0].issuer;
const oidcProvider = aws.iam.getOpenIdConnectProviderOutput({ url: issuer });

const integration = new kubecost.CurIntegration("kubecost", {
    payer: {
        accountId: payerAccountId,
        region: payerRegion,
        readerRoleArns: [`arn:aws:iam::${primaryAccountId}:role/kubecost-cur-reader`],
        provider: payer,
        reportProvider: usEast1,
        // For throw-away accounts, so that `pulumi destroy` leaves nothing. Remove both lines where the bill matters.
        reportProtect: false,
        forceDestroy: true,
    },
    primary: {
        accountId: primaryAccountId,
        issuer,
        oidcProviderArn: oidcProvider.arn,
        namespace: config.get("namespace"),
    },
});

export const masterPayerARN = integration.masterPayerARN;
export const readerRoleArn = integration.readerRoleArn;
export const releaseStatus = integration.releaseStatus;
