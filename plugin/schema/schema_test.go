package schema

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the schema's file")

const file = "../schema.json"

func TestTheCommittedSchemaIsThatOfTheComponents(t *testing.T) {
	made, err := Package("../..")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != string(made) {
		t.Errorf("%s is not what the components are: run go test ./plugin/schema -update", file)
	}
}
