package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "outputs.json")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestSingleValuesWinOverAFile(t *testing.T) {
	in := inputs{
		payerFile:     file(t, `{"athenaRegion": "us-east-2", "reportName": "kubecost", "somethingElse": {"a": 1}}`),
		payerValues:   []string{"athenaRegion=eu-west-1", "curPrefix=a=b"},
		primaryValues: []string{"namespace=costs"},
	}
	payer, primary, err := in.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if payer.AthenaRegion != "eu-west-1" || payer.ReportName != "kubecost" || payer.CurPrefix != "a=b" || primary.Namespace != "costs" {
		t.Errorf("read were %+v and %+v", payer, primary)
	}
}

func TestAStackWithBothSidesIsGivenOnce(t *testing.T) {
	for _, in := range []inputs{
		{payerFile: file(t, `{"reportName": "kubecost", "namespace": "costs"}`)}, {primaryFile: file(t, `{"reportName": "kubecost", "namespace": "costs"}`)},
	} {
		payer, primary, err := in.read(t.Context())
		if err != nil || payer.ReportName != "kubecost" || primary.Namespace != "costs" {
			t.Errorf("read were %+v and %+v: %v", payer, primary, err)
		}
	}
}

func TestWrongInputsAreNamedByTheirFlag(t *testing.T) {
	t.Setenv("PATH", "")
	for want, in := range map[string]inputs{
		"nothing to look at":            {},
		"--payer-outputs":               {payerFile: "/nonexistent"},
		"it is a JSON object":           {primaryFile: file(t, `[]`)},
		"athenaRegion: it is an output": {payerValues: []string{"athenaRegion"}},
		"reading the outputs":           {payerFile: file(t, `{"athenaRegion": 1}`)},
		"pulumi is not on the path":     {payerStack: "payer"},
	} {
		if _, _, err := in.read(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gave %v, want %q", in, err, want)
		}
	}
}
