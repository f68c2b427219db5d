package graph

import (
	"fmt"
	"strings"
	"testing"
)

// refusal is a setting of a wrong value, and what the program has to say of it.
type refusal struct {
	settings map[string]string
	key      string
	value    string // "(removed)" takes the key out
	want     []string
}

// refuses expects that the program refuses each setting before it registers anything, and names the key, the value and the rule.
func refuses(t *testing.T, cases map[string]refusal) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			stack := c.settings["kubecost-cur:side"]
			r := &recorder{payerOutputs: payerOutputs()}
			err := run(t, r, stack, with(c.settings, map[string]string{c.key: c.value}))
			if err == nil {
				t.Fatal("the settings were taken")
			}
			wants := append(c.want, c.key)
			secret := c.key == "kubecost-cur:kubeconfig" // is not told
			if c.value != "(removed)" && c.value != "" && !secret && !strings.ContainsAny(c.value[:1], "[{") {
				wants = append(wants, fmt.Sprintf("%q", c.value))
			}
			for _, want := range wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}
