package security

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// Page is docs/security.md: what the policies are, what the matrix says of them, and how other shapes fare in it. It is an error if the
// policies have an action for which no reason is known.
func Page(decide Decide, policies Policies) (string, error) {
	var b strings.Builder
	rights, err := rightsTable(policies, []Name{ReaderTrust, AssumePayer, PayerTrust, OrgTrust, QueryBill, ListAccounts, ReportBucket, ResultsBucket})
	if err != nil {
		return "", err
	}
	allowed, denied := Rows(Allowed()), Rows(Denied())
	wider, narrower := widths(Mutations(policies, policies))
	fmt.Fprintf(&b, introduction, len(allowed), len(denied))
	b.WriteString(rights)
	fmt.Fprintf(&b, answers, wider, narrower)
	b.WriteString(optionsHeading + optionsTable() + optionsFooting)
	fmt.Fprintf(&b, "\n## The matrix: allowed, %d requests\n", len(allowed))
	matrix(&b, Allowed())
	fmt.Fprintf(&b, "\n## The matrix: denied, %d requests\n\n%s", len(denied), deniedIntroduction)
	matrix(&b, Denied())
	if err := comparison(&b, decide, policies, denied); err != nil {
		return "", err
	}
	return b.String(), nil
}

// rightsTable has a row for each action of each named policy, of what is new in it.
func rightsTable(policies Policies, names []Name) (string, error) {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "\n**%s**\n\n| action | on | only | why |\n|---|---|---|---|\n", name)
		for _, s := range added(policies, name) {
			for _, action := range s.Action {
				key := s.Sid + " " + action
				why := cmp.Or(particular[name][key], reasons[key])
				if why == "" {
					return "", fmt.Errorf("%s: statement %s has %s: add its reason to the reasons of docs/security.md", name, s.Sid, action)
				}
				if s.Effect == iampolicy.Deny {
					action = "**no** " + action
				}
				on := resourcesOf(s)
				if name == Key || name == ExportKey { // in a key's policy * is that key
					on = "this key"
				}
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", action, on, conditionOf(s), why)
			}
		}
	}
	return strings.ReplaceAll(b.String(), "`**no** ", "**no** `"), nil
}

// labels are what resources are called here.
var labels = map[string]string{
	ownWorkGroup.arn: "the work group", catalog.arn: "the Glue catalog", ownDatabase.arn: "the database", ownTable.arn: "the table",
	"arn:aws:s3:::" + reportBucket:                                             "the report's bucket",
	"arn:aws:s3:::" + reportBucket + "/*":                                      "its objects",
	"arn:aws:s3:::" + reportBucket + "/" + dataPrefix + "/*":                   "the report's data",
	"arn:aws:s3:::" + resultsBucket:                                            "the results bucket",
	"arn:aws:s3:::" + resultsBucket + "/*":                                     "the results",
	payerRoleItself.arn:                                                        "the payer role",
	otherPayersRole.arn:                                                        "the other payer's role",
	KeyARN:                                                                     "the key",
	ownWorkflow.arn:                                                            "the workflow",
	"arn:aws:s3:::" + reportBucket + "/" + exportPrefix + "/*":                 "the export's data",
	"arn:aws:s3:::" + resultsBucket + "/" + ResultsPrefix + "/*":               "the results below the prefix",
	"arn:aws:glue:" + region + ":" + payer + ":table/" + database + "/*":       "its tables",
	"arn:aws:logs:" + region + ":" + payer + ":log-group:/aws-glue/crawlers":   "the log group of crawlers",
	"arn:aws:logs:" + region + ":" + payer + ":log-group:/aws-glue/crawlers:*": "its log streams",
}

func resourcesOf(s iampolicy.Statement) string {
	var names []string
	for _, resource := range s.Resource {
		name, ok := labels[resource]
		if !ok {
			name = "`" + resource + "`"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "this role"
	}
	return strings.Join(names, ", ")
}

// conditionOf says whom a statement is for, and under which condition.
func conditionOf(s iampolicy.Statement) string {
	var parts []string
	if p := s.Principal; p != nil {
		parts = append(parts, "for `"+shorter(strings.Join(slices.Concat(p.AWS, p.Service, p.Federated), "`, `"))+"`")
	}
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
			values := strings.Join(s.Condition[operator][key], "` or `")
			parts = append(parts, fmt.Sprintf("`%s` %s `%s`", shorter(key), verbs[operator], shorter(values)))
		}
	}
	return strings.Join(parts, ", ")
}

var verbs = map[iampolicy.Operator]string{
	iampolicy.ArnEquals: "is", iampolicy.ArnLike: "is like", iampolicy.Bool: "is", iampolicy.StringEquals: "is", iampolicy.StringLike: "is like",
}

func shorter(text string) string { return strings.ReplaceAll(text, issuer, "ISSUER") }

// matrix prints cases by their groups; those that differ in what is particular about them alone are one line.
func matrix(b *strings.Builder, cases []Case) {
	count := map[string]int{}
	for _, r := range Rows(cases) {
		count[r.Group]++
	}
	var groups []string
	lines, notes := map[string][]string{}, map[string][]string{}
	for _, c := range cases {
		if !slices.Contains(groups, c.Group) {
			groups = append(groups, c.Group)
		}
		line := c.request()
		if !slices.Contains(lines[c.Group], line) {
			lines[c.Group] = append(lines[c.Group], line)
		}
		if c.Note != "" {
			notes[c.Group+line] = append(notes[c.Group+line], shorter(c.Note))
		}
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n### %s: %d\n\n| who | action | on | particular |\n|---|---|---|---|\n", group, count[group])
		for _, line := range lines[group] {
			fmt.Fprintf(b, "%s %s |\n", line, strings.Join(notes[group+line], "; "))
		}
	}
}

// request is the case as the first columns of a table: who, the actions, and on what.
func (c Case) request() string {
	var who, on []string
	for _, w := range c.Who {
		who = append(who, w.name)
	}
	for _, t := range c.On {
		on = append(on, t.name)
	}
	return fmt.Sprintf("| %s | `%s` | %s |", strings.Join(who, "; "), strings.Join(c.Actions, "`, `"), strings.Join(on, "; "))
}

// comparison counts the denied requests that each shape lets through.
func comparison(b *strings.Builder, decide Decide, policies Policies, rows []Row) error {
	fmt.Fprintf(b, "\n%s| policies | published by | denied requests let through, of %d | which |\n|---|---|---|---|\n| **this program** | | **0** | |\n", comparisonIntroduction, len(rows))
	for _, s := range Shapes(policies) {
		through, err := Wrong(decide, policies.With(s.Policies), rows)
		if err != nil {
			return fmt.Errorf("%s: %w", s.What, err)
		}
		var parts []string
		count := map[string]int{}
		for _, r := range through {
			count[r.Group]++
		}
		for _, r := range through {
			if n := count[r.Group]; n > 0 {
				parts = append(parts, fmt.Sprintf("%s %d", strings.ToLower(r.Group[:1])+r.Group[1:], n))
				count[r.Group] = 0
			}
		}
		fmt.Fprintf(b, "| %s | %s | %d | %s |\n", s.What, s.Where, len(through), strings.ReplaceAll(strings.Join(parts, "; "), "iAM", "IAM"))
	}
	return nil
}
