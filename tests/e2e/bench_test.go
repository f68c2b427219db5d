package e2e

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// What a person waits for in a pull request: a preview of a stack that is up, the program built.
func BenchmarkPreview(b *testing.B) {
	w := newWorld(b)
	w.up("payer")
	w.up("primary")
	for _, name := range []string{"payer", "primary"} {
		b.Run(name, func(b *testing.B) {
			stack := w.stack(name)
			for b.Loop() {
				if _, err := stack.Preview(b.Context(), optpreview.Color("never")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
