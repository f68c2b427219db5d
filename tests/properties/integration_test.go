package properties

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
)

var formats = []cloudintegration.Format{cloudintegration.Flat, cloudintegration.Athena}

func write(t *rapid.T, f cloudintegration.Format, e cloudintegration.Entries) string {
	t.Helper()
	file, err := cloudintegration.Write(f, e)
	if err != nil {
		t.Fatalf("entries that are right are refused in the %s format: %v", f, err)
	}
	return file
}

func parse(t *rapid.T, file string) (cloudintegration.Entries, cloudintegration.Format) {
	t.Helper()
	e, f, err := cloudintegration.Parse([]byte(file))
	if err != nil {
		t.Fatalf("a file that was written is not read: %v\n%s", err, file)
	}
	return e, f
}

// A file that goes from one format into the other and back says the same.
func TestBothFormatsSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entries.Draw(t, "entries")
		flat, format := parse(t, write(t, cloudintegration.Flat, e))
		if format != cloudintegration.Flat {
			t.Fatalf("the flat format is read as %s", format)
		}
		athena, format := parse(t, write(t, cloudintegration.Athena, flat))
		if format != cloudintegration.Athena {
			t.Fatalf("the athena format is read as %s", format)
		}
		if !reflect.DeepEqual(flat, athena) {
			t.Errorf("flat says %+v\nathena says %+v", flat, athena)
		}
		if once, again := write(t, cloudintegration.Flat, e), write(t, cloudintegration.Flat, athena); once != again {
			t.Errorf("there and back, %s became %s", once, again)
		}
	})
}

// What Kubecost's own reader has of a file is what was written, whatever the format.
func TestKubecostHasEveryPayerThatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entries.Draw(t, "entries")
		for _, f := range formats {
			found, err := kubecost.ParseIntegrations([]byte(write(t, f, e)))
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Athena) != len(e.AWS) {
				t.Fatalf("%s: of %d payers Kubecost has %d", f, len(e.AWS), len(found.Athena))
			}
			for i, a := range e.AWS {
				got := found.Athena[i]
				if got.Bucket != a.AthenaBucketName || got.Table != a.AthenaTable || got.Database != a.AthenaDatabase || got.Account != a.ProjectID {
					t.Errorf("%s: payer %d is %+v, want %+v", f, i, got, a)
				}
			}
		}
	})
}

// Another order is another file, whose pods restart once, but the same entries.
func TestTheOrderOfPayersChangesNoEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entries.Draw(t, "entries")
		other := e
		other.AWS = shuffled(t, e.AWS)
		for _, f := range formats {
			one, _ := parse(t, write(t, f, e))
			two, _ := parse(t, write(t, f, other))
			byAccount := func(a, b cloudintegration.AWS) int {
				return slices.Compare([]string{a.ProjectID, a.AthenaBucketName}, []string{b.ProjectID, b.AthenaBucketName})
			}
			slices.SortFunc(one.AWS, byAccount)
			slices.SortFunc(two.AWS, byAccount)
			if !reflect.DeepEqual(one, two) {
				t.Errorf("%s: %+v and %+v", f, one, two)
			}
		}
	})
}

// The secret is named by what is in its file: equal for equal files, different for different ones.
func TestAnotherFileIsAnotherSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := write(t, cloudintegration.Flat, entries.Draw(t, "one")), write(t, cloudintegration.Flat, entries.Draw(t, "two"))
		same := cloudintegration.SecretName("x", one) == cloudintegration.SecretName("x", two)
		if same != (one == two) {
			t.Errorf("the same name: %v, the same file: %v", same, one == two)
		}
		if !json.Valid([]byte(one)) {
			t.Errorf("it is no JSON: %s", one)
		}
	})
}
