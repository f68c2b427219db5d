package graph

import (
	"strings"
	"testing"
)

func TestAWrongSettingIsNamedWithItsValueAndTheRule(t *testing.T) {
	long := strings.Repeat("x", 243)
	refuses(t, map[string]refusal{
		"report name with capitals":         {payerSettings, "kubecost-cur:reportName", "Kubecost", []string{"lower-case"}},
		"report name with a hyphen":         {payerSettings, "kubecost-cur:reportName", "kube-cost", []string{"lower-case"}},
		"report name with a space":          {payerSettings, "kubecost-cur:reportName", "kube cost", []string{"lower-case"}},
		"report name over the limit":        {payerSettings, "kubecost-cur:reportName", long, []string{"at most 242"}},
		"a monthly report":                  {payerSettings, "kubecost-cur:reportTimeUnit", "MONTHLY", []string{"DAILY or HOURLY"}},
		"a time unit in small letters":      {payerSettings, "kubecost-cur:reportTimeUnit", "hourly", []string{"in capitals"}},
		"empty prefix":                      {payerSettings, "kubecost-cur:reportPrefix", "", []string{"needs a prefix"}},
		"prefix with a leading slash":       {payerSettings, "kubecost-cur:reportPrefix", "/cur", []string{"no slash"}},
		"account that is too short":         {payerSettings, "kubecost-cur:payerAccountId", "1111111111", []string{"12 digits"}},
		"account that lost its zero":        {primarySettings, "kubecost-cur:payerAccountId", "12345678901", []string{"starts with 0", "quotes"}},
		"account that became a number":      {payerSettings, "kubecost-cur:primaryAccountId", "1.2345678901e+10", []string{"quotes"}},
		"no account":                        {payerSettings, "kubecost-cur:payerAccountId", "(removed)", []string{"is missing"}},
		"unknown region":                    {payerSettings, "aws:region", "us-east-9", []string{"no such region", "us-east-2"}},
		"no region":                         {primarySettings, "aws:region", "(removed)", []string{"is missing"}},
		"payer and primary the same":        {payerSettings, "kubecost-cur:primaryAccountId", payerAccount, []string{"same account"}},
		"credentials of any account":        {payerSettings, "aws:allowedAccountIds", "(removed)", []string{"111111111111"}},
		"credentials of the other account":  {primarySettings, "aws:allowedAccountIds", `["111111111111"]`, []string{"222222222222"}},
		"empty stack reference":             {primarySettings, "kubecost-cur:payerStack", "", []string{"is missing"}},
		"half a stack reference":            {primarySettings, "kubecost-cur:payerStack", "org/payer", []string{"organization/project/stack"}},
		"neither a payer stack nor payers":  {primarySettings, "kubecost-cur:payerStack", "(removed)", []string{"is missing"}},
		"payers that are no list":           {primarySettings, "kubecost-cur:payers", `{"stack":"b"}`, []string{"list of objects"}},
		"a payer that is a string":          {primarySettings, "kubecost-cur:payers", `["payer-b"]`, []string{"payers[0]", "stack and accountId"}},
		"a payer with an unknown key":       {primarySettings, "kubecost-cur:payers", `[{"stak":"b"}]`, []string{"payers[0]", "stak"}},
		"a payer with nothing":              {primarySettings, "kubecost-cur:payers", `[{}]`, []string{"payers[0]", "either stack"}},
		"a payer of both kinds":             {primarySettings, "kubecost-cur:payers", `[{"stack":"b","accountId":"333333333333","athenaTable":"t"}]`, []string{"either stack"}},
		"a payer's account as a number":     {primarySettings, "kubecost-cur:payers", `[{"stack":"b","accountId":333333333333}]`, []string{"accountId", "quotes"}},
		"a payer without its account":       {primarySettings, "kubecost-cur:payers", `[{"stack":"b"}]`, []string{"payers[0].accountId", "12 digits"}},
		"a payer without its stack":         {primarySettings, "kubecost-cur:payers", `[{"accountId":"333333333333"}]`, []string{"payers[0].stack is missing"}},
		"half a payer's stack":              {primarySettings, "kubecost-cur:payers", `[{"stack":"org/b","accountId":"333333333333"}]`, []string{"payers[0].stack", "organization/project/stack"}},
		"a payer's stack twice":             {primarySettings, "kubecost-cur:payers", `[{"stack":"payer","accountId":"111111111111"}]`, []string{"payers[0]", "payerStack", "same stack"}},
		"a literal payer without a role":    {primarySettings, "kubecost-cur:payers", `[{"athenaBucketName":"s3://results","athenaRegion":"us-east-2","athenaDatabase":"d","athenaTable":"t","athenaWorkgroup":"w","projectID":"333333333333"}]`, []string{"payers[0]", "masterPayerARN"}},
		"payers in the payer's stack":       {payerSettings, "kubecost-cur:payers", `[{"stack":"b","accountId":"333333333333"}]`, []string{"primary side"}},
		"a role path without its slashes":   {payerSettings, "kubecost-cur:payerRolePath", "platform", []string{"between slashes"}},
		"a role path with a wildcard":       {primarySettings, "kubecost-cur:readerRolePath", "/team-*/", []string{"between slashes"}},
		"a boundary that is no ARN":         {payerSettings, "kubecost-cur:permissionsBoundary", "boundary", []string{"policy's ARN"}},
		"a boundary of the other account":   {primarySettings, "kubecost-cur:permissionsBoundary", "arn:aws:iam::111111111111:policy/boundary", []string{"222222222222"}},
		"an organization that is none":      {payerSettings, "kubecost-cur:organizationId", "111111111111", []string{"o- and 10 to 32"}},
		"every role as a further reader":    {payerSettings, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::333333333333:role/*"]`, []string{"without wildcards"}},
		"an account as a further reader":    {payerSettings, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::333333333333:root"]`, []string{"role's ARN"}},
		"a further reader in China":         {payerSettings, "kubecost-cur:furtherReaderRoleArns", `["arn:aws-cn:iam::333333333333:role/r"]`, []string{"partition"}},
		"a further reader twice":            {payerSettings, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::333333333333:role/r","arn:aws:iam::333333333333:role/r"]`, []string{"twice"}},
		"the reader as a further reader":    {payerSettings, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::222222222222:role/kubecost-cur-reader"]`, []string{"readerRoleName"}},
		"a trust that is neither":           {payerSettings, "kubecost-cur:strictTrust", "perhaps", []string{"true or false"}},
		"a profile of a side of its own":    {payerSettings, "kubecost-cur:payerProfile", "payer", []string{"both sides", "remove it"}},
		"both sides, no way to the payer":   {bothSettings, "kubecost-cur:payerProfile", "(removed)", []string{"payerAssumeRoleArn", "missing"}},
		"both sides and a payer's stack":    {bothSettings, "kubecost-cur:payerStack", "payer", []string{"remove it"}},
		"both sides and a boundary":         {bothSettings, "kubecost-cur:permissionsBoundary", "arn:aws:iam::222222222222:policy/b", []string{"stack for each side"}},
		"a role of the wrong account":       {bothSettings, "kubecost-cur:payerAssumeRoleArn", "arn:aws:iam::222222222222:role/deploy", []string{"payer account", "111111111111"}},
		"a payer's region that is none":     {bothSettings, "kubecost-cur:payerRegion", "us-east-9", []string{"no such region"}},
		"a payer's region in China":         {bothSettings, "kubecost-cur:payerRegion", "cn-north-1", []string{"partition aws-cn"}},
		"a wrong report name in one stack":  {bothSettings, "kubecost-cur:reportName", "Kubecost", []string{"lower-case"}},
		"no cluster in one stack":           {bothSettings, "kubecost-cur:clusterName", "(removed)", []string{"is missing"}},
		"values that are no object":         {primarySettings, "kubecost-cur:values", `["a"]`, []string{"an object"}},
		"values with another way to a bill": {primarySettings, "kubecost-cur:values", `{"kubecostProductConfigs":{"athenaTable":"t","cloudIntegrationJSON":"{}"}}`, []string{"athenaTable", "cloudIntegrationJSON", "remove it"}},
		"values in the payer's stack":       {payerSettings, "kubecost-cur:values", `{"a":1}`, []string{"primary side"}},
		"a storage class with capitals":     {primarySettings, "kubecost-cur:storageClass", "GP3", []string{"lower-case"}},
		"no cluster":                        {primarySettings, "kubecost-cur:clusterName", "(removed)", []string{"is missing"}},
		"a payer's setting in the primary":  {primarySettings, "kubecost-cur:reportName", "other", []string{"payer side", "remove it"}},
		"a payer's list in the primary":     {primarySettings, "kubecost-cur:costAllocationTags", `["team"]`, []string{"payer side"}},
		"a primary's setting in the payer":  {payerSettings, "kubecost-cur:clusterName", "primary", []string{"primary side"}},
		"no side":                           {payerSettings, "kubecost-cur:side", "(removed)", []string{"is missing"}},
		"a side that is none":               {payerSettings, "kubecost-cur:side", "secondary", []string{"payer, primary or both"}},
		"a chart that does not render":      {primarySettings, "kubecost-cur:chartVersion", "2.9.7", []string{"federated store"}},
		"a namespace with capitals":         {primarySettings, "kubecost-cur:namespace", "Kubecost", []string{"lower-case"}},
		"a scan limit that is too small":    {payerSettings, "kubecost-cur:bytesScannedCutoff", "1000", []string{"10485760"}},
		"a number that is none":             {payerSettings, "kubecost-cur:reportExpirationDays", "many", []string{"whole number"}},
		"a negative expiry":                 {payerSettings, "kubecost-cur:reportExpirationDays", "-1", []string{"0 for never"}},
		"one bucket for both":               {payerSettings, "kubecost-cur:resultsBucketName", "kubecost-cur-111111111111-us-east-2", []string{"report's bucket"}},
		"a tag without a value":             {payerSettings, "kubecost-cur:resourceTags", `["owner"]`, []string{"key=value"}},
		"a tag key that is there twice":     {payerSettings, "kubecost-cur:resourceTags", `["owner=a","owner=b"]`, []string{"there twice"}},
		"a tag of AWS's own":                {payerSettings, "kubecost-cur:resourceTags", `["AWS:owner=a"]`, []string{"aws:"}},
		"a tag with a line break":           {payerSettings, "kubecost-cur:resourceTags", `["owner=a\nb"]`, []string{"letters, digits"}},
		"a tag of Pulumi's own":             {payerSettings, "kubecost-cur:resourceTags", `["4dabf18193072939515e22adb298388d=a"]`, []string{"Pulumi keeps"}},
		"default tags of Pulumi's own":      {payerSettings, "aws:defaultTags", `{"tags":{"4dabf18193072939515e22adb298388d":"a"}}`, []string{"Pulumi keeps"}},
		"a Helm value of Pulumi's own":      {primarySettings, "kubecost-cur:values", `{"a":[{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"}]}`, []string{"Pulumi keeps"}},
		"an assumed role that is a string":  {bothSettings, "aws:assumeRole", "arn:aws:iam::222222222222:role/deploy", []string{"roleArn", "nothing was changed"}},
		"attempts that are no number":       {payerSettings, "aws:maxRetries", "many", []string{"it is a number", "nothing was changed"}},
		"tags that share a column":          {payerSettings, "kubecost-cur:costAllocationTags", `["cost-center","CostCenter"]`, []string{"same column"}},
		"a region of another partition":     {payerSettings, "aws:region", "us-gov-west-1", []string{"partition"}},
	})
}

func TestAllFaultsOfTheSettingsComeAtOnce(t *testing.T) {
	r := &recorder{}
	err := run(t, r, "payer", with(payerSettings, map[string]string{
		"kubecost-cur:reportName": "Kube Cost", "kubecost-cur:reportPrefix": "/", "kubecost-cur:primaryAccountId": "2",
		"aws:region": "us-east-9", "kubecost-cur:clusterName": "primary", "kubecost-cur:listAccounts": "maybe",
	}))
	if err == nil {
		t.Fatal("the settings were taken")
	}
	for _, want := range []string{
		"stack payer", "6 faults", "nothing was changed", "kubecost-cur:reportName", "kubecost-cur:reportPrefix",
		"kubecost-cur:primaryAccountId", "aws:region", "kubecost-cur:clusterName", "kubecost-cur:listAccounts",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}

func TestTheDefaultsThatPulumiAddsToBothStacksAreNoFault(t *testing.T) {
	defaults := map[string]string{}
	for key, s := range project(t).Config {
		defaults["kubecost-cur:"+key] = asConfig(t, s.Default)
	}
	for stack, settings := range map[string]map[string]string{"payer": payerSettings, "primary": primarySettings} {
		if err := run(t, &recorder{payerOutputs: payerOutputs()}, stack, with(defaults, settings)); err != nil {
			t.Errorf("stack %s: %v", stack, err)
		}
	}
}
