package doctor

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// hostile are strings that are more than themselves in a terminal, in JSON, in a path or in a pattern.
var hostile = []string{
	"", "null", "[]", "{}", `[null]`, "\x1b[31mERR\x1b[0m ingestor: build failed", "a\rb", "\x00", "\xff", "\u202e", "é", strings.Repeat("a", 5000), "%s%d", "*", "../..", "kubecоst",
}

// told fails for a finding that lacks what a person needs, or that hands a character to the terminal which it does not print.
func told(t *testing.T, f Finding) {
	t.Helper()
	for what, text := range map[string]string{"title": f.Title, "seen": f.Seen, "cause": f.Cause, "remedy": f.Remedy} {
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%s: the %s is %q", f.Check, what, text)
		}
	}
	if f.State == Failed && (f.Cause == "" || f.Remedy == "") || f.State == Waiting && f.Until == nil || f.State == NotChecked && f.Remedy == "" {
		t.Errorf("it lacks what to do: %+v", f)
	}
}

// FuzzWhatIsFoundIsToldPlainly spoils a healthy installation in one place, and asks all checks.
func FuzzWhatIsFoundIsToldPlainly(f *testing.F) {
	const places = 14
	for place := range places {
		for _, text := range hostile {
			f.Add(place, text)
		}
		f.Add(place, file)
	}
	f.Add(7, `[{"metadata":{"name":"a\u001b[31m"},"spec":{"volumes":[{"name":"v","secret":{"secretName":"cloud-integration-1"}}]},"status":{"phase":"Pending"}}]`)
	f.Add(8, `{"code":200,"data":[{"key":"111111111111/x","connectionStatus":"\u001b[31m","runs":-1}]}`)
	f.Fuzz(func(t *testing.T, place int, text string) {
		w := healthy(t)
		raw := func(path string) {
			if !json.Valid([]byte(text)) {
				w.kube.err = coded{text, text}
				return
			}
			w.kube.objects[path] = json.RawMessage(text)
		}
		const of = "/api/v1/namespaces/kubecost/"
		role := w.payer.roles["kubecost-cur-access"]
		switch place {
		case 0:
			w.Payer.AthenaBucketName, w.Payer.AthenaTable, w.Payer.CurBucketName = text, text, text
		case 1:
			w.Payer.MasterPayerARN, w.Payer.TrustedRoleArn, w.Payer.ProjectID, w.Payer.ContractVersion = text, text, text, text
		case 2:
			w.Primary = Primary{text, text, text, text, text, text, text, text, text, text}
		case 3:
			w.payer.report.Format, w.payer.report.LastStatus, w.payer.report.Prefix = text, text, text
			w.payer.tables["kubecost"].Columns[0].Type, w.payer.tables["kubecost"].PartitionKeys[0].Name = text, text
			w.payer.tables["kubecost"].Location, w.payer.workGroups["kubecost-cur"].Location = text, text
		case 4:
			role.Trust, role.Policies, role.Boundary = text, []string{text}, text
			w.primary.roles["kubecost-cur-reader"].Trust = text
		case 5:
			w.payer.policies["report-bucket"], w.payer.regions["results-bucket"] = text, text
			w.payer.objects["report-bucket"] = []Object{{"cur/kubecost/" + text + ".csv.gz", 1, at}}
		case 6:
			w.payer.err, w.primary.err = coded{text, text}, coded{"AccessDenied", text}
		case 7:
			raw(of + "pods")
		case 8:
			raw(of + "services/kubecost-cost-analyzer:9090/proxy/model/cloudCost/status")
		case 9:
			raw(of + "serviceaccounts/kubecost-serviceaccount")
		case 10:
			w.kube.objects[of+"secrets/cloud-integration-1"] = object{"data": map[string][]byte{"cloud-integration.json": []byte(text)}}
		case 11:
			w.roles.rows = [][]string{{text, text, text}}
		case 12:
			w.roles.first = coded{text, text}
		case 13:
			w.roles.query = errors.New(text)
		}
		findings := Run(t.Context(), w.Subject, Checks, nil)
		for _, found := range findings {
			told(t, found)
		}
		if _, err := NewReport(at, findings).JSON(); err != nil {
			t.Errorf("as JSON: %v", err)
		}
	})
}

