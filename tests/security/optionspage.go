package security

import (
	"fmt"
	"slices"
	"strings"
)

// optionNames are the options' policies in the order in which their page has them.
var optionNames = []Name{
	KeyedQuery, Key, CrawlerTrust, CrawlReport, RuleTrust, NotifyWorkflow, PodTrust, AssumePayers, TaggedTrust, StrictTrust, ExportBucket, ExportQuery, ExportKey,
}

// OptionsPage is docs/security-options.md: what further settings add to the policies, and what is asked of them. usual are the policies
// without them. It is an error if the policies have an action for which no reason is known.
func OptionsPage(usual, options Policies) (string, error) {
	rights, err := rightsTable(usual.With(options), optionNames)
	if err != nil {
		return "", err
	}
	wider, narrower := widths(Mutations(usual.With(options), options))
	allowed, denied := byAnswer(OptionCases())
	var b strings.Builder
	fmt.Fprintf(&b, optionsIntroduction, len(Rows(allowed)), len(Rows(denied)), wider, narrower)
	b.WriteString(rights)
	fmt.Fprintf(&b, "\n## The matrix: allowed, %d requests\n", len(Rows(allowed)))
	matrix(&b, allowed)
	fmt.Fprintf(&b, "\n## The matrix: denied, %d requests\n\n%s", len(Rows(denied)), deniedIntroduction)
	matrix(&b, denied)
	return b.String(), nil
}

func byAnswer(cases []Case) (allowed, denied []Case) {
	for _, c := range cases {
		if c.Allowed {
			allowed = append(allowed, c)
		} else {
			denied = append(denied, c)
		}
	}
	return allowed, denied
}

func widths(mutations []Mutation) (wider, narrower int) {
	for _, m := range mutations {
		if m.Wider {
			wider++
		} else {
			narrower++
		}
	}
	return wider, narrower
}

// optionsTable has a row for each setting that adds to the policies.
func optionsTable() string {
	rows := Rows(slices.Concat(OptionCases(), settled(Allowed()), settled(Denied())))
	var b strings.Builder
	b.WriteString("| setting | what is added, and to what | why | allowed | denied |\n|---|---|---|---|---|\n")
	for _, o := range Options {
		allowed, denied := count(rows, o.Setting)
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %d |\n", o.Setting, o.Adds, o.Why, allowed, denied)
	}
	return b.String()
}

// settled are the cases of the default matrix that ask for organizationId, by that setting.
func settled(cases []Case) []Case {
	var all []Case
	for _, c := range cases {
		if slices.ContainsFunc(c.On, func(t target) bool { return t.policy == OrgTrust }) {
			c.Group = orgSetting
			all = append(all, c)
		}
	}
	return all
}

// particular are the reasons that are others in one policy.
var particular = map[Name]map[string]string{
	CrawlReport: {
		"LocateTheReport s3:GetBucketLocation": "the crawler asks for the bucket's region",
		"ListTheReport s3:ListBucket":          "it lists the files, below the report's data",
		"ReadTheReport s3:GetObject":           "it reads their columns",
	},
	AssumePayers: {"AssumePayerRoles sts:AssumeRole": "the second hop, to these roles and no other"},
	TaggedTrust:  {"KubecostReaderAssumesThisRole sts:AssumeRole": "the other side of the second hop: the accounts may delegate, the condition leaves one role of each"},
	StrictTrust:  {"KubecostReaderAssumesThisRole sts:AssumeRole": "the other side of the second hop: that role, by its identity"},
	ExportQuery:  {"ListResults s3:ListBucket": "Athena checks where results go"},
}

const optionsIntroduction = `# Security: what further settings add

For a reviewer who has read [who can do what](security.md), of an installation with one of these settings. %d requests must be allowed and %d
denied, and each was: of policies in the states of stacks that were up in the sandbox with these settings, and of the key's statements
in their outputs. The policies were widened in %d ways and narrowed in %d, one place at a time, and each time a request showed it.

` + "```mermaid" + `
flowchart LR
  subgraph primary["primary account"]
    pods["pods.eks.amazonaws.com"] -- "for one cluster, namespace<br/>and service account" --> reader["reader role"]
  end
  subgraph further["another primary account"]
    other["its reader role"]
  end
  subgraph payer["payer account"]
    access["payer role"] -- "read, write, through S3" --> key{{"KMS key"}}
    access -- "GetDataAccess" --> lake["Lake Formation"]
    events["EventBridge, for one rule"] --> start["rule's role"] -- "notifyEvent" --> workflow["workflow"]
    glue["Glue, for one crawler"] --> crawler["crawler's role"]
    crawler -- "change" --> table["one Glue table"]
    crawler -- "read, below one prefix" --> report[("report's bucket")]
    crawler -- "decrypt, through S3" --> key
    exports["AWS Data Exports"] -- "deliver, for this account's exports" --> report
    exports -- "encrypt" --> key
  end
  reader -- "AssumeRole, TagSession" --> access
  reader -- "the same" --> second["payer role of another payer"]
  other -- "the same" --> access
` + "```" + `

Everything that is not below is as without the settings, to the letter; the tests compare it. Not asked, since they are not of IAM or the
evaluator does not know them: what Lake Formation's grants let through (see [encryption](encryption.md)), and that with ` + "`strictTrust`" + ` a role which is
made again under the same name is another one.

## The policies, action by action
`
