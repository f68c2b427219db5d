package cloudintegration

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// hostile are values that would change a file's structure, or be more than a value on the way, if they were only put into it.
var hostile = []string{
	"", "*", `x","evil":"y`, `"}],"aws":{"athena":[]},"x":[{"a":"`, "\\", "a\nb", "\x00", "\xff", "&a *a", "${x}", "{{ .Values }}", "'; DROP TABLE x; --", "\u2028", "kubecоst",
	"../..", "\x1b[31m", strings.Repeat("a", 2000),
}

// paths are the names of all that is in a JSON text, without the positions in lists.
func paths(t *testing.T, text string) []string {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	found := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, below := range v {
				walk(at+"."+key, below)
			}
		case []any:
			for _, below := range v {
				walk(at+"[]", below)
			}
		default:
			found[fmt.Sprintf("%s %T", at, v)] = true
		}
	}
	walk("", all)
	return slices.Sorted(maps.Keys(found))
}

func FuzzAPayersEntryThatIsWrittenIsReadAsItWas(f *testing.F) {
	v := valid()
	f.Add(v.AthenaBucketName, v.AthenaRegion, v.AthenaDatabase, v.AthenaTable, v.AthenaWorkgroup, v.ProjectID, v.MasterPayerARN)
	for _, h := range hostile {
		f.Add("s3://bucket/"+h, v.AthenaRegion, v.AthenaDatabase, v.AthenaTable, v.AthenaWorkgroup, v.ProjectID, v.MasterPayerARN)
		f.Add(v.AthenaBucketName, h, h, v.AthenaTable, v.AthenaWorkgroup, v.ProjectID, v.MasterPayerARN)
		f.Add(v.AthenaBucketName, v.AthenaRegion, v.AthenaDatabase, h, h, v.ProjectID, v.MasterPayerARN)
		f.Add(v.AthenaBucketName, v.AthenaRegion, v.AthenaDatabase, v.AthenaTable, v.AthenaWorkgroup, h, v.MasterPayerARN+h)
	}
	f.Fuzz(func(t *testing.T, bucket, region, database, table, workgroup, project, role string) {
		entry := AWS{bucket, region, database, table, workgroup, project, role}
		for _, format := range []Format{Flat, Athena} {
			file, err := Write(format, Entries{AWS: []AWS{entry}})
			if err != nil {
				if strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
					t.Errorf("the error is %q", err)
				}
				continue
			}
			usual, err := Write(format, Entries{AWS: []AWS{valid()}})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := paths(t, file), paths(t, usual); !slices.Equal(got, want) {
				t.Errorf("the file has %v, want %v: %s", got, want, file)
			}
			read, as, err := Parse([]byte(file))
			if err != nil || as != format || len(read.AWS) != 1 || read.AWS[0] != entry {
				t.Errorf("%+v is read as %+v in %s, %v", entry, read, as, err)
			}
			// What reaches an IAM policy, a query and a URL.
			if partition, err := arn.Partition(region); err != nil || arn.CheckRole(role, partition) != nil || strings.ContainsAny(bucket+region+database+table+workgroup+role, "*?${}\"'`\\\n ;") {
				t.Errorf("%+v was taken", entry)
			}
		}
	})
}

