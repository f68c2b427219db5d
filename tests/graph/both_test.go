package graph

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

func payerArgs() *components.PayerArgs {
	return &components.PayerArgs{
		AccountID: payerAccount, Region: "us-east-2", ReportName: "kubecost", ReportPrefix: "cur",
		ReportBucketName: "report-bucket", ResultsBucketName: "results-bucket", ResultsExpirationDays: 1,
		WorkGroupName: "kubecost-cur", BytesScannedCutoff: components.MinBytesScannedCutoff, RoleName: "kubecost-cur-access",
		ReaderRoleArns: []string{"arn:aws:iam::222222222222:role/kubecost-cur-reader"},
	}
}

func primaryArgs() *components.PrimaryArgs {
	return &components.PrimaryArgs{
		AccountID: primaryAccount, ReaderRoleName: "kubecost-cur-reader", Namespace: "kubecost",
		ServiceAccountName: "kubecost-serviceaccount", Issuer: pulumi.String(issuer),
		OidcProviderArn: pulumi.String("arn:aws:iam::222222222222:oidc-provider/x"),
		ReleaseName:     "kubecost", ChartVersion: "2.8.7", TimeoutSeconds: 900,
	}
}

// both is one stack that holds both sides, with a provider for each account.
func both(ctx *pulumi.Context) error {
	payer, primary := payerArgs(), primaryArgs()
	accounts := map[string]*pulumi.ProviderResource{
		"payer-provider": &payer.Provider, "report-provider": &payer.ReportProvider, "primary-provider": &primary.Provider,
	}
	for name, provider := range accounts {
		p, err := aws.NewProvider(ctx, name, &aws.ProviderArgs{Region: pulumi.String("us-east-2")})
		if err != nil {
			return err
		}
		*provider = p
	}
	cluster, err := kubernetes.NewProvider(ctx, "cluster", nil)
	if err != nil {
		return err
	}
	primary.KubernetesProvider = cluster
	_, err = components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: payer, Primary: primary})
	return err
}

func TestOneStackCanHoldBothSidesWithAProviderForEachAccount(t *testing.T) {
	r := &recorder{}
	if err := pulumi.RunErr(both, pulumi.WithMocks("kubecost-cur", "both", r)); err != nil {
		t.Fatal(err)
	}
	for _, res := range r.resources {
		want := ""
		switch {
		case res.token == "aws:cur/reportDefinition:ReportDefinition":
			want = "report-provider"
		case strings.HasPrefix(res.token, "aws:") && strings.Contains(res.parent, "ClusterIdentity"):
			want = "primary-provider"
		case strings.HasPrefix(res.token, "aws:"):
			want = "payer-provider"
		case strings.HasPrefix(res.token, "kubernetes:"):
			want = "cluster"
		}
		if !strings.Contains(res.provider, "::"+want+"::") && want != "" {
			t.Errorf("%s %s has the provider %q, want %s: the default one may be the wrong account", res.token, res.name, res.provider, want)
		}
	}
	file := r.one(t, "kubernetes:core/v1:Secret", "").inputs["stringData"].(*resource.Secret)
	text := file.Element.ObjectValue()["cloud-integration.json"].StringValue()
	for _, part := range []string{"s3://results-bucket", "athenacurcfn_kubecost", "arn:aws:iam::111111111111:role/kubecost-cur-access"} {
		if !strings.Contains(text, part) {
			t.Errorf("the file lacks %s of the payer side: %s", part, text)
		}
	}
}

func TestOneStacksPayerIsReachedAsItsSettingsSayAndNeverAsThePrimary(t *testing.T) {
	r := &recorder{}
	if err := run(t, r, "both", with(bothSettings, map[string]string{
		"aws:assumeRole":                  `{"roleArn":"arn:aws:iam::222222222222:role/deploy"}`,
		"kubecost-cur:payerAssumeRoleArn": "arn:aws:iam::111111111111:role/deploy", "kubecost-cur:payerRegion": "eu-west-1",
	})); err != nil {
		t.Fatal(err)
	}
	for name, region := range map[string]string{"payer": "eu-west-1", "us-east-1": "us-east-1"} {
		inputs := text(t, r.one(t, "pulumi:providers:aws", name).inputs)
		for _, part := range []string{payerAccount, `arn:aws:iam::111111111111:role/deploy`, `"profile":"payer"`, region} {
			if !strings.Contains(inputs, part) {
				t.Errorf("the provider %s lacks %s: %s", name, part, inputs)
			}
		}
		if strings.Contains(inputs, primaryAccount) {
			t.Errorf("the provider %s of the payer takes the primary's account: %s", name, inputs)
		}
	}
	for _, res := range r.resources {
		if strings.HasPrefix(res.token, "aws:") && !strings.Contains(res.parent, "ClusterIdentity") && res.provider == "" {
			t.Errorf("%s %s of the payer has the default provider, which is the primary's", res.token, res.name)
		}
	}
	if bucket := r.one(t, "aws:s3/bucketV2:BucketV2", "report").inputs["bucket"]; bucket != "kubecost-cur-111111111111-eu-west-1" {
		t.Errorf("the report's bucket is %v", bucket)
	}
}

func TestAComponentsWrongArgumentsAreOneErrorBeforeAnythingIsRegistered(t *testing.T) {
	r := &recorder{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		payer, primary := payerArgs(), primaryArgs()
		payer.AccountID, payer.ReportName, payer.WorkGroupName = "1", "Kube Cost", "a work group"
		primary.ChartVersion, primary.Issuer = "latest", nil
		_, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: payer, Primary: primary})
		return err
	}, pulumi.WithMocks("kubecost-cur", "both", r))
	if err == nil {
		t.Fatal("the arguments were taken")
	}
	for _, want := range []string{"AccountID", `"1"`, "ReportName", `"Kube Cost"`, "WorkGroupName", "ChartVersion", `"latest"`, "Issuer is missing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %s: %v", want, err)
		}
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}

func TestWhoeverProtectsAComponentProtectsAllOfIt(t *testing.T) {
	r := &recorder{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		args := &components.CurIntegrationArgs{Payer: payerArgs()}
		_, err := components.NewCurIntegration(ctx, "kubecost", args, pulumi.Protect(true))
		return err
	}, pulumi.WithMocks("kubecost-cur", "both", r))
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.resources {
		if !res.protect && !strings.HasPrefix(res.token, "pulumi:") {
			t.Errorf("%s %s is not protected", res.token, res.name)
		}
	}
	r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
}

func TestNothingIsMadeOfNoArguments(t *testing.T) {
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		for _, args := range []*components.CurIntegrationArgs{nil, {}, {Primary: primaryArgs()}} {
			if _, err := components.NewCurIntegration(ctx, "kubecost", args); err == nil {
				t.Errorf("%+v was taken", args)
			}
		}
		return nil
	}, pulumi.WithMocks("kubecost-cur", "none", &recorder{}))
	if err != nil {
		t.Fatal(err)
	}
}