func FuzzALogTellsTheSameInParts(f *testing.F) {
	const done = "ingestor: build[s3://results-bucket]: completed in 3s"
	for _, text := range append(hostile, "(12.5 complete)", "("+strings.Repeat("9", 400)+" complete)", "INF ingestor: build failed for window", "StartQueryExecution failed\n"+done,
		"IngestionManager: creating integration with key x", "(0 complete)\nAssumeRole: failed\nno reservation data available in Athena") {
		f.Add(text, text)
		f.Add(text, done)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		one, both := readLog(before), readLog(before+"\n"+after)
		if both.created != (one.created || readLog(after).created) || both.built != (one.built || readLog(after).built) {
			t.Errorf("%q and then %q say %+v", before, after, both)
		}
		if readLog(before+"\n"+done).err != "" {
			t.Errorf("after the reading goes on, %q still says %s", before, readLog(before+"\n"+done).err)
		}
		if again := readLog(before + "\n" + after + "\nERR no reservation data available in Athena (100 complete)"); again != both {
			t.Errorf("a line that is expected makes of %+v %+v", both, again)
		}
		w := healthy(t)
		w.Primary.ChartLine, w.kube.log = "cost-analyzer-1", before+"\n"+after
		found := ingestion.make(t.Context(), w.Subject)
		told(t, found)
		if seen := found.Seen; strings.Contains(seen, "complete") && found.State == Waiting && len([]rune(seen)) > barWidth+20 {
			t.Errorf("the progress is %q", seen)
		}
	})
}

func FuzzARevisionOfHelmsIsReadOrLeftOut(f *testing.F) {
	for _, text := range append(hostile, `{"version":3,"info":{"status":"failed","description":"\u001b[31mtimed out"},"chart":{"metadata":{"name":"cost-analyzer"}}}`, `{"version":1e999}`, `{"chart":null,"info":null}`) {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, packed bool) {
		if packed {
			var zipped bytes.Buffer
			w := gzip.NewWriter(&zipped)
			if _, err := w.Write(data); errors.Join(err, w.Close()) != nil {
				t.Fatal(err)
			}
			data = []byte(base64.StdEncoding.EncodeToString(zipped.Bytes()))
		}
		w := healthy(t)
		const path = "/api/v1/namespaces/kubecost/secrets?labelSelector=owner%3Dhelm%2Cname%3Dkubecost"
		items, _ := w.kube.objects[path].(object)["items"].([]any)
		w.kube.objects[path] = object{"items": append([]any{object{"data": object{"release": data}}}, items...)}
		first, err := w.newestRelease(t.Context())
		if err != nil || first == nil {
			t.Fatalf("the releases are %+v, %v", first, err)
		}
		slices.Reverse(w.kube.objects[path].(object)["items"].([]any))
		if last, err := w.newestRelease(t.Context()); err != nil || last.Version != first.Version {
			t.Errorf("in another order the newest is %+v, and not %+v: %v", last, first, err)
		}
		for _, found := range Run(context.Background(), w.Subject, []Check{release}, nil) {
			told(t, found)
		}
	})
}

func FuzzOutputsAreReadOrRefusedPlainly(f *testing.F) {
	for _, text := range append(hostile, `{"athenaRegion":1}`, `{"athenaTable":"\u001b[31m"}`, `{"trustedRoleArn":","}`, `{"masterPayerARN":"/"}`, `{"athenaBucketName":"s3:///"}`) {
		f.Add([]byte(text), []byte(text))
	}
	f.Fuzz(func(t *testing.T, payer, primary []byte) {
		p, err := DecodeOutputs[Payer](payer)
		q, err2 := DecodeOutputs[Primary](primary)
		for _, err := range []error{err, err2} {
			if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("the error is %q", err)
			}
		}
		// Without access nothing can be asked, and everything says what it needs.
		s := &Subject{Payer: p, Primary: q, Now: func() time.Time { return at }}
		for _, found := range Run(t.Context(), s, Checks, nil) {
			told(t, found)
			if found.State != NotChecked {
				t.Errorf("without access %+v", found)
			}
		}
	})
}