func FuzzAFileIsReadOrRefusedAndWrittenBackTheSame(f *testing.F) {
	for _, format := range []Format{Flat, Athena} {
		file, err := Write(format, in(format, everyCloud(f)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(file))
		f.Add([]byte(strings.Replace(file, `"aws"`, `"AWS"`, 1)))
		f.Add([]byte(file + file))
	}
	for _, text := range append(hostile, "null", "[]", "{}", `{"aws":null}`, `{"aws":[null]}`, `{"aws":{"athena":[null]}}`, `{"aws":[{}],"azure":{}}`,
		`{"gcp":[{"billingDataDataset":"a.b.c"}]}`, `{"gcp":[{"key":{"a":1}}]}`, `{"aws":[],"aws":{"athena":[]}}`, `{"oci":{"usageApi":[{}]}}`, strings.Repeat("[", 20000)) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		read, format, err := Parse(file)
		if err != nil {
			return
		}
		again, err := Write(format, read)
		if err != nil {
			return // it is read as Kubecost reads it; what is written is checked
		}
		back, as, err := Parse([]byte(again))
		if err != nil || as != format || !reflect.DeepEqual(back, read.normal()) {
			t.Errorf("%q is written as %q, which is read as %+v in %s, %v", file, again, back, as, err)
		}
		if twice, err := Write(as, back); err != nil || twice != again {
			t.Errorf("%q is written again as %q, %v", again, twice, err)
		}
	})
}

func FuzzACloudsSettingIsCheckedAndTellsNoSecret(f *testing.F) {
	const secret = "planted+secret"
	secretKeys := []string{"storageAccessKey", "serviceAccountKey", "accessKeySecret", "privateKey", "privateKeyPassphrase"}
	for _, cloud := range Clouds {
		for _, text := range append(hostile, "[]", "{}", "null", "[null]", "[[]]", `[{}]`, `[{"subscriptionId":1}]`, `[{"accessKeySecret":"planted+secret"}]`,
			`[{"privateKey":"planted+secret"}]`, `[{"serviceAccountKey":{"private_key":"planted+secret"}}]`, `[{"storageAccessKey":["planted+secret"]}]`,
			`[{"path":"a\u0000b"}]`, `[{"-----BEGIN PRIVATE KEY-----":1}]`, `[{"x\u001b[31m":1}]`, `[{"projectId":"p\u001b[31m"}]`,
			`[{"projectId":"billing-project","dataset":"d","table":"t"}]`, `[{"projectId":"billing-project","dataset":"d","table":"t"},{"projectId":"billing-project","dataset":"d","table":"t"}]`,
			`[{"subscriptionId":"01234567-89ab-cdef-0123-456789abcdef","storageAccount":"costexports","container":"exports","path":"a\"b/*","cloud":"gov"}]`,
			`[{"accountId":"0123456789012345","region":"cn-hangzhou","accessKeyId":"LTAI5tABCDEFGHIJKLMNOPQR","accessKeySecret":"abcdefghijklmnopqrstuvwxyz0123"}]`) {
			f.Add(cloud, text)
		}
	}
	f.Fuzz(func(t *testing.T, cloud, text string) {
		if !slices.Contains(Clouds, cloud) {
			return
		}
		for _, format := range []Format{Flat, Athena} {
			var e Entries
			faults := e.Read(cloud, text, format)
			for _, fault := range faults {
				if said := fault.Error(); strings.ContainsFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("the fault is %q", said)
				} else if _, key, _ := strings.Cut(fault.Name, "."); slices.Contains(secretKeys, key) && (fault.Value != "" || strings.Contains(said, secret)) {
					t.Errorf("the fault tells a secret: %s", said)
				}
			}
			if len(faults) > 0 {
				continue
			}
			e.AWS = []AWS{valid()}
			file, err := Write(format, e)
			if err != nil {
				if !strings.Contains(err.Error(), "not text") && !strings.Contains(err.Error(), "take entries out") {
					t.Errorf("%q has no fault, and cannot be written: %v", text, err)
				}
				continue
			}
			back, as, err := Parse([]byte(file))
			if err != nil || as != format || !reflect.DeepEqual(back, e.normal()) {
				t.Errorf("%q is written as %s and read as %+v, %v", text, file, back, err)
			}
		}
	})
}

func FuzzASecretsNameIsThatOfItsContent(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, text+"x")
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		a, b := SecretName("cloud-integration", one), SecretName("cloud-integration", other)
		if (a == b) != (one == other) || len(a) > 63 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("the secrets of %q and %q are %q and %q", one, other, a, b)
		}
	})
}
