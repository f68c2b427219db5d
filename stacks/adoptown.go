package stacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
)

// adoptedOutput is the output that lists what a stack adopts, so that it can tell that from what it has made.
const adoptedOutput = "adopted"

// part is what can be adopted, by its name in the setting adopt.
type part struct {
	name    string
	adopted bool
}

func partsOf(a components.Adoption) []part {
	return []part{
		{"report", a.Report}, {"reportBucket", a.ReportBucket}, {"resultsBucket", a.ResultsBucket}, {"catalog", a.Catalog}, {"payerRole", a.PayerRole},
	}
}

// adoptedParts are the names of what is adopted, separated by commas.
func adoptedParts(a components.Adoption) string {
	var names []string
	for _, p := range partsOf(a) {
		if p.adopted {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ",")
}

// refuseOwn records a fault for each part that this stack has made itself: Pulumi deletes what a program does not register any more,
// and that would be the very thing that is adopted. What was made by an update that never ended is not in the outputs, and so not told.
func (a *adopter) refuseOwn() error {
	type stack struct {
		Name    string         `pulumi:"name"`
		Outputs map[string]any `pulumi:"outputs"`
	}
	name := a.ctx.Organization() + "/" + a.ctx.Project() + "/" + a.ctx.Stack()
	var own stack
	if err := a.ctx.Invoke("pulumi:pulumi:readStackOutputs", &stack{Name: name}, &own); err != nil {
		return fmt.Errorf("reading the outputs of this stack, %s, to tell what it has made from what it adopts: %w; nothing was changed", name, inWords(err))
	}
	output := func(name string) string {
		text, _ := own.Outputs[name].(string) // none before the first update
		return text
	}
	p := a.s.Payer
	results, _, _ := strings.Cut(strings.TrimPrefix(output("athenaBucketName"), "s3://"), "/")
	_, role, _ := strings.Cut(output("masterPayerARN"), ":role/")
	made := map[string]struct{ before, now string }{
		"report":        {output("reportName"), p.ReportName},
		"reportBucket":  {output("curBucketName"), p.ReportBucketName},
		"resultsBucket": {results, p.ResultsBucketName},
		"catalog":       {output("athenaDatabase") + "." + output("athenaTable"), p.DatabaseName + "." + p.TableName},
		"payerRole":     {role[strings.LastIndex(role, "/")+1:], p.RoleName},
	}
	before := strings.Split(output(adoptedOutput), ",")
	for _, part := range partsOf(p.Adopt) {
		if is := made[part.name]; part.adopted && is.before == is.now && !slices.Contains(before, part.name) {
			a.misfit(part.name, is.now, errors.New("this stack has made it, and would delete it as soon as it only adopts it"),
				"take %s out of adopt, or first have this stack forget it: pulumi state delete, for it and for what belongs to it", part.name)
		}
	}
	return nil
}
