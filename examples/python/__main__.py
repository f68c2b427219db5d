import pulumi
import pulumi_aws as aws
import kubecost_cur_kubecost_cur as kubecost

config = pulumi.Config()
payer_account_id = config.require("payerAccountId")
primary_account_id = config.require("primaryAccountId")
payer_region = config.require("payerRegion")
payer_profile = config.require("payerProfile")

# The payer's callers: one for its buckets, Glue and Athena, one for the billing API, which is in us-east-1.
payer = aws.Provider(
    "payer", profile=payer_profile, allowed_account_ids=[payer_account_id], region=payer_region
)
us_east_1 = aws.Provider(
    "us-east-1", profile=payer_profile, allowed_account_ids=[payer_account_id], region="us-east-1"
)

# The cluster's OIDC issuer, and the IAM OIDC provider that trusts it.
cluster = aws.eks.get_cluster_output(name=config.require("clusterName"))
issuer = cluster.identities[0].oidcs[0].issuer
oidc_provider = aws.iam.get_open_id_connect_provider_output(url=issuer)

integration = kubecost.CurIntegration(
    "kubecost",
    payer=kubecost.PayerArgs(
        account_id=payer_account_id,
        region=payer_region,
        reader_role_arns=[f"arn:aws:iam::{primary_account_id}:role/kubecost-cur-reader"],
        provider=payer,
        report_provider=us_east_1,
        # For throw-away accounts, so that `pulumi destroy` leaves nothing. Remove both lines where the bill matters.
        report_protect=False,
        force_destroy=True,
    ),
    primary=kubecost.PrimaryArgs(
        account_id=primary_account_id,
        issuer=issuer,
        oidc_provider_arn=oidc_provider.arn,
        namespace=config.get("namespace"),
    ),
)

pulumi.export("masterPayerARN", integration.master_payer_arn)
pulumi.export("readerRoleArn", integration.reader_role_arn)
pulumi.export("releaseStatus", integration.release_status)
