package iampolicy

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

func FuzzWhatAFoundPolicyLacksIsToldPlainly(f *testing.F) {
	want := QueryBill(query)
	trust := TrustPodIdentity(arn.Cluster("aws", "us-east-2", "222222222222", "primary"), "kubecost", "kubecost-serviceaccount")
	own, _ := want.JSON()
	trusted, _ := trust.JSON()
	for _, policy := range []string{
		own, trusted, console, "", "{}", "null", `{"Statement":[]}`, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		`{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`, `{"Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"]}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:*"}]}`, "\x1b[31m", `{"Statement":[{"Sid":"` + "\u202e" + `","Effect":"Allow"}]}`,
	} {
		f.Add(policy, own)
		f.Add(own, policy)
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		if err := CheckSameTrust(one, trust); err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("the fault is %q", err)
			}
		} else if found, _ := ParseFound(one); !slices.ContainsFunc(found.Statement, func(s foundStatement) bool {
			return s.Effect == Allow && (s.Principal != nil || s.NotPrincipal != nil)
		}) {
			t.Errorf("%q names nobody, and lets Pod Identity in", one)
		}
		both, err := Lacking([]string{one, other}, want)
		back, err2 := Lacking([]string{other, one}, want)
		if (err == nil) != (err2 == nil) || !slices.Equal(both, back) {
			t.Errorf("%q and %q lack %q, and in the other order %q", one, other, both, back)
		}
		if err != nil {
			return
		}
		alone, _ := Lacking([]string{one}, want)
		if found, _ := ParseFound(other); slices.ContainsFunc(found.Statement, func(s foundStatement) bool { return s.Effect == Deny }) {
			return
		}
		for _, lacking := range both {
			if !slices.Contains(alone, lacking) {
				t.Errorf("%q lacks %s with %q beside it, and not without", one, lacking, other)
			}
		}
	})
}
