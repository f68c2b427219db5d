package graph

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

func TestSettingsThatCouldNotTakeEffectOnWhatIsAdoptedAreNamed(t *testing.T) {
	role := with(payerSettings, map[string]string{"kubecost-cur:adopt": `["payerRole"]`})
	catalog := with(payerSettings, map[string]string{"kubecost-cur:adopt": `["catalog"]`})
	buckets := with(payerSettings, map[string]string{"kubecost-cur:adopt": `["reportBucket","resultsBucket"]`})
	refuses(t, map[string]refusal{
		"something that is not adopted": {payerSettings, "kubecost-cur:adopt", `["workGroup"]`, []string{`"workGroup"`, "resultsBucket"}},
		"something adopted twice":       {payerSettings, "kubecost-cur:adopt", `["catalog","catalog"]`, []string{`"catalog"`, "twice"}},
		"adopting no list":              {payerSettings, "kubecost-cur:adopt", "report", []string{"list of strings"}},
		"a report without its bucket":   {payerSettings, "kubecost-cur:adopt", `["report"]`, []string{"add reportBucket"}},
		"adopting in the primary":       {primarySettings, "kubecost-cur:adopt", `["report"]`, []string{"payer side"}},
		"a name with a star":            {adopting, "kubecost-cur:reportName", "bill*", []string{"other reports"}},
		"a name with a space":           {adopting, "kubecost-cur:reportName", "my bill", []string{"letters, digits"}},
		"a name to make with capitals":  {role, "kubecost-cur:reportName", "KubeCost", []string{"lower-case"}},
		"an adopted report's guard":     {adopting, "kubecost-cur:reportProtect", "false", []string{"adopts report", "remove it"}},
		"an adopted bucket's expiry":    {buckets, "kubecost-cur:reportExpirationDays", "100", []string{"adopts reportBucket", "lifecycle"}},
		"adopted results' expiry":       {buckets, "kubecost-cur:resultsExpirationDays", "7", []string{"adopts resultsBucket", "lifecycle"}},
		"deleting adopted buckets":      {buckets, "kubecost-cur:forceDestroy", "true", []string{"never deleted"}},
		"an adopted role's path":        {role, "kubecost-cur:payerRolePath", "/finops/", []string{"adopts payerRole", "its path"}},
		"an adopted role's boundary":    {role, "kubecost-cur:permissionsBoundary", "arn:aws:iam::111111111111:policy/b", []string{"its boundary"}},
		"an adopted role's strictness":  {role, "kubecost-cur:strictTrust", "true", []string{"trust policy"}},
		"an adopted role's members":     {role, "kubecost-cur:organizationId", "o-a1b2c3d4e5", []string{"trust policy"}},
		"an adopted role's readers":     {role, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::333333333333:role/r"]`, []string{"trust policy"}},
		"a name for an own database":    {payerSettings, "kubecost-cur:databaseName", "finops", []string{"add catalog to"}},
		"a name for an own table":       {payerSettings, "kubecost-cur:tableName", "bill", []string{"add catalog to"}},
		"an adopted database's name":    {catalog, "kubecost-cur:databaseName", "Fin-Ops", []string{"Glue"}},
		"an adopted table's name":       {catalog, "kubecost-cur:tableName", "*", []string{"Glue"}},
		"adopting an export":            {adopting, "kubecost-cur:reportVersion", "2", []string{"only legacy ones"}},
		"one bucket adopted for both":   {adopting, "kubecost-cur:resultsBucketName", "bills", []string{"report's bucket"}},
	})
}

func TestArgumentsThatContradictAnAdoptionAreOneError(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*components.PayerArgs)
		want   []string
	}{
		"a report without its bucket": {func(a *components.PayerArgs) { a.Adopt.Report = true }, []string{"AdoptBucket", "adopt both"}},
		"an export":                   {func(a *components.PayerArgs) { a.Adopt.Report, a.Adopt.ReportBucket, a.ReportVersion = true, true, "2" }, []string{"legacy report"}},
		"names for what is made":      {func(a *components.PayerArgs) { a.DatabaseName, a.TableName = "finops", "bill" }, []string{"DatabaseName, TableName", "finops, bill"}},
		"a name to make with a dash":  {func(a *components.PayerArgs) { a.ReportName = "Kube-Cost" }, []string{"ReportName", "lower-case"}},
		"a boundary of nothing": {func(a *components.PayerArgs) {
			a.Adopt.PayerRole, a.PermissionsBoundary = true, "arn:aws:iam::111111111111:policy/b"
		}, []string{"its boundary"}},
		"a role with an organization": {func(a *components.PayerArgs) { a.Adopt.PayerRole, a.OrganizationID = true, "o-a1b2c3d4e5" }, []string{"keeps its trust policy"}},
		"a role for two readers": {func(a *components.PayerArgs) {
			a.Adopt.PayerRole, a.ReaderRoleArns = true, append(a.ReaderRoleArns, "arn:aws:iam::333333333333:role/r")
		}, []string{"keeps its trust policy"}},
		"a table too long for a policy's name": {func(a *components.PayerArgs) {
			a.Adopt.PayerRole, a.Adopt.Catalog, a.TableName = true, true, strings.Repeat("t", 110)
		}, []string{"Query.Table", "IAM takes 128"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				args := payerArgs()
				c.change(args)
				_, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: args})
				return err
			}, pulumi.WithMocks("kubecost-cur", "payer", r))
			if err == nil {
				t.Fatal("the arguments were taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}
